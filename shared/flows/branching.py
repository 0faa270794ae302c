"""A branch of the Git flow, told top to bottom: from where, to where, which pipelines, is it forward, cut and carry.

It is cut from the branch that it will be merged into, so that merging it changes the chosen pipelines and no others.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from ..domain import promotion_note, route, selection
from ..domain import trailers as trailing
from ..domain.answer import Outcome
from ..domain.counting import pipelines
from ..domain.errors import Refused
from ..domain.layout import CONFIG_FOLDER, config_path, titles_of
from ..domain.mapping import Mapping as BranchMapping
from ..domain.messages.promotion import CreateBranch
from ..domain.promotion_report import Promoted
from ..domain.route import Route
from ..domain.run import Run
from . import clashing
from .answering import Asker, answered
from .carrying import Load, Onto, carry
from .forward import conflicts, dropped, taken_back
from .outside import Outside
from .target import check_allowed, read_mapping

_DROPPED = "it was deleted there; name it to bring it again"
_TAKEN_BACK = "this version was there and was taken back; name it to bring it again"


@dataclass(frozen=True, slots=True)
class Ends:
    """The branches of a route, by the mapping file as it is now."""

    route: Route
    source: str
    target: str
    mapping: BranchMapping = field(repr=False)


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be brought: the newest commits of both branches, and the files below config/ of the source."""

    source: str
    target: str
    configs: Mapping[str, str] = field(repr=False)


def create_branch(request: CreateBranch, workflow: str, way: Route, *, asker: Asker, outside: Outside) -> Promoted:
    """Makes the branch, or finds it, or says why not; raises Transient while another delivery may do better.

    Raises Refused where the flow has no such branches.
    """
    ends = ends_of(way, asker, outside)
    begun = begin(workflow, request.project, ends, name=way.branch(request.name), asker=asker)
    find = partial(made, begun, ends, request.pipelines, dry_run=request.dry_run, run=asker.run, outside=outside)
    return answered(begun, find, promotion_note.answer, asker=asker, outside=outside)


def ends_of(way: Route, asker: Asker, outside: Outside) -> Ends:
    """Raises Refused `role-missing`, `workspace-not-allowed`, or what reading the mapping file raises."""
    mapping, _ = read_mapping(outside.repository)
    source, target = route.branch_of(way.source, mapping), route.branch_of(way.target, mapping)
    for branch in (source, target):
        check_allowed(mapping.exact[branch], asker.allowed)
    return Ends(way, source, target, mapping)


def begin(workflow: str, project: str, ends: Ends, *, name: str, asker: Asker) -> Promoted:
    """The answer as long as nothing is known."""
    return Promoted(
        workflow,
        Outcome.REFUSED,
        project,
        ends.source,
        by=asker.by,
        source=ends.source,
        target=ends.target,
        name=name,
    )


def made(
    begun: Promoted, ends: Ends, wanted: Collection[str] | None, *, dry_run: bool, run: Run, outside: Outside
) -> Promoted:
    """The branch with exactly what was asked for; `nothing` where there is nothing to bring, or it is there already."""
    work, there = _look(ends, outside)
    chosen = selection.choose(wanted, source=work.configs, target=there, mapping=ends.mapping)
    if wanted is None:
        chosen = chosen.without(dropped(chosen.titles, target=work.target, there=there, outside=outside), _DROPPED)
    undone = conflicts(chosen.titles, source=work.source, target=work.target, there=there, outside=outside)
    if wanted is None:
        known = [title for title in chosen.titles if title not in undone]
        back = taken_back(known, source=work.source, target=work.target, outside=outside)
        chosen = chosen.without(back, _TAKEN_BACK)
    clashes = clashing.of(undone, source=work.source, target=work.target, outside=outside)
    titles = _going(chosen.titles, undone, ends.route)
    report = replace(begun, titles=titles, left_out=chosen.left_out, clashes=clashes)
    if undone and not (titles and ends.route in route.BACK):
        detail = f"`{ends.target}` has changes of {len(undone)} of these pipelines that `{ends.source}` never had"
        return replace(report, reason="promotion-conflict", detail=detail)
    if not titles:
        return replace(report, outcome=Outcome.NOTHING, detail=f"`{ends.target}` has all of it")
    if dry_run:
        return replace(report, outcome=Outcome.PLANNED, detail="This was a dry run: nothing was made.")
    new = _cut(report, work, run, outside)
    outcome = Outcome.MADE if new else Outcome.NOTHING
    detail = "" if new else f"`{report.name}` is there already, with just these pipelines"
    return replace(report, outcome=outcome, detail=detail, branch=report.name)


def _going(titles: tuple[str, ...], undone: Collection[str], way: Route) -> tuple[str, ...]:
    """A release goes as a whole or not at all; of a hotfix whatever can goes back, as each of them is missing there."""
    return tuple(title for title in titles if title not in undone) if way in route.BACK else titles


def _look(ends: Ends, outside: Outside) -> tuple[Work, Mapping[str, str]]:
    heads = []
    for branch in (ends.source, ends.target):
        head = outside.repository.head(branch)
        if head is None:
            raise Refused("branch-missing", f"GitLab has no branch `{branch}`")
        heads.append(head)
    source, target = (outside.repository.tree(head, CONFIG_FOLDER) for head in heads)
    return Work(heads[0], heads[1], source), target


def _cut(report: Promoted, work: Work, run: Run, outside: Outside) -> bool:
    """Whether anything had to be done."""
    tip = outside.repository.head(report.name)
    if tip is not None:
        _check_ours(tip, report, work, run, outside)
    count = pipelines(len(report.titles))
    message = f"Bring {count} of {report.source} to {report.target}\n\n{trailing.of_run(run.id)}"
    load = Load(work.source, report.titles, work.configs)
    return carry(load, Onto(report.name, work.target, message), outside) != tip


def _check_ours(tip: str, report: Promoted, work: Work, run: Run, outside: Outside) -> None:
    """An earlier delivery's is gone on from; one of an earlier question must have brought exactly the same.

    An issue's own branch is gone on from whatever it has brought.
    """
    commits = outside.repository.compare(work.target, tip).commits
    runs = [trailing.run_of(each.message) for each in commits]
    if all(each == run.id for each in runs) or (report.issue is not None and None not in runs):
        return
    brought = frozenset[str]()
    for each in commits:
        paths, complete = outside.repository.touched(each.sha)
        brought |= titles_of(paths)
        if not complete or trailing.run_of(each.message) is None:
            raise _taken(report.name)
    configs = outside.repository.tree(tip, CONFIG_FOLDER)
    same = all(configs.get(config_path(title)) == work.configs[config_path(title)] for title in report.titles)
    if not (same and brought == frozenset(report.titles)):
        raise _taken(report.name)


def _taken(name: str) -> Refused:
    return Refused("branch-exists", f"`{name}` is there already with other content; choose another name or delete it")
