"""Where backups go and how long they stay there, as the settings say it."""

import re
from dataclasses import dataclass, field
from typing import Annotated

from .checks import between
from .errors import Permanent

_BUCKET = re.compile(r"gs://(?P<bucket>[a-z0-9][a-z0-9._-]{1,220}[a-z0-9])(?:/(?P<prefix>[^/]+(?:/[^/]+)*))?/?")
_PART = re.compile(r"[\w.@=+ -]{1,100}", re.ASCII)


class Unreadable(Permanent):
    """A drive takes files, but no call is known by which it gives them back."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A folder in Cloud Storage; `prefix` is its path, empty for the whole bucket."""

    bucket: str
    prefix: str


def bucket(drive: str) -> Bucket | None:
    """What a name such as `gs://bucket/folder` stands for, None where it is the name of a drive in AIC."""
    match = _BUCKET.fullmatch(drive)
    return Bucket(match["bucket"], match["prefix"] or "") if match else None


def checked(drive: str) -> str:
    """The name itself; raises ValueError with the end of a sentence."""
    if not drive or drive != drive.strip() or not drive.isprintable():
        raise ValueError("must be one line of text without blanks around it")
    found = bucket(drive)
    if found is None:
        if "://" in drive:
            raise ValueError("must be the name of a drive in AIC, or gs://bucket/folder")
        return drive
    parts = found.prefix.split("/") if found.prefix else []
    if not all(_PART.fullmatch(part) and part.strip(".") for part in parts):
        raise ValueError("must have a plain folder after its bucket")
    return drive


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """What stays: the newest `last` backups, and the newest one of each of so many days, weeks and months."""

    last: Annotated[int, between(1, 1000)] = 14
    daily: Annotated[int, between(0, 1000)] = 0
    weekly: Annotated[int, between(0, 1000)] = 0
    monthly: Annotated[int, between(0, 1000)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveSettings:
    """One drive. With `files` each pipeline is stored as a file of its own too; without `keep` everything stays.

    In the settings a name alone stands for a drive without more.
    """

    drive: Annotated[str, checked] = field(metadata={"short": True})
    files: bool = False
    keep: Keep | None = None


def unlike(drives: tuple[DriveSettings, ...]) -> tuple[DriveSettings, ...]:
    """The drives, if no two are one; AIC takes names in any case."""
    names = {each.drive.rstrip("/") if bucket(each.drive) else each.drive.casefold() for each in drives}
    if len(names) < len(drives):
        raise ValueError("must not name a drive twice")
    return drives
