"""Which other pipelines of the workspace read what these write. Git alone is asked, with one archive a commit."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..domain import pipeline_tables
from ..domain.errors import ServiceError
from ..domain.pipeline_tables import Reader
from ..domain.review_sides import Sides
from ..domain.sql_tables import Tables
from .catalogue import Book, Catalogue
from .outside import Outside

MOST_SECONDS = 60.0
"""For understanding the pipelines that may be readers; a name such as `id` stands in all of them."""
_LATE = "there was no time to look into all pipelines"


@dataclass(frozen=True, slots=True)
class Impact:
    """The readers by the title of the pipeline that writes; `unseen` says why there may be more."""

    readers: Mapping[str, tuple[Reader, ...]] = field(default_factory=dict)
    unseen: str = ""


def of(changed: Mapping[str, Sides], *, project: str, commit: str, catalogue: Catalogue, outside: Outside) -> Impact:
    """`changed` by title; all others are as they are at `commit`."""
    names = tuple(dict.fromkeys(name for each in changed.values() for name in each.written))
    if not names:
        return Impact()
    try:
        others, unseen = _others(catalogue.book(project, commit, outside.repository), names, changed, outside)
    except ServiceError as error:
        outside.deadline.check()
        return Impact(unseen=error.detail or error.reason)
    tables = {title: each.after for title, each in changed.items()} | others
    return Impact({title: _readers(title, each, tables) for title, each in changed.items()}, unseen)


def _others(
    book: Book, names: tuple[str, ...], changed: Mapping[str, Sides], outside: Outside
) -> tuple[dict[str, Tables], str]:
    begun, found = outside.clock.monotonic(), dict[str, Tables]()
    for title, tables in book.mentioning(names):
        if title not in changed:
            found[title] = tables
        if outside.clock.monotonic() - begun > MOST_SECONDS:
            return found, _LATE
    return found, ""


def _readers(title: str, sides: Sides, tables: Mapping[str, Tables]) -> tuple[Reader, ...]:
    others = ((name, tables[name]) for name in sorted(tables) if name != title)
    return pipeline_tables.readers(sides.written, others)
