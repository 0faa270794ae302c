"""What a run is about to write, kept in its own note, so that a later run can take it back."""

import base64
import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from .plan import Action, Decision

_HIDDEN = re.compile(r"^<!-- aic-journal ([A-Za-z0-9+/=]*) -->\s*\Z", re.MULTILINE)
"""Only as the last line: a title that spells a journal stands inside a line, and must not pass for ours."""
_MOST_BYTES = 64 * 1024 * 1024
"""A note has at most a million characters; what unpacks to more than this is none of ours."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One intended write.

    `before` is the commit whose config holds what was live before, None for a creation; the digests are those of
    `Content.digest`.
    """

    title: str
    job_id: str | None
    before: str | None
    digest_before: str | None
    digest_after: str


def of_writes(writes: Iterable[Decision], *, base: str | None) -> tuple[Entry, ...]:
    """The entries for the writes of a plan; what was live stands in Git at `known`, else where base is."""
    return tuple(_entry(decision, base) for decision in writes)


def hide(entries: Iterable[Entry]) -> str:
    """The entries as an HTML comment that nothing in a title can break out of; some 150 characters each."""
    text = json.dumps([asdict(entry) for entry in entries], separators=(",", ":"))
    return f"<!-- aic-journal {base64.b64encode(zlib.compress(text.encode(), 9)).decode()} -->"


def find(body: str) -> tuple[Entry, ...]:
    """The entries hidden in a note of our own; empty when there are none or somebody broke them."""
    hidden = _HIDDEN.search(body)
    if hidden is None:
        return ()
    try:
        packed = base64.b64decode(hidden.group(1), validate=True)
        text = zlib.decompressobj().decompress(packed, _MOST_BYTES)
        entries = tuple(Entry(**fields) for fields in json.loads(text))
    except (ValueError, TypeError, RecursionError, zlib.error):
        return ()
    return entries if all(map(_sound, entries)) else ()


def _sound(entry: Entry) -> bool:
    always, sometimes = (entry.title, entry.digest_after), (entry.job_id, entry.before, entry.digest_before)
    return all(isinstance(text, str) for text in always) and all(isinstance(text, str | None) for text in sometimes)


def _entry(decision: Decision, base: str | None) -> Entry:
    versions = decision.versions
    after = versions.head.digest if versions.head else ""
    if decision.action is Action.CREATE or versions.live is None:
        return Entry(versions.title, None, None, None, after)
    before = versions.known or versions.captured or base
    return Entry(versions.title, versions.live.id, before, versions.live.content.digest, after)
