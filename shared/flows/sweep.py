"""Every mapped branch of every project: a deploy is asked for where one is missing, else the reviews that are stale.

Reads GitLab alone. Who is asked looks again by itself, so that asking once too often does no harm.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from urllib.parse import urlsplit

from ..domain import command_news, due, holding, mapping, posting
from ..domain.due import Due, Patience
from ..domain.errors import Permanent, ServiceError
from ..domain.gitlab import Deployment
from ..domain.mapping import Mapping
from ..domain.messages.deploy import DeployRequest
from ..domain.messages.gating import AfterDeploy
from ..domain.messages.plan import PlanRequest
from ..domain.sweep_report import Back, Branch, SweepReport, Swept
from ..ports import Together
from . import announcing, asking, backs_due, backs_settled, gates_due, holds, plans_due
from .gates_due import Settled
from .outside import Outside
from .records import TRIED_AGAIN_AFTER, own_status
from .scene import newest_success, own_records
from .target import read_mapping

_PROJECTS_WIDTH, _BRANCHES_WIDTH = 4, 4


@dataclass(frozen=True, slots=True)
class Unswept:
    """One project of the settings: the workspaces that it may touch, and the way to it.

    `gates` are those that are tested after a deploy.
    """

    project: str
    workspaces: frozenset[str]
    open: Callable[[], Outside]
    gates: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Sweeper:
    """`lost`: seconds after which a run that has not ended is dead. `request_id` follows what is asked for.

    `settled` is what earlier sweeps have found of tests.
    """

    lost: float
    request_id: str
    settled: Settled = field(default_factory=Settled)

    @property
    def patience(self) -> Patience:
        """How long which state is left as it is."""
        return Patience(self.lost, TRIED_AGAIN_AFTER)


def sweep(projects: Sequence[Unswept], sweeper: Sweeper, *, together: Together) -> SweepReport:
    """One project or branch that can't be looked at stops no other; the report names it."""
    found = together.map(partial(_sweep_one, sweeper), projects, width=_PROJECTS_WIDTH)
    return SweepReport(tuple(_swept(unswept, each) for unswept, each in zip(projects, found, strict=True)))


def _swept(unswept: Unswept, found: Swept | Exception) -> Swept:
    if isinstance(found, ServiceError):
        return Swept(unswept.project, failed=found.reason)
    if isinstance(found, Exception):
        raise found
    return found


def _sweep_one(sweeper: Sweeper, unswept: Unswept) -> Swept:
    outside = unswept.open()
    mapped = read_mapping(outside.repository)[0]
    exact = mapped.exact
    branches = sorted(branch for branch, workspace in exact.items() if workspace in unswept.workspaces)
    looked = outside.together.map(
        lambda branch: _ask_if_due(branch, exact[branch], sweeper=sweeper, unswept=unswept, outside=outside),
        branches,
        width=_BRANCHES_WIDTH,
    )
    backs, stuck = _backs(unswept, mapped, sweeper, outside)
    disabled, blind = _hooks(outside)
    found = tuple(_branch(name, each) for name, each in zip(branches, looked, strict=True))
    return _told(Swept(unswept.project, found, disabled, blind, backs=backs, failed=stuck), sweeper, outside)


def _told(swept: Swept, sweeper: Sweeper, outside: Outside) -> Swept:
    try:
        announcing.send_off(command_news.of_swept(swept), outside, request_id=sweeper.request_id)
    except Permanent as error:
        return replace(swept, untold=error.reason)
    return swept


def _branch(name: str, found: Branch | Exception) -> Branch:
    if isinstance(found, ServiceError):
        return Branch(name, failed=found.reason)
    if isinstance(found, Exception):
        raise found
    return found


def _ask_if_due(branch: str, workspace: str, *, sweeper: Sweeper, unswept: Unswept, outside: Outside) -> Branch:
    outside.deadline.check()
    head = outside.repository.head(branch)
    if head is None:
        return Branch(branch, Due.ABSENT)
    own = own_records(mapping.environment(workspace), outside)
    found = _due(branch, head, own, patience=sweeper.patience, outside=outside)
    if found.asked:
        request = DeployRequest(project=unswept.project, branch=branch)
        asking.for_deploy(request, origin=posting.SWEEP, request_id=sweeper.request_id, outside=outside)
    if workspace in unswept.gates:
        place = branch, workspace
        found = replace(found, tested=_ask_for_tests(place, own, sweeper=sweeper, unswept=unswept, outside=outside))
    if found.asked or found.due is Due.UNDER_WAY:
        return found  # what merging does is another thing after it
    live = newest_success(own) or ""
    opened = plans_due.opened(branch, outside)
    settled = backs_settled.close(opened, head=head, outside=outside)
    still = [each for each in opened if each.iid not in settled]
    stale = plans_due.of(still, head=head, live=live, patience=sweeper.patience, outside=outside)
    for number in stale:
        asked = PlanRequest(project=unswept.project, merge_request=number)
        asking.for_plan(asked, origin=posting.SWEEP, request_id=sweeper.request_id, outside=outside)
    return replace(found, stale=stale, settled=settled)


def _ask_for_tests(
    place: tuple[str, str], own: tuple[Deployment, ...], *, sweeper: Sweeper, unswept: Unswept, outside: Outside
) -> int:
    """The deployment whose tests were asked for, 0 for none; `place` is a branch and its workspace."""
    branch, workspace = place
    number = gates_due.of(branch, workspace, own, settled=sweeper.settled, outside=outside)
    if number:
        request = AfterDeploy(project=unswept.project, branch=branch, deployment=number)
        asking.for_tests(request, origin=posting.SWEEP, request_id=sweeper.request_id, outside=outside)
    return number


def _due(branch: str, head: str, own: tuple[Deployment, ...], *, patience: Patience, outside: Outside) -> Branch:
    now = outside.clock.now()
    known = due.of_records(head, own, now=now, patience=patience)
    if known is not None:
        return Branch(branch, known)
    status = own_status(head, branch, outside)
    holders = holding.numbers(status.description) if status and status.state == "canceled" else frozenset()
    if holders:
        still = {each.iid for each in holds.rollbacks(branch, outside.repository)}
        return Branch(branch, Due.HELD if holders <= still else Due.RELEASED)
    state = due.of_status(head, own, status, now=now, patience=patience)
    return Branch(branch, state, due.in_conflict(own, status, now=now))


def _backs(unswept: Unswept, mapped: Mapping, sweeper: Sweeper, outside: Outside) -> tuple[tuple[Back, ...], str]:
    """Hotfixes that were asked back; the deploys that are due don't wait for them."""
    try:
        found = backs_due.ask(
            unswept.project, mapped, allowed=unswept.workspaces, request_id=sweeper.request_id, outside=outside
        )
    except ServiceError as error:
        return (), error.reason
    return found, ""


def _hooks(outside: Outside) -> tuple[tuple[int, ...], str]:
    """Ours lead to the root of their host, as the webhook asks for it; those of other services don't."""
    try:
        hooks = outside.repository.hooks()
    except ServiceError as error:
        return (), error.reason
    return tuple(each.id for each in hooks if each.disabled and urlsplit(each.url).path in ("", "/")), ""
