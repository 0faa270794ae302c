"""What a merge brings to a workspace that wants it proven elsewhere first, and who is asked again when it is."""

from collections.abc import Iterable, Mapping
from itertools import islice

from ..domain import content, mapping, posting, proof, route
from ..domain.content import Content
from ..domain.errors import Refused
from ..domain.gate import State
from ..domain.gate_report import Gated
from ..domain.messages.plan import PlanRequest
from ..domain.plan import Decision
from ..domain.proof import Place, There
from ..domain.side_branch import ROLLBACKS
from . import asking, gate_telling, points, shelf
from .foresight import Foresight, Question
from .outside import Outside
from .target import Target

_MOST_DEPLOYS, _MOST_ASKED = 8, 50


def unproven(found: Foresight, target: Target, question: Question, outside: Outside) -> Mapping[str, str]:
    """Title to what is missing. A few requests, and one or two for each pipeline that merging writes.

    Raises Refused `role-missing` where there is no branch to prove anything on.
    """
    role = question.requires.get(target.workspace)
    wanted = _wanted(found.ours)
    if role is None or not wanted or _is_return(found, outside):
        return {}
    branch = route.branch_of(role, target.mapping)
    if branch == found.proposal.target_branch:
        raise Refused("role-missing", f"`{target.workspace}` can't be proven on itself: `requires` names its own role")
    at = _place(branch, target.mapping.exact[branch], question, outside)
    return _missing(wanted, at, outside)


def ask_again(
    told: Gated, mapped: mapping.Mapping, requires: Mapping[str, str], request_id: str, outside: Outside
) -> None:
    """The reviews of open merge requests for which something has been proven now."""
    for branch, workspace in mapped.exact.items():
        role = requires.get(workspace)
        if role and branch != told.branch and mapped.branch_of_role(role) == told.branch:
            for each in islice(outside.repository.proposals(target=branch, state="opened"), _MOST_ASKED):
                wanted = PlanRequest(project=told.project, merge_request=each.iid)
                asking.for_plan(wanted, origin=posting.PROOF, request_id=request_id, outside=outside)


def _wanted(decisions: Iterable[Decision]) -> dict[str, Content]:
    pairs = ((each.title, proof.wanted(each)) for each in decisions)
    return {title: found for title, found in pairs if found is not None}


def _is_return(found: Foresight, outside: Outside) -> bool:
    """What a rollback brings back was live in this very workspace."""
    proposal = found.proposal
    return proposal.source_branch.startswith(ROLLBACKS) and proposal.author == outside.repository.own_id()


def _place(branch: str, workspace: str, question: Question, outside: Outside) -> Place:
    newest = ""
    for each in islice(points.successes(mapping.environment(workspace), outside), _MOST_DEPLOYS):
        newest = newest or each.commit
        if workspace not in question.gates:
            return Place(branch, workspace, newest, each.commit)
        known = gate_telling.look(Gated("", branch, commit=each.commit), each, outside).gate
        if known and known.state is State.PASSED:
            return Place(branch, workspace, newest, each.commit)
    return Place(branch, workspace, newest)


def _missing(wanted: Mapping[str, Content], at: Place, outside: Outside) -> Mapping[str, str]:
    proven = _contents(at.proven, list(wanted), outside)
    open_ = [title for title, each in wanted.items() if proven.get(title) != each]
    newest = proven if at.newest == at.proven else _contents(at.newest, open_, outside)
    found = {title: There(newest.get(title), proven.get(title)) for title in open_}
    return {title: proof.missing(wanted[title], each, at) for title, each in found.items()}


def _contents(commit: str, titles: list[str], outside: Outside) -> Mapping[str, Content]:
    if not commit or not titles:
        return {}
    return {title: each for title, data in shelf.contents(commit, titles, outside) if (each := _read(data)) is not None}


def _read(data: bytes) -> Content | None:
    try:
        return content.of_file(data)
    except Refused:
        return None
