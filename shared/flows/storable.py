"""Which pipelines may not go to Git, and why: titles that are no paths there, and secrets that somebody typed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from ..domain import allowed_secrets, credentials, files
from ..domain.allowed_secrets import ALLOWED_FILE, AllowedSecrets
from ..domain.errors import Refused
from ..domain.titles import Titles
from ..ports.gitlab import Repository


@dataclass(frozen=True, slots=True)
class _Allowed:
    """What the project lets pass; nothing at all where its list can't be read, which `trouble` says."""

    entries: AllowedSecrets
    trouble: str = ""


def withheld(configs: Mapping[str, bytes], titles: Titles, repository: Repository) -> Mapping[str, str]:
    """Title to config file → by title a sentence why it can't be stored, which never quotes what the file holds."""
    if not configs:
        return {}
    allowed = _allowed(repository)
    found = {title: _why_not(title, file, titles, allowed) for title, file in configs.items()}
    return {title: why for title, why in found.items() if why}


def _allowed(repository: Repository) -> _Allowed:
    stored = repository.file(ALLOWED_FILE, "HEAD")
    try:
        return _Allowed(allowed_secrets.parse(stored.data) if stored else AllowedSecrets())
    except Refused as error:
        return _Allowed(AllowedSecrets(), f"; {error.detail}")


def _why_not(title: str, file: bytes, titles: Titles, allowed: _Allowed) -> str:
    config = json.loads(file)
    try:
        files.files_of(title, config, titles=titles)
    except Refused as error:
        return error.detail
    findings = credentials.find(title, config, allowed=allowed.entries)
    return f"{credentials.why(findings)}{allowed.trouble}" if findings else ""
