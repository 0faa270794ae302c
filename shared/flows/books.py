"""Where a deploy is told in GitLab: its notes, and what earlier runs hid in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from ..domain import journal, note
from ..domain.gitlab import MergeRequest, Note, OnCommit, OnMergeRequest, Place
from ..ports import Repository
from .scene import Scene
from .target import Order

_PAGE = 100


@dataclass(frozen=True, slots=True)
class Books:
    """The places for the notes, the most telling first, each with our own note where there is one already."""

    places: tuple[tuple[Place, Note | None], ...]

    @property
    def entries(self) -> tuple[journal.Entry, ...]:
        """What unfinished runs say they meant to write, newest first."""
        return tuple(entry for _, old in self.places if old for entry in journal.find(old.body))

    @property
    def written(self) -> tuple[journal.Entry, ...]:
        """The same with what was proven already, should only the record be missing."""
        return tuple(entry for _, old in self.places if old for entry in journal.find(old.body, proven=True))


def find(order: Order, *, head: str, landed: frozenset[str], repository: Repository) -> Books:
    """On every merge request that brought one of the commits; on the commit itself where none did."""
    places: tuple[Place, ...] = ()
    if landed:
        found = _merge_requests(repository.merged(order.request.branch), landed)
        places = tuple(OnMergeRequest(merge_request.iid) for merge_request in found)
    mark = note.marker(order.request.branch, kind=order.kind)
    return Books(tuple((place, _own(place, mark, repository)) for place in places or (OnCommit(head),)))


def of_scene(order: Order, scene: Scene, repository: Repository) -> Books:
    """The books of a deploy. What only repeats or looks is told on the commit, not to its merge request again."""
    again = scene.recorded == scene.head or not order.recorded
    landed = frozenset[str]() if again else scene.landed
    return find(order, head=scene.head, landed=landed, repository=repository)


def unfinished(order: Order, scene: Scene, books: Books, repository: Repository) -> tuple[journal.Entry, ...]:
    """Everything that runs since base meant to write: of this kind of deploy, and of limited ones at this head."""
    mark = note.marker(order.request.branch, kind="limited")
    limited = _own(OnCommit(scene.head), mark, repository) if order.recorded else None
    return books.entries + (journal.find(limited.body) if limited else ())


def _merge_requests(merged: Iterator[MergeRequest], landed: frozenset[str]) -> list[MergeRequest]:
    """Pages of the last updated ones, as long as a page brings a hit."""
    found: list[MergeRequest] = []
    while page := list(islice(merged, _PAGE)):
        hits = [merge_request for merge_request in page if merge_request.landed & landed]
        found += hits
        if not hits or len(page) < _PAGE:
            break
    return found


def _own(place: Place, mark: str, repository: Repository) -> Note | None:
    own = repository.own_id()
    for each in repository.notes(place):
        if each.user == own and each.body.startswith(mark):
            return each
    return None
