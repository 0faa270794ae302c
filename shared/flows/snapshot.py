"""A snapshot, told top to bottom: where, look, decide, capture, ask for what is due, tell."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ..domain import capture, posting, snapshot_news, snapshot_report
from ..domain.backup import BackupPlace
from ..domain.backup_report import BackupLine
from ..domain.capture import Action, Mode, Plan
from ..domain.drives import DriveSettings
from ..domain.errors import Permanent, Refused, ServiceError, Transient
from ..domain.messages.deploy import DeployRequest
from ..domain.messages.snapshot import SnapshotRequest
from ..domain.posting import Posting
from ..domain.run import Run
from ..domain.snapshot_report import Outcome, SnapshotReport
from ..domain.titles import known
from . import announcing, inventory, scene, snapshot_notes, target
from .capturing import Captured, carry_out
from .code_edits import code_of, reviewed
from .outside import Moved, Outside
from .saving import save
from .scene import Scene, Superseded
from .settled import close_settled
from .survey import Survey, survey
from .target import Elsewhere, Order

ROUNDS = 4
"""How often a run looks again because somebody moved the branch or edited AIC meanwhile."""
PAUSE = 0.5
"""Seconds before the second look; longer before each further one."""
_PATIENCE = 10.0
"""Seconds for each message to Pub/Sub."""


@dataclass(frozen=True, slots=True)
class SnapshotOrder:
    """One snapshot message for one workspace, with what the service itself knows of it.

    `mode` is how captures reach Git by the settings, `pipeline` whether a commit onto the branch starts one, `drives`
    take a backup; `allowed` and `final` are as for a deploy.
    """

    request: SnapshotRequest
    project: str
    workspace: str
    mode: Mode
    run: Run
    allowed: Collection[str]
    pipeline: bool = False
    drives: Sequence[DriveSettings] = ()
    by_hand: bool = False
    final: bool = False

    @property
    def asker(self) -> str:
        """Who asks by hand, where they say so."""
        return self.request.by or "" if self.by_hand else ""


def snapshot(order: SnapshotOrder, outside: Outside) -> SnapshotReport:
    """Brings into Git what people changed in AIC, or says why not.

    Raises Transient where another delivery should try again, on the last one only if nobody could be told; Permanent
    where nobody can be told.
    """
    done = _ended(order, outside)
    try:
        news = snapshot_news.of(done)
        announcing.send_off(news, outside.in_reserve(), request_id=_request_id(order))
    except Permanent as error:
        return replace(done, untold=(*done.untold, error.reason))
    return done


def _ended(order: SnapshotOrder, outside: Outside) -> SnapshotReport:
    try:
        return _rounds(order, outside)
    except Transient as error:
        if not order.final:
            raise
        return _given_up(order, error, outside.in_reserve())


def _rounds(order: SnapshotOrder, outside: Outside) -> SnapshotReport:
    for attempt in range(1, ROUNDS):
        try:
            return _told(order, outside)
        except Moved:
            outside.clock.sleep(min(attempt * PAUSE, outside.deadline.left()))
    return _told(order, outside)


def _told(order: SnapshotOrder, outside: Outside) -> SnapshotReport:
    try:
        done = _round(order, outside)
    except Transient:
        raise
    except ServiceError as error:
        return _given_up(order, error, outside.in_reserve())
    return snapshot_notes.tell(done, outside, asked=order.by_hand)


def _round(order: SnapshotOrder, outside: Outside) -> SnapshotReport:
    outside.deadline.check()
    found = target.of_workspace(order.workspace, allowed=order.allowed, repository=outside.repository)
    if isinstance(found, Elsewhere):
        return _unmapped(order, found.reason, outside)
    branch, aimed = found
    look = Order(DeployRequest(project=order.project, branch=branch), order.allowed, order.run)
    seen = scene.look(look, aimed, outside)
    if isinstance(seen, Superseded):
        raise Refused("superseded", "the branch was set back behind what is live; deploy it by hand with `confirm`")
    return _in_scene(order, seen, outside)


def _in_scene(order: SnapshotOrder, seen: Scene, outside: Outside) -> SnapshotReport:
    workspace = outside.open_workspace(order.workspace)
    found = survey(seen, workspace, outside, only=order.request.pipelines)
    made = capture.make(found.pipelines, mode=order.mode, size=len(found.shelf.titles))
    if order.request.dry_run:
        return _report(order, found, made, Captured(), Outcome.PLANNED)
    code = code_of(made, found, outside)
    made = reviewed(made, found, code)
    captured = carry_out(made, found, workspace, code=code, project=order.project, run=order.run, outside=outside)
    done = _report(order, found, made, captured, snapshot_report.outcome(made.decisions))
    started, untold = _pipeline(order, found.scene.branch, captured, outside)
    if order.request.pipelines is None:
        close_settled(found, order.project, outside)
    asked = _asked(order, found, made, captured, outside)
    return replace(done, asked=asked, pipeline=started, backups=_saved(order, found, captured, outside), untold=untold)


def _unmapped(order: SnapshotOrder, reason: str, outside: Outside) -> SnapshotReport:
    """No branch holds the workspace, perhaps by mistake: nothing comes into Git, but all of it is backed up."""
    ignored = replace(_begun(order, Outcome.IGNORED), reason=reason)
    if order.request.pipelines is not None or order.request.dry_run or not order.drives:
        return ignored
    live = inventory.read(outside.open_workspace(order.workspace), outside, only=None, may_be_empty=True)
    if not live.titles:
        return ignored
    place, titles = BackupPlace(order.project, order.workspace, "", ""), known(live=live.titles)
    lines = save(live, place, titles=titles, run=order.run, drives=order.drives, outside=outside)
    return replace(ignored, looked_at=len(live.titles), backups=lines)


def _saved(order: SnapshotOrder, found: Survey, captured: Captured, outside: Outside) -> tuple[BackupLine, ...]:
    """Of the whole workspace, also where some of it may not go into Git."""
    if order.request.pipelines is not None or not order.drives:
        return ()
    place = BackupPlace(order.project, order.workspace, found.scene.branch, captured.commit or found.scene.head)
    return save(found.live, place, titles=found.titles, run=order.run, drives=order.drives, outside=outside)


def _pipeline(
    order: SnapshotOrder, branch: str, captured: Captured, outside: Outside
) -> tuple[int | None, tuple[str, ...]]:
    """The number of the pipeline that the settings ask for; without one the capture stands all the same."""
    if not (order.pipeline and captured.commit):
        return None, ()
    try:
        return outside.repository.start_pipeline(branch), ()
    except Permanent as error:
        return None, (error.reason,)


def _report(order: SnapshotOrder, found: Survey, made: Plan, captured: Captured, outcome: Outcome) -> SnapshotReport:
    proposals = {each.iid: each.url for each in captured.parked.values()}
    return replace(
        _begun(order, outcome),
        branch=found.scene.branch,
        head=found.scene.head,
        base=found.scene.base or "",
        rows=snapshot_report.rows(made.decisions, {title: each.iid for title, each in captured.parked.items()}),
        looked_at=len(found.pipelines),
        commit=captured.commit,
        crossed=captured.crossed,
        proposals=tuple(sorted(proposals.items())),
    )


def _begun(order: SnapshotOrder, outcome: Outcome) -> SnapshotReport:
    return SnapshotReport(outcome, order.project, order.workspace, run=order.run.id, by=order.asker)


def _asked(order: SnapshotOrder, found: Survey, made: Plan, captured: Captured, outside: Outside) -> tuple[str, ...]:
    """Deploys that are due: of pipelines that run an older version, and of a head that could be on record."""
    healed = [each.title for each in made.of(Action.HEAL)]
    if healed:
        _publish(order, found.scene.branch, outside, pipelines=healed)
    unproven = found.scene.base != (captured.commit or found.scene.head)
    whole = made.settled and unproven and order.request.pipelines is None
    if whole:
        _publish(order, found.scene.branch, outside)
    return (*healed, *([found.scene.branch] if whole else []))


def _publish(order: SnapshotOrder, branch: str, outside: Outside, *, pipelines: list[str] | None = None) -> None:
    parts = {"project": order.project, "branch": branch, "pipelines": pipelines}
    attributes = {"origin": posting.CAPTURE, "request_id": _request_id(order)}
    asked = Posting(posting.DEPLOY, posting.encode(parts), posting.ordering_key(order.project, branch), attributes)
    timeout = min(_PATIENCE, outside.deadline.left())
    outside.publisher.publish(
        asked.topic, asked.data, ordering_key=asked.ordering_key, attributes=asked.attributes, timeout=timeout
    )


def _request_id(order: SnapshotOrder) -> str:
    return f"snapshot-{order.run.id}"


def _given_up(order: SnapshotOrder, error: ServiceError, outside: Outside) -> SnapshotReport:
    """Told on the branch's newest commit, where that can be found; raises what keeps it from telling anybody."""
    outcome = Outcome.REFUSED if isinstance(error, Refused) else Outcome.FAILED
    ended = replace(_begun(order, outcome), reason=error.reason, detail=error.detail)
    try:
        found = target.of_workspace(order.workspace, allowed=order.allowed, repository=outside.repository)
    except Refused:
        return ended  # without a mapping there is no branch to tell it on
    if isinstance(found, Elsewhere):
        return ended
    branch, _ = found
    head = outside.repository.head(branch)
    return ended if head is None else snapshot_notes.tell(replace(ended, branch=branch, head=head), outside, asked=True)
