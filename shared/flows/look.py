"""What there is: the branches of a project, and what its workspaces have. Nothing is written."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..domain.aic import Named
from ..domain.answer import Outcome
from ..domain.errors import Refused, ServiceError
from ..domain.look_report import Listed, grouped
from ..domain.messages.looking import List
from ..ports.aic import Desk
from . import listing
from .answering import Asker, failed
from .outside import Outside
from .pace import all_of
from .target import check_allowed, read_mapping

_WIDTH = 8


def look(request: List, asker: Asker, outside: Outside) -> Listed:
    """What was found, or why nothing could be; raises Transient while another delivery may do better."""
    begun = Listed("list", Outcome.REFUSED, request.project or "", by=asker.by, what=request.what)
    begun = replace(begun, workspace=request.workspace or "")
    try:
        if request.workspace is not None:
            check_allowed(request.workspace, asker.allowed)
        found = _found(request, asker, outside)
    except ServiceError as error:
        return failed(begun, error, asker)
    return replace(begun, outcome=Outcome.LISTED, found=grouped(found))


def _found(request: List, asker: Asker, outside: Outside) -> Iterable[tuple[str, str]]:
    if request.what == "workspaces":
        return _workspaces(asker, outside)
    if request.workspace is None:
        return _branches(outside)
    if request.what == "pipelines":
        return [(title, each) for title, ids in _jobs(request.workspace, outside) for each in ids]
    desk = outside.open_desk(request.workspace)
    if request.what == "branches":
        return _copies(request, request.workspace, desk, outside)
    if request.what == "tables":
        return _tables(desk, outside)
    return _named(desk.datasets() if request.what == "datasets" else desk.drives())


def _workspaces(asker: Asker, outside: Outside) -> Iterable[tuple[str, str]]:
    branches = {name: branch for branch, name in read_mapping(outside.repository)[0].exact.items()}
    return [(name, branches.get(name, "no branch")) for name in asker.allowed]


def _branches(outside: Outside) -> Iterable[tuple[str, str]]:
    mapped = read_mapping(outside.repository)[0].exact
    return [(name, mapped.get(name, "not deployed")) for name in outside.repository.branch_names("")]


def _jobs(workspace: str, outside: Outside) -> Sequence[tuple[str, tuple[str, ...]]]:
    return tuple(listing.read(outside.open_workspace(workspace), outside, may_be_empty=True).ids.items())


def _copies(request: List, workspace: str, desk: Desk, outside: Outside) -> Iterable[tuple[str, str]]:
    jobs = [(title, each) for title, ids in _jobs(workspace, outside) for each in ids]
    titles = {title for title, _ in jobs}
    unknown = [title for title in request.pipelines or () if title not in titles]
    if unknown:
        raise Refused("unknown-pipeline", f"AIC has no pipeline `{unknown[0]}`; check the spelling")
    wanted = [(title, job) for title, job in jobs if request.pipelines is None or title in request.pipelines]

    def ask(pair: tuple[str, str]) -> list[tuple[str, str]]:
        with outside.pace.turn():
            outside.deadline.check()
            return [(pair[0], each.name) for each in desk.copies(pair[1])]

    return [line for lines in all_of(outside.together, ask, wanted, width=_WIDTH) for line in lines]


def _tables(desk: Desk, outside: Outside) -> Iterable[tuple[str, str]]:
    def ask(dataset: Named) -> list[tuple[str, str]]:
        with outside.pace.turn():
            outside.deadline.check()
            return [(f"{dataset.name}.{each.name}", each.id) for each in desk.tables(dataset.id)]

    return [line for lines in all_of(outside.together, ask, desk.datasets(), width=_WIDTH) for line in lines]


def _named(listed: Iterable[Named]) -> Iterable[tuple[str, str]]:
    return [(each.name, each.id) for each in listed]
