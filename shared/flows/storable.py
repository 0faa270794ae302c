"""Which pipelines may go to Git, and why others may not: titles that are no paths there, secrets that were typed."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..domain import allowed_secrets, credentials, files
from ..domain.allowed_secrets import ALLOWED_FILE, AllowedSecrets
from ..domain.errors import Refused
from ..domain.titles import Titles
from ..ports.gitlab import Repository


@dataclass(frozen=True, slots=True)
class Sorted:
    """By title the files, path to bytes, or why it is `withheld`: a sentence that never quotes what a config holds."""

    files: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    withheld: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Allowed:
    """What the project lets pass; nothing at all where its list can't be read, which `trouble` says."""

    entries: AllowedSecrets
    trouble: str = ""


def sort(configs: Iterable[tuple[str, bytes]], titles: Titles, repository: Repository) -> Sorted:
    """Titles and config files, of which one at a time is unpacked in memory."""
    stored, withheld = dict[str, Mapping[str, bytes]](), dict[str, str]()
    allowed: _Allowed | None = None
    for title, file in configs:
        allowed = allowed or _allowed(repository)
        try:
            found = files.files_with(file, title, titles=titles)
        except Refused as error:
            withheld[title] = error.detail
            continue
        if why := _secrets(title, file, allowed):
            withheld[title] = why
        else:
            stored[title] = files.Packed(found)
    return Sorted(stored, withheld)


def _allowed(repository: Repository) -> _Allowed:
    stored = repository.file(ALLOWED_FILE, "HEAD")
    try:
        return _Allowed(allowed_secrets.parse(stored.data) if stored else AllowedSecrets())
    except Refused as error:
        return _Allowed(AllowedSecrets(), f"; {error.detail}")


def _secrets(title: str, file: bytes, allowed: _Allowed) -> str:
    findings = credentials.find(title, json.loads(file), allowed=allowed.entries)
    return f"{credentials.why(findings)}{allowed.trouble}" if findings else ""
