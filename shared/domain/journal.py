"""What a run is about to write, kept in its own note, so that a later run can take it back."""

import base64
import json
import re
import zlib
from collections.abc import Collection, Iterable
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
    `Content.digest`. `was` is the title until then, where that is another.
    """

    title: str
    job_id: str | None
    before: str | None
    digest_before: str | None
    digest_after: str
    was: str | None = None

    @property
    def title_before(self) -> str:
        """The title under which the content stood before."""
        return self.was or self.title


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


def chains(entries: Iterable[Entry]) -> tuple[tuple[Entry, ...], ...]:
    """The entries (newest first) of each pipeline, also where it changed its title on the way.

    What came before a creation was another pipeline of that title; only creations may come before one.
    """
    found: list[list[Entry]] = []
    older: dict[str, list[Entry]] = {}
    born: dict[str, list[Entry]] = {}
    for entry in entries:
        chain = older.pop(entry.title, None)
        if chain is None and entry.job_id is None:
            chain = born.get(entry.title)
        if chain is None:
            chain = []
            found.append(chain)
        chain.append(entry)
        if entry.job_id is None:
            born[entry.title] = chain
        else:
            older[entry.title_before] = chain
    return tuple(map(tuple, found))


def kept(entries: Iterable[Entry], titles: Collection[str]) -> tuple[Entry, ...]:
    """Those of the pipelines that have one of the titles now."""
    entries = tuple(entries)
    wanted = {entry for chain in chains(entries) if chain[0].title in titles for entry in chain}
    return tuple(entry for entry in entries if entry in wanted)


def _sound(entry: Entry) -> bool:
    always = (entry.title, entry.digest_after)
    sometimes = (entry.job_id, entry.before, entry.digest_before, entry.was)
    return all(isinstance(text, str) for text in always) and all(isinstance(text, str | None) for text in sometimes)


def _entry(decision: Decision, base: str | None) -> Entry:
    versions, was = decision.versions, decision.was
    old = was or versions
    after = versions.head.digest if versions.head else ""
    if decision.action is Action.CREATE or old.live is None:
        return Entry(versions.title, None, None, None, after)
    before = old.known or old.captured or base
    title_before = was.title if was else None
    return Entry(versions.title, old.live.id, before, old.live.content.digest, after, title_before)
