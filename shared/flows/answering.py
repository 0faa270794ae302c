"""A question that a person asked by a command ends in an answer, also where it is refused."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from ..domain import note
from ..domain.answer import Answer, Outcome
from ..domain.errors import Permanent, Refused, ServiceError, Transient
from ..domain.gitlab import OnCommit, Place
from ..domain.news import News
from ..domain.run import Run
from ..ports.gitlab import Repository
from . import announcing
from .journals import own_note
from .outside import Outside

Kind = TypeVar("Kind", bound=Answer)
Shown = TypeVar("Shown", bound=Answer, contravariant=True)


class Render(Protocol[Shown]):
    """Markdown for GitLab that begins with the line by which a later answer finds this one."""

    def __call__(self, report: Shown, *, first_line: str) -> str:
        """A few kilobytes."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, what the settings let the project touch, and the delivery that brought the question.

    Without `by_hand` nobody waits for an answer. `gates` are the workspaces that are tested after a deploy, each with
    what the settings want where that fails; `requires` those whose pipelines have to be proven first, with the role of
    where.
    """

    allowed: frozenset[str]
    run: Run
    request_id: str
    by: str = ""
    final: bool = False
    by_hand: bool = True
    gates: Mapping[str, str] = field(default_factory=dict)
    requires: Mapping[str, str] = field(default_factory=dict)


def answered(begun: Kind, find: Callable[[], Kind], render: Render[Kind], *, asker: Asker, outside: Outside) -> Kind:
    """What is found, or why nothing could be; the branch's newest commit says so where nothing else does.

    Raises Transient while another delivery may do better.
    """
    try:
        found = find()
    except ServiceError as error:
        found = failed(begun, error, asker)
    return found if found.told_elsewhere else _told(found, render, outside.in_reserve())


def announced(news: Iterable[News], asker: Asker, outside: Outside) -> tuple[str, ...]:
    """The reasons why they could not be sent off."""
    try:
        announcing.send_off(news, outside, request_id=asker.request_id)
    except Permanent as error:
        return (error.reason,)
    return ()


def failed(begun: Kind, error: ServiceError, asker: Asker) -> Kind:
    """What is to be said of the error; raises it where another delivery may do better."""
    if isinstance(error, Transient) and not asker.final:
        raise error
    outcome = Outcome.REFUSED if isinstance(error, Refused) else Outcome.FAILED
    return replace(begun, outcome=outcome, reason=error.reason, detail=error.detail)


def _told(report: Kind, render: Render[Kind], outside: Outside) -> Kind:
    """A channel that is closed changes nothing; where there is no branch, the log alone tells."""
    repository = outside.repository
    try:
        head = repository.head(report.branch) if report.branch else None
        if head is None:
            return report
        report = replace(report, head=head)
        mark = note.marker(report.branch, kind=report.workflow)
        write(OnCommit(head), mark, render(report, first_line=mark), repository)
    except Permanent as error:
        return replace(report, untold=(error.reason,))
    return report


def write(place: Place, mark: str, body: str, repository: Repository) -> None:
    """The note there that begins with the mark, new or brought up to date."""
    old = own_note(place, mark, repository)
    if old is None or old.body != body:
        repository.write_note(place, body, replaces=old)
