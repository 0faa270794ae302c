"""Reads that lag behind the writes, as those of a replica may: the setting `stale_reads`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Seen = TypeVar("Seen")


@dataclass(slots=True)
class _Old(Generic[Seen]):
    """What was there before the last write, and how many reads still show it."""

    before: Seen
    reads: int

    def read(self, now: Seen) -> Seen:
        if self.reads <= 0:
            return now
        self.reads -= 1
        return self.before


@dataclass(slots=True)
class Lag:
    """After a write so many reads of that job, and so many of the list, show what there was before it."""

    _jobs: dict[str, _Old[Mapping[str, object] | None]] = field(default_factory=dict)
    _list: _Old[Mapping[str, Mapping[str, object]]] = field(default_factory=lambda: _Old({}, 0))

    def wrote(self, id_: str, *, before: Mapping[str, Mapping[str, object]], reads: int) -> None:
        """`before` are all jobs as they were; to be told of every write by a client, also when no read is to lag."""
        if reads > 0:
            self._jobs[id_] = _Old(before.get(id_), reads)
            self._list = _Old(before, reads)
        else:
            self._jobs.pop(id_, None)
            self._list = _Old({}, 0)

    def job(self, id_: str, *, now: Mapping[str, object] | None) -> Mapping[str, object] | None:
        """The config to show; None is no such job."""
        old = self._jobs.get(id_)
        return old.read(now) if old else now

    def jobs(self, *, now: Mapping[str, Mapping[str, object]]) -> Mapping[str, Mapping[str, object]]:
        """The jobs to list."""
        return self._list.read(now)
