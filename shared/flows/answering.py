"""A question that a person asked by a command ends in an answer, also where it is refused."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..domain import note, return_note
from ..domain.errors import Permanent, Refused, ServiceError, Transient
from ..domain.gitlab import OnCommit
from ..domain.return_report import Outcome, Returned
from ..domain.run import Run
from ..ports.gitlab import Repository
from .journals import own_note
from .outside import Outside

_UNANSWERED = frozenset({Outcome.REFUSED, Outcome.FAILED, Outcome.NOTHING})


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, what the settings let the project touch, and the delivery that brought the question.

    Without `by_hand` nobody waits for an answer.
    """

    allowed: frozenset[str]
    run: Run
    request_id: str
    by: str = ""
    final: bool = False
    by_hand: bool = True


def answered(begun: Returned, find: Callable[[], Returned], asker: Asker, outside: Outside) -> Returned:
    """What is found, or why nothing could be; the branch's newest commit says so where no merge request or deploy does.

    Raises Transient while another delivery may do better.
    """
    try:
        found = find()
    except ServiceError as error:
        found = failed(begun, error, asker)
    return _told(found, outside.in_reserve()) if found.outcome in _UNANSWERED else found


def failed(begun: Returned, error: ServiceError, asker: Asker) -> Returned:
    """What is to be said of the error; raises it where another delivery may do better."""
    if isinstance(error, Transient) and not asker.final:
        raise error
    outcome = Outcome.REFUSED if isinstance(error, Refused) else Outcome.FAILED
    return replace(begun, outcome=outcome, reason=error.reason, detail=error.detail)


def _told(report: Returned, outside: Outside) -> Returned:
    """A channel that is closed changes nothing; where there is no branch, the log alone tells."""
    repository = outside.repository
    try:
        head = repository.head(report.branch) if report.branch else None
        if head is None:
            return report
        mark = note.marker(report.branch, kind=report.workflow)
        write(head, mark, return_note.answer(report, first_line=mark), repository)
    except Permanent as error:
        return replace(report, head=report.head, untold=(error.reason,))
    return replace(report, head=head)


def write(commit: str, mark: str, body: str, repository: Repository) -> None:
    """The note on the commit that begins with the mark, new or brought up to date."""
    place = OnCommit(commit)
    old = own_note(place, mark, repository)
    if old is None or old.body != body:
        repository.write_note(place, body, replaces=old)
