"""The states of commit statuses and deployments: which event leads where, and GitLab's words for an impossible one."""

from dataclasses import dataclass

from emulators.gitlab.errors import message

STATES = ("pending", "running", "success", "failed", "canceled", "skipped")
UNFINISHED = frozenset({"created", "pending", "running"})
FINAL = frozenset({"success", "failed", "canceled", "skipped"})


@dataclass(frozen=True, slots=True)
class Move:
    """The event that leads to a state, and the states it may start from."""

    event: str
    origins: frozenset[str]


_STATUS = {
    "pending": Move("enqueue", frozenset({"created"})),
    "running": Move("run", frozenset({"created", "pending"})),
    "success": Move("success", UNFINISHED),
    "failed": Move("drop", UNFINISHED),
    "canceled": Move("cancel", UNFINISHED),
    "skipped": Move("skip", frozenset({"created", "pending"})),
}
_DEPLOYMENT = {
    "running": Move("run", frozenset({"created"})),
    "success": Move("succeed", frozenset({"created", "blocked", "running", "failed", "canceled", "skipped"})),
    "failed": Move("drop", frozenset({"created", "blocked", "running", "success", "canceled", "skipped"})),
    "canceled": Move("cancel", frozenset({"created", "blocked", "running", "success", "failed", "skipped"})),
}
DEPLOYMENT_STATES = tuple(_DEPLOYMENT)
_ORDER_OF_WEIGHT = ("running", "pending", "failed", "canceled", "success", "skipped")


def move_status(origin: str, state: str) -> str:
    """The new state of a commit status; 400 where there is no such way, as from `running` to `running`."""
    move = _STATUS[state]
    if origin not in move.origins:
        reason = f'(Reason(s): Status cannot transition via "{move.event}")'
        raise message(400, f"Cannot transition status via :{move.event} from :{origin} {reason}")
    return state


def move_deployment(origin: str, state: str) -> str:
    """The new state of a deployment; 400 where there is no such way, equal states included."""
    move = _DEPLOYMENT[state]
    if origin not in move.origins:
        raise message(400, {"status": [f'cannot transition via "{move.event}"']})
    return state


def overall(states: list[str]) -> str:
    """The state of a pipeline whose newest statuses have these states."""
    return next((state for state in _ORDER_OF_WEIGHT if state in states), "created")
