"""Interactive branches are made for pipelines, once for each content, whatever is sent again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ..domain import copies, copy_report, note
from ..domain.answer import Outcome
from ..domain.content import Content
from ..domain.copy_report import Handled
from ..domain.errors import Refused, ServiceError, Transient
from ..domain.gitlab import OnCommit
from ..ports.aic import Desk
from . import listing, versions
from .answering import Asker, answered, failed
from .journals import own_note
from .outside import Outside
from .target import branch_of

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Kind:
    """What is made of pipelines: how the names begin, and what each is to hold, by its title and jobConfig.

    A text says why one needs none.
    """

    name: str
    content: Callable[[str, Mapping[str, object]], Content | str]


def told(begun: Handled, work: Callable[[Handled], Handled], asker: Asker, outside: Outside) -> Handled:
    """What the work comes to, or why it came to nothing; what is remembered stays so, whatever becomes of it.

    Raises Transient while another delivery may do better, Refused where the project may not touch the workspace.
    """
    branch = branch_of(begun.workspace, allowed=asker.allowed, repository=outside.repository)
    begun = replace(begun, branch=branch)

    def find() -> Handled:
        known = replace(begun, known=_remembered(begun, outside))
        try:
            return work(known)
        except ServiceError as error:
            return failed(known, error, asker)

    return answered(begun, find, copy_report.answer, asker=asker, outside=outside)


def jobs(titles: Sequence[str], workspace: str, outside: Outside) -> dict[str, tuple[str, ...]]:
    """The ids of the pipelines by title; raises Refused `unknown-pipeline`."""
    listed = listing.read(outside.open_workspace(workspace), outside, may_be_empty=True).ids
    unknown = [title for title in titles if title not in listed]
    if unknown:
        raise Refused("unknown-pipeline", f"`{workspace}` has no pipeline `{unknown[0]}`; check the spelling")
    return {title: listed[title] for title in sorted(set(titles))}


def single(titles: Sequence[str], workspace: str, outside: Outside) -> dict[str, str]:
    """The same where each title must be that of one pipeline alone."""
    found = jobs(titles, workspace, outside)
    for title, ids in found.items():
        if len(ids) > 1:
            raise Refused("unknown-pipeline", f"`{workspace}` has several pipelines `{title}`")
    return {title: ids[0] for title, ids in found.items()}


def hand_out(kind: Kind, ids: Mapping[str, str], report: Handled, asker: Asker, outside: Outside) -> Handled:
    """The report with what was made and what is there already; one that fails stops no other."""
    desk = outside.open_desk(report.workspace)

    def make(job: tuple[str, str]) -> _Made | str:
        title, job_id = job
        live = _read(title, job_id, report.workspace, outside)
        wanted = kind.content(title, live)
        if isinstance(wanted, str):
            return wanted
        key = copies.digest(kind.name, title, wanted.digest)
        names = {one.name for one in desk.copies(job_id)}
        if report.known.get(key) in names:
            return _Made(key, report.known[key], new=False)
        taken = [name for other, name in report.known.items() if other != key]
        name = copies.named(kind.name, asker.run.moment, taken=taken)
        if name not in names and report.outcome is not Outcome.PLANNED:
            _add(job_id, name, {**live, **wanted.fields()}, desk)
        return _Made(key, name, new=True)

    found, troubles = each_of(make, tuple(ids.items()), asker, outside)
    made = {title: each for title, each in found.items() if isinstance(each, _Made)}
    report = replace(
        report,
        left_out=tuple((title, each) for title, each in found.items() if isinstance(each, str)),
        done=tuple((title, each.name) for title, each in made.items() if each.new),
        there=tuple((title, each.name) for title, each in made.items() if not each.new),
    )
    if report.outcome is not Outcome.PLANNED:
        report = replace(report, known={**report.known, **{each.key: each.name for each in made.values()}})
    return ended(report, troubles)


def each_of(
    call: Callable[[tuple[str, str]], Result], pipelines: Sequence[tuple[str, str]], asker: Asker, outside: Outside
) -> tuple[dict[str, Result], tuple[tuple[str, str], ...]]:
    """The results by title, and what went wrong with others; raises Transient while another delivery may do better.

    Of each pipeline title and id are given.
    """

    def paced(pipeline: tuple[str, str]) -> Result:
        with outside.pace.turn():
            outside.deadline.check()
            return call(pipeline)

    results = outside.together.map(paced, pipelines, width=outside.pace.width)
    found: dict[str, Result] = {}
    troubles: list[tuple[str, str]] = []
    for (title, _), result in zip(pipelines, results, strict=True):
        if not isinstance(result, Exception):
            found[title] = result
        elif not isinstance(result, ServiceError) or (isinstance(result, Transient) and not asker.final):
            raise result
        else:
            troubles.append((title, result.detail or result.reason))
    return found, tuple(troubles)


def ended(report: Handled, troubles: tuple[tuple[str, str], ...]) -> Handled:
    """How it ends with what was done, and with these pipelines gone wrong."""
    if troubles:
        detail = f"{len(troubles)} of the pipelines could not be handled"
        left_out = report.left_out + troubles
        return replace(report, outcome=Outcome.FAILED, reason="aic-copies-failed", detail=detail, left_out=left_out)
    if report.outcome is Outcome.PLANNED:
        return report
    return replace(report, outcome=Outcome.DONE if report.done else Outcome.NOTHING)


@dataclass(frozen=True, slots=True)
class _Made:
    """`key` says what it holds."""

    key: str
    name: str
    new: bool


def _read(title: str, job_id: str, workspace: str, outside: Outside) -> Mapping[str, object]:
    config = outside.open_workspace(workspace).read(job_id)
    if config is None:
        raise Transient("aic-list-unsteady", f"AIC lists `{title}` but doesn't have it")
    versions.live_content(title, config)
    return config


def _add(job_id: str, name: str, config: Mapping[str, object], desk: Desk) -> None:
    desk.add_copy(job_id, name, config)
    if name not in {one.name for one in desk.copies(job_id)}:
        raise Transient("aic-odd-answer", f"AIC took `{name}` but doesn't list it")


def _remembered(begun: Handled, outside: Outside) -> dict[str, str]:
    head = outside.repository.head(begun.branch) if begun.branch else None
    if head is None:
        return {}
    own = own_note(OnCommit(head), note.marker(begun.branch, kind=begun.workflow), outside.repository)
    return dict(copies.find(own.body)) if own else {}
