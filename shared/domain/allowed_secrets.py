"""`allowed_secrets.yaml`: what looks like a secret in a pipeline and is none, or may be in Git all the same."""

import re
from dataclasses import dataclass

from . import strict_yaml
from .errors import Refused

ALLOWED_FILE = "allowed_secrets.yaml"
MAX_BYTES = 256 * 1024
MAX_ENTRIES = 1_000
_KEYS = frozenset({"pipeline", "fingerprint", "why"})
_FINGERPRINT = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class AllowedSecrets:
    """Pairs of title and fingerprint."""

    entries: frozenset[tuple[str, str]] = frozenset()

    def lets_pass(self, title: str, fingerprint: str) -> bool:
        """Whether the project allows exactly this finding in exactly this pipeline."""
        return (title, fingerprint) in self.entries


def parse(data: bytes) -> AllowedSecrets:
    """Reads the file; raises Refused with reason `allow-list-invalid` that says what to change."""
    try:
        tree = strict_yaml.load(data, limit=MAX_BYTES)
    except Refused as error:
        raise _invalid(error.detail) from None
    if not isinstance(tree, list):
        raise _invalid("it must be a list of entries with `pipeline`, `fingerprint` and `why`")
    if len(tree) > MAX_ENTRIES:
        raise _invalid(f"it has {len(tree)} entries, at most {MAX_ENTRIES} are taken")
    entries = [_entry(item, number) for number, item in enumerate(tree, start=1)]
    for number, entry in enumerate(entries, start=1):
        if entry in entries[: number - 1]:
            raise _invalid(f"entry {number} stands there twice")
    return AllowedSecrets(frozenset(entries))


def _entry(item: object, number: int) -> tuple[str, str]:
    if not isinstance(item, dict) or item.keys() != _KEYS:
        raise _invalid(f"entry {number} must have `pipeline`, `fingerprint` and `why`, and nothing else")
    blank = sorted(key for key, value in item.items() if not isinstance(value, str) or not value.strip())
    if blank:
        raise _invalid(f"entry {number}: `{blank[0]}` must be a text")
    if not _FINGERPRINT.fullmatch(item["fingerprint"]):
        raise _invalid(f"entry {number}: `fingerprint` must be the 12 digits that the snapshot's report shows")
    return item["pipeline"], item["fingerprint"]


def _invalid(sentence: str) -> Refused:
    return Refused("allow-list-invalid", f"{ALLOWED_FILE}: {sentence}")
