"""A hotfix, told top to bottom: what was edited in production's workspace, onto a branch that is merged back there.

It is cut where live and Git were last the same, so that Git itself merges what others merged into production since.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import partial

from ..domain import batches, capture, promotion_note, route, trailers
from ..domain.answer import Outcome
from ..domain.capture import Action, Decision, Mode
from ..domain.counting import pipelines
from ..domain.errors import Refused
from ..domain.gitlab import FileAction
from ..domain.layout import CONFIG_FOLDER, titles_of
from ..domain.mapping import environment
from ..domain.messages.deploy import DeployRequest
from ..domain.messages.promotion import CreateHotfixBranch
from ..domain.promotion_report import Promoted
from ..domain.titles import Titles
from . import scene
from .answering import Asker, answered
from .draft import Parcel, code_at, draft
from .outside import Outside
from .scene import Superseded
from .survey import survey
from .target import Order, Target, check_allowed, read_mapping

_WHY = {
    Action.NONE: "it is in Git as AIC runs it",
    Action.DELETE: "it is gone in AIC; a snapshot proposes to delete it",
    Action.MOVE: "it has another title in AIC; a snapshot brings that to Git",
}


@dataclass(frozen=True, slots=True)
class Edits:
    """What was edited in AIC, and the commit upon which it is to be committed; `titles` settle who owns a file."""

    cut: str
    parcels: tuple[Parcel, ...] = field(repr=False)
    left_out: tuple[tuple[str, str], ...]
    titles: Titles = field(repr=False)


def create_hotfix_branch(request: CreateHotfixBranch, *, asker: Asker, outside: Outside) -> Promoted:
    """Makes the branch, or finds it, or says why not; raises Transient while another delivery may do better.

    Raises Refused where production has no branch or workspace.
    """
    begun = begin("create_hotfix_branch", request.project, request.name, asker=asker, outside=outside)
    find = partial(made, begun, request.pipelines, dry_run=request.dry_run, asker=asker, outside=outside)
    return answered(begun, find, promotion_note.answer, asker=asker, outside=outside)


def begin(workflow: str, project: str, name: str, *, asker: Asker, outside: Outside) -> Promoted:
    """The answer as long as nothing is known; raises Refused `role-missing` or `workspace-not-allowed`."""
    mapping, _ = read_mapping(outside.repository)
    branch = route.branch_of(route.HOTFIX.target, mapping)
    workspace = mapping.exact[branch]
    check_allowed(workspace, asker.allowed)
    return Promoted(
        workflow,
        Outcome.REFUSED,
        project,
        branch,
        workspace,
        by=asker.by,
        source=workspace,
        target=branch,
        name=route.HOTFIX.branch(name),
    )


def made(begun: Promoted, wanted: Collection[str] | None, *, dry_run: bool, asker: Asker, outside: Outside) -> Promoted:
    """The branch with exactly what was edited of these pipelines; `nothing` where there is no edit, or it has them."""
    edits = _edits(begun, wanted, asker, outside)
    report = replace(begun, titles=tuple(each.title for each in edits.parcels), left_out=edits.left_out)
    if not edits.parcels:
        return replace(report, outcome=Outcome.NOTHING, detail=f"`{begun.target}` has what AIC runs")
    if dry_run:
        return replace(report, outcome=Outcome.PLANNED, detail="This was a dry run: nothing was made.")
    new = _committed(report, edits, asker, outside)
    detail = "" if new else f"`{report.name}` is there already, with just these pipelines"
    return replace(report, outcome=Outcome.MADE if new else Outcome.NOTHING, detail=detail, branch=report.name)


def _edits(begun: Promoted, wanted: Collection[str] | None, asker: Asker, outside: Outside) -> Edits:
    read, commit = read_mapping(outside.repository)
    aimed = Target(begun.workspace, environment(begun.workspace), read, commit)
    look = Order(DeployRequest(project=begun.project, branch=begun.target), asker.allowed, asker.run)
    there = scene.look(look, aimed, outside)
    if isinstance(there, Superseded):
        raise Refused("superseded", "the branch was set back behind what is live; deploy it by hand with `confirm`")
    seen = survey(there, outside.open_workspace(begun.workspace), outside, only=wanted)
    plan = capture.make(seen.pipelines, mode=Mode.MERGE_REQUEST, size=len(seen.shelf.titles))
    taken = plan.of(Action.CAPTURE, Action.CONFLICT)
    parcels = tuple(Parcel(each.title, seen.files[each.title]) for each in taken)
    left = plan.decisions if wanted else plan.of(Action.WITHHOLD, Action.UNREADABLE)
    left_out = tuple((each.title, _why(each)) for each in left if each not in taken)
    return Edits(there.base or there.head, parcels, left_out, seen.titles)


def _why(decision: Decision) -> str:
    return _WHY.get(decision.action, decision.why)


def _committed(report: Promoted, edits: Edits, asker: Asker, outside: Outside) -> bool:
    """Whether anything had to be done."""
    repository = outside.repository
    tip = repository.head(report.name)
    groups = list(_groups(edits, tip or edits.cut, outside))
    if tip is not None:
        _check_ours(tip, report, edits, asker, changes=bool(groups), outside=outside)
    count = pipelines(len(report.titles))
    trailing = trailers.make(report.workspace, run=asker.run.id)
    message = f"Capture {count} of {report.workspace} from AIC\n\n{trailing}"
    start = edits.cut if tip is None else None
    for actions in batches.split(groups, most=outside.commit_bytes):
        repository.commit(report.name, actions, message=message, start=start)
        start = None
    return bool(groups)


def _groups(edits: Edits, at: str, outside: Outside) -> list[tuple[FileAction, ...]]:
    have = {
        **outside.repository.tree(at, CONFIG_FOLDER),
        **code_at(at, [each.title for each in edits.parcels], outside),
    }
    return list(draft(edits.parcels, at, have=have, titles=edits.titles, outside=outside))


def _check_ours(tip: str, report: Promoted, edits: Edits, asker: Asker, *, changes: bool, outside: Outside) -> None:
    """An earlier delivery's is gone on from; one of an earlier question must have brought exactly the same.

    An issue's own branch is gone on from whatever it has brought.
    """
    commits = outside.repository.compare(edits.cut, tip).commits
    found = [trailers.parse(each.message) for each in commits]
    ours = all(each and each.workspace == report.workspace for each in found)
    again = all(each and each.run == asker.run.id for each in found)
    if again or (ours and report.issue is not None):
        return
    brought = titles_of(tuple(path for each in commits for path in outside.repository.touched(each.sha)[0]))
    if changes or not ours or brought != frozenset(report.titles):
        detail = f"`{report.name}` is there already with other content; choose another name or delete it"
        raise Refused("branch-exists", detail)
