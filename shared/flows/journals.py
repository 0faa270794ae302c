"""What runs that did not come to their end meant to write: their records lead to their notes."""

from collections.abc import Iterable

from ..domain import journal, note
from ..domain.gitlab import Deployment, Note, OnCommit, Place
from ..domain.journal import Entry
from ..ports.gitlab import Repository


def of_deploys(records: Iterable[Deployment], repository: Repository) -> tuple[Entry, ...]:
    """The entries of these runs, in the order of the records: newest first."""
    return of_kind("deploy", records, repository)


def of_kind(kind: str, records: Iterable[Deployment], repository: Repository) -> tuple[Entry, ...]:
    """The same of runs whose notes are of that kind."""
    seen: dict[tuple[str, str], None] = dict.fromkeys((each.commit, each.branch) for each in records)
    found: list[Entry] = []
    for commit, branch in seen:
        own = own_note(OnCommit(commit), note.marker(branch, kind=kind), repository)
        found += journal.find(own.body) if own else ()
    return tuple(dict.fromkeys(found))


def of_limited(record: Deployment, repository: Repository) -> tuple[Entry, ...]:
    """The entries of unfinished limited runs on the record's commit; finished ones have emptied their journals."""
    return tuple(entry for body in _limited(record, repository) for entry in journal.find(body))


def at_work(record: Deployment, repository: Repository) -> bool:
    """Whether a limited run on the record's commit has not said yet how it ended."""
    return any(map(note.is_running, _limited(record, repository)))


def _limited(record: Deployment, repository: Repository) -> list[str]:
    own = repository.own_id()
    return [
        each.body
        for each in repository.notes(OnCommit(record.commit))
        if each.user == own and note.is_limited(each.body, record.branch)
    ]


def own_note(place: Place, mark: str, repository: Repository) -> Note | None:
    """The newest note there that begins with the mark and is really ours."""
    own = repository.own_id()
    for each in repository.notes(place):
        if each.user == own and each.body.startswith(mark):
            return each
    return None
