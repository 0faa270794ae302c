"""What all pipelines of a branch are made of, kept from run to run: one archive, then what its next commits change."""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..domain import pipeline_tables
from ..domain.errors import Refused
from ..domain.layout import CONFIG_FOLDER, config_path, title_of, titles_of
from ..domain.sql_tables import Tables
from ..ports.gitlab import Repository

MOST_BYTES = 192 * 1024 * 1024
"""Of one commit, compressed; a branch that has more is not looked into."""
MOST_COMMITS, MOST_CHANGED = 3, 30
"""How many are kept, and by how many pipelines the next commit may differ that is read upon one of them."""
SECONDS = 20.0
"""A review without the readers now is better than one with them in some minutes, and others need archives more."""


@dataclass(frozen=True, slots=True)
class Book:
    """The configs of one commit by title, `packed` being compressed; `read` is what somebody has asked for already."""

    packed: Mapping[str, bytes]
    read: dict[str, Tables] = field(default_factory=dict)

    def mentioning(self, names: Sequence[str]) -> Iterator[tuple[str, Tables]]:
        """The pipelines in whose configs any of the names stands at all, with their tables."""
        for title, packed in self.packed.items():
            data = zlib.decompress(packed)
            if pipeline_tables.mentions(data.decode(errors="replace").lower(), names):
                if title not in self.read:
                    self.read[title] = _tables(data)
                yield title, self.read[title]


class Catalogue:
    """The newest few books. Not for several threads."""

    def __init__(self, *, most_bytes: int = MOST_BYTES) -> None:
        self._books: dict[tuple[str, str], Book] = {}
        self._most_bytes = most_bytes

    def book(self, project: str, commit: str, repository: Repository) -> Book:
        """Raises Refused `branch-too-big`, and what reading the archive raises."""
        found = self._books.pop((project, commit), None) or self._bound(project, commit, repository)
        self._books[project, commit] = found
        for oldest in list(self._books)[:-MOST_COMMITS]:
            del self._books[oldest]
        return found

    def _bound(self, project: str, commit: str, repository: Repository) -> Book:
        for (owner, older), book in reversed(self._books.items()):
            newer = _revised(book, older, commit, repository) if owner == project else None
            if newer is not None:
                return newer
        packed, size = dict[str, bytes](), 0
        for path, data in repository.archive(commit, CONFIG_FOLDER, seconds=SECONDS):
            title = title_of(path)
            if title is not None:
                packed[title] = zlib.compress(data, 1)
                size += len(packed[title])
            if size > self._most_bytes:
                raise Refused("branch-too-big", f"its configs take more than {self._most_bytes} bytes, compressed")
        return Book(packed)


def _revised(book: Book, older: str, newer: str, repository: Repository) -> Book | None:
    """The book of a commit that comes upon the older one and changes little; None where an archive is needed."""
    changes = repository.compare(older, newer)
    titles = titles_of(changes.paths)
    follows = any(older in each.parents for each in changes.commits)
    if not (follows and changes.complete) or len(titles) > MOST_CHANGED:
        return None
    packed = {title: each for title, each in book.packed.items() if title not in titles}
    for title in sorted(titles):
        data = repository.content(config_path(title), newer)
        if data is not None:
            packed[title] = zlib.compress(data, 1)
    return Book(packed, {title: each for title, each in book.read.items() if title not in titles})


def _tables(data: bytes) -> Tables:
    """Nothing of a config that can't be read: what is wrong with it is told where it is changed."""
    try:
        config = json.loads(data)
    except (ValueError, RecursionError):
        return Tables()
    return pipeline_tables.of(config) if isinstance(config, dict) else Tables()
