"""Interactive branches, the working copies of pipelines inside AIC: their names, and which of them are ours.

AIC gives nothing back of what is in one. So that the same is not made twice, our own note remembers what each holds.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

PUSHED, CONVERTED = "PUSH", "CONVERTED"
MOST_REMEMBERED = 2000
_NAME = re.compile(rf"(?:{PUSHED}|{CONVERTED})_(?P<time>[0-9]{{14}})")
_HIDDEN = re.compile(r"^<!-- aic-copies((?: [0-9a-f]{16}=[A-Z]+_[0-9]{14})*) -->\s*\Z", re.MULTILINE)
"""Only as the last line: a title that spells one stands inside a line."""
_FORM = "%Y%m%d%H%M%S"


def named(kind: str, moment: datetime, *, taken: Iterable[str] = ()) -> str:
    """The name of one that is made then, in UTC; `taken` are names that hold something else."""
    others = frozenset(taken)
    while (name := f"{kind}_{moment:{_FORM}}") in others:
        moment += timedelta(seconds=1)
    return name


def made_at(name: str) -> datetime | None:
    """When a tool made it, None for the name of a person's choice."""
    found = _NAME.fullmatch(name)
    try:
        return datetime.strptime(found["time"], _FORM).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def digest(kind: str, title: str, content: str) -> str:
    """A short name for what one of them holds; `content` is a digest itself."""
    return hashlib.sha256("\0".join((kind, title, content)).encode()).hexdigest()[:16]


def hide(known: Mapping[str, str]) -> str:
    """Digest to name, as an HTML comment; of too many the newest."""
    kept = list(known.items())[-MOST_REMEMBERED:]
    return f"<!-- aic-copies{''.join(f' {key}={name}' for key, name in kept)} -->"


def find(body: str) -> Mapping[str, str]:
    """What is hidden in a note of our own; empty where there is nothing, or somebody broke it."""
    hidden = _HIDDEN.search(body)
    pairs = hidden[1].split() if hidden else []
    return dict(pair.split("=", 1) for pair in pairs)
