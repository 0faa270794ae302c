"""What can hit one call: the end of the process, or a fault of the stand-ins, as adapters tell it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from shared.domain.errors import Permanent, ServiceError, Transient
from tests.faults.world import WORK, Attack, Call, Effect, Killed, World

SLOW = 19.0
"""Seconds that an answer may take without being given up."""
LATER = (1, 3, 8, 10_000)
"""After how many calls a late write arrives; the last one is after everything else."""


def unavailable(call: Call) -> ServiceError:
    """500, 502, 503, 429, a dropped connection, and a read that is late."""
    if call.port == "aic" and call.writes:
        return Transient("aic-write-unknown", "the answer was lost")
    return Transient(f"{call.port}-unavailable", "no answer")


def odd(call: Call) -> ServiceError | None:
    """Empty and malformed bodies; AIC's answers to writes are not believed anyway, so that any will do."""
    if call.port == "aic" and call.writes:
        return None
    return Transient("pubsub-unavailable" if call.port == "pubsub" else f"{call.port}-odd-answer", "nothing in it")


def unauthorized(call: Call) -> ServiceError:
    """401."""
    return Permanent("pubsub-refused" if call.port == "pubsub" else f"{call.port}-unauthorized", "401")


def forbidden(call: Call) -> ServiceError:
    """403."""
    return Permanent("gitlab-forbidden", "403") if call.port == "gitlab" else unauthorized(call)


def outdated(_: Call) -> ServiceError:
    """What GitLab says to a commit or a merge for which something is not as it was."""
    return Transient("gitlab-outdated", "look again")


def refused(call: Call) -> ServiceError:
    """What GitLab says where it never will."""
    return Permanent({"commit": "commit-refused", "accept": "merge-refused"}.get(call.name, "gitlab-refused"), "422")


ERRORS: Mapping[str, Callable[[Call], ServiceError | None]] = MappingProxyType(
    {
        **dict.fromkeys(["500", "502", "503", "429", "drop"], unavailable),
        **dict.fromkeys(["empty", "malformed"], odd),
        "401": unauthorized,
        "403": forbidden,
        "outdated": outdated,
        "refused": refused,
    }
)
"""By the kinds of the control plane. Those that the adapters tell alike are tried once, as the first of them."""
FIRST = ("500", "empty", "401", "403")
REFUSALS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "commit": ("outdated", "refused"),
        "accept": ("outdated", "refused"),
        "propose": ("refused",),
        "edit_proposal": ("refused",),
        "delete_branch": ("refused",),
    }
)
"""What GitLab says to these calls alone; nothing was done then."""


@dataclass(frozen=True, slots=True)
class Blow:
    """`kind` is `crash`, `hang` or one of the control plane; `after` it has had its effect all the same.

    `later` is after how many calls a `late` effect arrives.
    """

    kind: str
    after: bool = False
    later: int = 0

    def __str__(self) -> str:
        return self.kind + ("+" if self.after else "-") + (str(self.later) if self.later else "")

    def strike(self, world: World, call: Call, effect: Effect) -> Any:
        """Instead of the plain effect."""
        if self.kind == "late":
            world.postpone(call, effect, by=self.later)
            raise unavailable(call)
        if self.kind == "slow":
            world.stage.clock.advance(SLOW)
            return effect()
        answer = effect() if self.after else None
        if self.kind == "crash":
            raise Killed
        if self.kind == "hang":
            world.stage.clock.advance(WORK)
            raise unavailable(call) if call.writes else Transient("deadline")
        error = ERRORS[self.kind](call)
        if error is not None:
            raise error
        return answer


CRASHES = (Blow("crash"), Blow("crash", after=True))


def faults(call: Call) -> list[Blow]:
    """Every fault that this call can meet."""
    before = [*(Blow(kind) for kind in (*FIRST, *REFUSALS.get(call.name, ()))), Blow("slow"), Blow("hang")]
    if not call.writes:
        return before
    after = [Blow(kind, after=True) for kind in ("500", "empty", "hang")]
    return before + after + [Blow("late", later=later) for later in LATER]


def at(world: World, blows: Mapping[int, Blow]) -> Attack:
    """Strikes at the calls of these numbers."""

    def attack(call: Call, effect: Effect) -> Any:
        blow = blows.get(call.number)
        return effect() if blow is None else blow.strike(world, call, effect)

    return attack


def before(number: int, act: Callable[[], object], *, then: Attack | None = None) -> Attack:
    """Something else happens right before the call of this number, once; `then` strikes at that and at all others."""
    acted = False

    def attack(call: Call, effect: Effect) -> Any:
        nonlocal acted
        if call.number == number and not acted:
            acted = True
            act()
        return then(call, effect) if then else effect()

    return attack


def since(world: World, number: int, blow: Blow, *, port: str) -> Attack:
    """Strikes at every call of the port from this number on: an outage."""

    def attack(call: Call, effect: Effect) -> Any:
        hit = call.number >= number and call.port == port
        return blow.strike(world, call, effect) if hit else effect()

    return attack
