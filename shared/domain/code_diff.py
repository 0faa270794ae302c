"""Two versions of a pipeline's files → the lines that differ, few enough to be read."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from .layout import code_folder, config_path
from .markdown import visible

Files = Mapping[str, str]
MOST_COMPARED = 2000
"""Lines of one version from the first to the last that differ: to find what moved where may take their square."""
SETTINGS = "settings"
"""The name of the config here: what there is beside the code."""
_WITHIN = re.compile(r"_\d+\.sql$")
_CONTEXT = 2
_MOST_WIDE = 180
_OWN_KEY = re.compile(r'  "\$')
_TEXT = re.compile(r'(\s*)("\w+"): (".*")')


@dataclass(frozen=True, slots=True)
class Difference:
    """The files that differ, how many lines came and went, and the lines of a diff that tell it."""

    files: tuple[str, ...] = ()
    added: int = 0
    removed: int = 0
    lines: tuple[str, ...] = ()


def named(title: str, files: Files) -> dict[str, str]:
    """The files of a pipeline by their names in its folder, so that its own name makes no difference; code first.

    SQL that stands in a script as well is left out: it would be read twice.
    """
    folder, config = f"{code_folder(title)}/", config_path(title)
    code = {path.removeprefix(folder): text for path, text in sorted(files.items()) if path != config}
    own = {name: text for name, text in code.items() if not _is_within(name, code)}
    shown = {text.strip() for text in code.values()}
    return {**own, SETTINGS: "\n".join(_settings(files[config], shown))} if config in files else own


def size(before: Files, after: Files) -> int:
    """Lines of all files that differ: what a comparison costs."""
    changed = (name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return sum(files[name].count("\n") + 1 for name in changed for files in (before, after) if name in files)


def between(before: Files, after: Files) -> Difference:
    """Of files as `named` gives them."""
    names = sorted(before.keys() | after.keys(), key=lambda name: (name == SETTINGS, name))
    parts = [_file(name, before.get(name), after.get(name)) for name in names]
    return Difference(
        tuple(name for part in parts for name in part.files),
        sum(part.added for part in parts),
        sum(part.removed for part in parts),
        tuple(line for part in parts for line in ("", *part.lines) if part.lines)[1:],
    )


def _is_within(name: str, code: Files) -> bool:
    script = _WITHIN.sub(".py", name)
    return script != name and code[name] in code.get(script, "")


def _file(name: str, before: str | None, after: str | None) -> Difference:
    old, new = _lines(before, like=after), _lines(after, like=before)
    if old == new and (before is None) == (after is None):
        return Difference()
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    added, removed = len(new) - end, len(old) - end
    if max(added, removed) - start > MOST_COMPARED:
        told = [f"@@ line {start + 1} @@ too much to be compared here"]
    else:
        first, last = max(0, start - _CONTEXT), max(0, end - _CONTEXT)
        told = list(_told(old[first : len(old) - last], new[first : len(new) - last], first + 1))
        added, removed = (sum(line.startswith(sign) for line in told) + start for sign in "+-")
    heading = f"diff {visible(name, limit=_MOST_WIDE)}"
    return Difference((name,), added - start, removed - start, (heading, *told))


def _lines(text: str | None, *, like: str | None) -> list[str]:
    """Without the line ends of Windows where both have them."""
    both = text and "\r\n" in text and "\r\n" in (like or "\r\n")
    return (text.replace("\r\n", "\n") if both else text).split("\n") if text else []


def _settings(config: str, shown: Collection[str]) -> Iterator[str]:
    """A config without AIC's own keys, the code that is shown as a file, and commas; texts of many lines as such."""
    for line in config.split("\n"):
        plain = line.removesuffix(",")
        found = _TEXT.fullmatch(plain)
        value = _decoded(found[3]) if found else ""
        if _OWN_KEY.match(line) or (value and value.strip() in shown):
            continue
        if found and "\n" in value:
            yield f"{found[1]}{found[2]}:"
            yield from (f"{found[1]}  {each}" for each in value.split("\n"))
        else:
            yield plain


def _decoded(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        return ""


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines both begin with."""
    pairs = zip(one, other, strict=False)
    return next((number for number, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _told(old: Sequence[str], new: Sequence[str], start: int) -> Iterator[str]:
    for group in SequenceMatcher(None, old, new).get_grouped_opcodes(_CONTEXT):
        yield f"@@ line {group[0][3] + start} @@"
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                yield from (f" {_short(line)}" for line in old[old_from:old_to])
            else:
                yield from (f"-{_short(line)}" for line in old[old_from:old_to])
                yield from (f"+{_short(line)}" for line in new[new_from:new_to])


def _short(line: str) -> str:
    return visible(line.replace("\t", "    "), limit=_MOST_WIDE)
