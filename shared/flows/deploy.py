"""A deploy, told top to bottom: aim, look, settle, and the ways out when that can't be done.

Settling is deciding, checking, writing, proving and telling; see `settle`.
"""

from dataclasses import replace

from ..domain import report
from ..domain.errors import Permanent, Refused, ServiceError, Transient
from ..domain.messages.deploy import again
from ..domain.plan import Action
from ..domain.report import SUCCESSES, Outcome, Report
from . import giving_up, scene
from .outside import Moved, Outside
from .scene import Scene, Superseded
from .settle import Halt, begun, settle
from .target import Elsewhere, Order, aim

ROUNDS = 4
"""How often a run looks again because somebody moved the branch or edited AIC meanwhile."""
PAUSE = 0.5
"""Seconds before the second look; longer before each further one."""


def deploy(order: Order, outside: Outside) -> Report:
    """Makes the mapped workspace equal to the branch head, or says why not.

    Raises Transient where another delivery should try again, on the last one only if nobody could be told; Permanent
    where nobody can be told.
    """
    try:
        return _rounds(order, outside)
    except Transient as error:
        if not order.final:
            raise
        return giving_up.blindly(order, error, outside.in_reserve())


def _rounds(order: Order, outside: Outside) -> Report:
    sent = frozenset[str]()
    for attempt in range(1, ROUNDS):
        try:
            done = _round(order, outside, sent)
        except Moved as moved:
            sent |= moved.sent
            order = replace(order, begun=bool(sent))
            outside.clock.sleep(min(attempt * PAUSE, outside.deadline.left()))
            continue
        if not _left_behind(order, done, outside):
            return done
    return _round(order, outside, sent)


def _left_behind(order: Order, done: Report, outside: Outside) -> bool:
    """Whether the branch has moved on while its head was deployed, so that there is more to do.

    If GitLab can't say, there is not: this deploy is recorded, and the newer head has a message of its own.
    """
    if not order.whole or done.outcome not in SUCCESSES or done.base == done.head:
        return False
    try:
        return outside.repository.head(done.branch) not in (None, done.head)
    except ServiceError:
        return False


def _round(order: Order, outside: Outside, sent: frozenset[str]) -> Report:
    outside.deadline.check()
    try:
        target = aim(order, outside.repository)
    except (Refused, Permanent) as error:
        return giving_up.blindly(order, error, outside.in_reserve())
    if isinstance(target, Elsewhere):
        return giving_up.elsewhere(order, target.reason, outside)
    try:
        seen = scene.look(order, target, outside)
    except (Refused, Permanent) as error:
        return giving_up.blindly(order, error, outside.in_reserve(), workspace=target.workspace)
    if isinstance(seen, Superseded):
        return giving_up.superseded(order, seen.scene, outside)
    return _in_scene(order, seen, outside, sent)


def _in_scene(order: Order, seen: Scene, outside: Outside, sent: frozenset[str]) -> Report:
    try:
        return settle(order, seen, outside, sent)
    except Halt as halt:
        ended = _halted(order, seen, halt)
    except Moved:
        raise
    except Transient as error:
        if not order.final:
            raise
        ended = _failed(order, seen, error)
    except (Refused, Permanent) as error:
        ended = _failed(order, seen, error)
    return giving_up.in_scene(order, seen, ended, outside.in_reserve())


def _halted(order: Order, seen: Scene, halt: Halt) -> Report:
    """Where all edits are kept, a person may let Git win."""
    made, conflict = halt.plan, bool(halt.plan.of(Action.CONFLICT))
    overriding = conflict and not (halt.withheld or made.of(Action.REFUSE) or order.overrides)
    return replace(
        begun(order, seen, Outcome.CONFLICT if conflict else Outcome.REFUSED),
        rows=report.rows_held_back(made),
        by_hand=report.by_hand(made),
        reason=report.why_halted(made, forced=order.overrides).reason,
        override=again(order.request, force=True, confirm=seen.target.workspace) if overriding else "",
    )


def _failed(order: Order, seen: Scene, error: ServiceError) -> Report:
    outcome = Outcome.REFUSED if isinstance(error, Refused) else Outcome.FAILED
    again = "" if isinstance(error, Refused) else begun(order, seen, outcome).again
    return replace(begun(order, seen, outcome), reason=error.reason, detail=error.detail, again=again)
