"""A deploy whose message Pub/Sub has given up: what it left half done is taken back, or it is seen to have ended.

It may come twice, late, and beside newer runs of the same branch, which go on with whatever they find unfinished.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from ..domain import deploy_line, journal, note, posting
from ..domain.dead_letter import Letter
from ..domain.dead_letter_report import Buried, Fate
from ..domain.errors import Permanent, Refused, Transient
from ..domain.gitlab import OnCommit
from ..domain.messages.deploy import DeployRequest
from ..domain.report import Outcome, Report, Taken
from . import asking, giving_up, journals, scene, undo
from .outside import Moved, Outside
from .records import own_status
from .scene import Scene, Superseded
from .settle import begun
from .target import Elsewhere, Order, aim


def bury(order: Order, letter: Letter, outside: Outside, *, last: bool) -> Buried:
    """The order is `final`, and `redelivered`. Raises Transient where another delivery should try again.

    With `last` nobody will; what can't be looked at is told as far as possible.
    """
    try:
        return _looked(order, letter, outside)
    except Moved:
        return _healed(order, letter, outside.in_reserve())
    except Transient as error:
        if not last:
            raise
        return _buried(giving_up.blindly(order, error, outside.in_reserve()))


def _looked(order: Order, letter: Letter, outside: Outside) -> Buried:
    outside.deadline.check()
    try:
        target = aim(order, outside.repository)
    except (Refused, Permanent) as error:
        return _buried(giving_up.blindly(order, error, outside.in_reserve()))
    if isinstance(target, Elsewhere):
        return _buried(giving_up.elsewhere(order, target.reason, outside))
    try:
        seen = scene.look(order, target, outside)
    except (Refused, Permanent) as error:
        return _buried(giving_up.blindly(order, error, outside.in_reserve(), workspace=target.workspace))
    found = seen.scene if isinstance(seen, Superseded) else seen
    if any(datetime.fromisoformat(each.created) > letter.died for each in found.running):
        return Buried(Fate.TAKEN_OVER, fields=_fields(order, found))
    if isinstance(seen, Superseded):
        return _buried(giving_up.superseded(order, found, outside))
    return _in_scene(order, seen, letter, outside)


def _in_scene(order: Order, seen: Scene, letter: Letter, outside: Outside) -> Buried:
    ended, left = _state(order, seen, outside)
    if ended and not left:
        return Buried(Fate.CONFIRMED, fields=_fields(order, seen))
    failed = replace(begun(order, seen, Outcome.FAILED), reason=letter.error.reason, detail=letter.error.detail)
    report = giving_up.in_scene(order, seen, failed, outside.in_reserve())
    giving_up.check_nobody_succeeded(seen, report.undone, outside.in_reserve())
    taken = {each.taken for each in report.undone}
    if ended and not taken & {Taken.PUT_BACK, Taken.STUCK}:
        return Buried(Fate.CONFIRMED, fields=_fields(order, seen))
    return _buried(report)


def _state(order: Order, seen: Scene, outside: Outside) -> tuple[bool, bool]:
    """Whether people can see how the newest head came out, and whether something may be left that can be taken back.

    Record and status, or of other runs than a whole deploy their note, are the last things that are brought up to date.
    What was created can't be taken back, however often that is tried.
    """
    if not order.whole:
        mark = note.marker(order.request.branch, kind=order.kind)
        own = journals.own_note(OnCommit(seen.head), mark, outside.repository)
        body = own.body if own else ""
        ended = own is not None and not note.is_running(body) and not _left_running(seen, outside)
        return ended, any(each.job_id for each in journal.find(body))
    newest = seen.own[0] if seen.own else None
    if newest is None or newest.commit != seen.head or seen.running:
        return False, True
    status = own_status(seen.head, seen.branch, outside)
    claims = newest.status == "failed" and seen.recorded != seen.head  # a success that was never recorded, or no end
    ended = status is not None and status.state not in ({"running", "success"} if claims else {"running"})
    if newest.status == "success":
        return ended, False
    return ended, any(each.job_id for each in giving_up.unfinished(seen, outside))


def _left_running(seen: Scene, outside: Outside) -> bool:
    """Whether a record of limited runs waits for nobody any more."""
    mine = [each for each in scene.own_records(seen.target.limited, outside) if each.commit == seen.head]
    return any(each.status == "running" and not journals.at_work(each, outside.repository) for each in mine)


def _healed(order: Order, letter: Letter, outside: Outside) -> Buried:
    """Another run was recorded as a success while its pipelines were being put back: a deploy puts that right."""
    request = DeployRequest(project=order.request.project, branch=order.request.branch, full=True)
    request_id = letter.delivery.request_id
    asking.for_deploy(request, origin=posting.BURIAL, request_id=request_id, outside=outside)
    return Buried(Fate.TAKEN_OVER, fields={"project": order.request.project, "branch": order.request.branch})


def _buried(report: Report) -> Buried:
    line = {name: value for name, value in deploy_line.of(report).fields.items() if name not in ("outcome", "detail")}
    stuck = undo.stuck(report.undone)
    fate = Fate.HALF_DEPLOYED if report.outcome is Outcome.HALF_DEPLOYED else Fate.GIVEN_UP
    if report.outcome in (Outcome.IGNORED, Outcome.SUPERSEDED) and not report.undone:
        fate = Fate.CONFIRMED
    return Buried(fate, report.reason, report.detail, line, again=stuck or bool(report.untold))


def _fields(order: Order, seen: Scene) -> Mapping[str, object]:
    return {"project": order.request.project, "branch": seen.branch, "workspace": seen.target.workspace}
