"""A project under attack: each call of each port has a number, and at each of them something may happen."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol, cast

from shared.deadline import Deadline
from shared.domain.errors import Permanent, Refused, ServiceError
from shared.domain.report import Report
from shared.domain.snapshot_report import SnapshotReport
from shared.flows.deploy import deploy
from shared.flows.outside import Outside
from shared.flows.pace import Pace
from shared.flows.snapshot import snapshot
from shared.ports.aic import Workspace
from tests.faults.oracle import Ledger
from tests.stage import QA, Stage

WORK, RESERVE = 480.0, 540.0
LAST = 5
"""After so many deliveries Pub/Sub gives up."""
_WRITES = (
    *("create", "update", "open_", "end_", "fail_", "post_", "write_"),
    *("commit", "propose", "edit_proposal", "accept", "delete", "start_pipeline", "cancel_pipeline", "publish", "put"),
)
Effect = Callable[[], Any]
Message = Mapping[str, object]
MERGED: Message = MappingProxyType({})


class Killed(BaseException):
    """The process is gone: nothing of ours may catch it."""


@dataclass(frozen=True, slots=True)
class Call:
    """The n-th call of all, by which run, to which port, and its positional arguments."""

    number: int
    run: int
    port: str
    name: str
    arguments: tuple[object, ...] = ()
    status: str = ""

    @property
    def writes(self) -> bool:
        return self.name.startswith(_WRITES)


Attack = Callable[[Call, Effect], Any]


def peace(_: Call, effect: Effect) -> Any:
    """Nothing happens."""
    return effect()


@dataclass(frozen=True, slots=True)
class Ended:
    """How a message ended: with a report, or with the reason of its last error; `dead` if nobody delivers it again."""

    report: Report | SnapshotReport | None
    reason: str = ""
    dead: bool = False

    @property
    def word(self) -> str:
        """One word for traces."""
        return self.report.outcome.value if self.report else self.reason


class Witness(Protocol):
    """Sees every call, and what people do; carries the call out."""

    def watch(self, call: Call, effect: Effect) -> Any: ...
    def person(self) -> AbstractContextManager[None]: ...


@dataclass
class World:
    """One stage, its calls counted over all runs. `witness` looks on beside the ledger.

    `later` are effects under way, with the call they arrive before; `disturbed` is how many calls were made before the
    calm, `ever_late` whether anything was late at all. `followed` is how many of the messages that were asked for have
    been delivered. `saved_at` is the commit whose content the backups have.
    """

    stage: Stage
    attack: Attack = peace
    witness: Witness | None = None
    calls: list[Call] = field(default_factory=list)
    later: list[tuple[int, Effect]] = field(default_factory=list)
    ledger: Ledger = field(init=False)
    runs: int = 0
    disturbed: int = 0
    ever_late: bool = False
    late_in_gitlab: bool = False
    followed: int = 0
    saved_at: str = ""

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.stage.aic, self.stage.gitlab)

    def person(self, act: Callable[[Stage], object]) -> None:
        """Somebody works in AIC or GitLab."""
        with ExitStack() as seen:
            seen.enter_context(self.ledger.person())
            if self.witness is not None:
                seen.enter_context(self.witness.person())
            act(self.stage)

    def run(self, message: Message, *, final: bool = False, redelivered: bool = False) -> Report | SnapshotReport:
        """One delivery, as the function of its `topic` handles it."""
        self.runs += 1
        said = {**message, "final": final}
        if said.pop("topic", "deploy") == "snapshot":
            return snapshot(self.stage.snapshot_order(**said), self._outside(self.runs))  # type: ignore[arg-type]
        order = self.stage.deploy_order(**said, redelivered=redelivered)  # type: ignore[arg-type]
        source = (order.request.source or "").removeprefix("commit:")
        source = self.saved_at if source.startswith("backup:") else source
        self.ledger.asked(self.runs, order.request.pipelines, full=order.request.full, source=source)
        return deploy(order, self._outside(self.runs))

    def deliver(self, message: Message, *, attempts: int = LAST) -> Ended:
        """The message until it is acknowledged or a dead letter. Whatever is no error of ours gets out: a bug."""
        ended = Ended(None)
        for attempt in range(1, attempts + 1):
            try:
                return Ended(self.run(message, final=attempt == attempts, redelivered=attempt > 1))
            except Refused as error:
                return Ended(None, error.reason)
            except ServiceError as error:
                ended = Ended(None, error.reason, dead=True)
            except Killed:
                ended = Ended(None, "killed", dead=True)
            self.stage.clock.advance(10)
        return ended

    def follow(self) -> list[Ended]:
        """Delivers the deploys that were asked for until nothing is asked for any more."""
        ended = []
        while self.followed < len(self.stage.publisher.published):
            topic, said, *_ = self.stage.publisher.published[self.followed]
            self.followed += 1
            if topic == "aic-deploy":
                ended.append(self.deliver(said))
        return ended

    def postpone(self, call: Call, effect: Effect, *, by: int) -> None:
        """The effect arrives so many calls later, when nobody waits for it any more."""
        self.ledger.late.add(call.number)
        self.later.append((call.number + by, effect))
        self.ever_late, self.late_in_gitlab = True, self.late_in_gitlab or call.port == "gitlab"

    def settle(self) -> None:
        """What is still under way arrives."""
        for _, effect in self.later:
            _arrive(effect)
        self.later.clear()

    def call(self, call: Call, effect: Effect) -> Any:
        self.calls.append(call)
        due = [work for at, work in self.later if at <= call.number]
        self.later = [(at, work) for at, work in self.later if at > call.number]
        for work in due:
            _arrive(work)
        return self.attack(call, lambda: self._watched(call, effect))

    def _watched(self, call: Call, effect: Effect) -> Any:
        if self.witness is None:
            return self.ledger.watch(call, effect)
        return self.witness.watch(call, lambda: self.ledger.watch(call, effect))

    def outside(self) -> Outside:
        """The ports of a further run, of whatever flow."""
        self.runs += 1
        return self._outside(self.runs)

    def _outside(self, run: int) -> Outside:
        stage = self.stage
        pace, reserve = Pace(4), Deadline.within(stage.clock, seconds=RESERVE)

        def tapped(target: object, port: str) -> Any:
            return _Tap(target, port, world=self, run=run)

        def opened(name: str) -> Workspace:
            if name != QA:
                raise Permanent("aic-workspace-missing", name)
            return cast(Workspace, tapped(stage.aic, "aic"))

        gitlab, publisher = tapped(stage.gitlab, "gitlab"), tapped(stage.publisher, "pubsub")

        def bound(deadline: Deadline) -> Outside:
            return Outside(
                repository=gitlab,
                open_workspace=opened,
                open_drive=lambda _, name: tapped(stage.drive(name), "drive"),
                open_desk=stage.open_desk,
                archives=stage.archives,
                publisher=publisher,
                clock=stage.clock,
                together=stage.together,
                pace=pace,
                deadline=deadline,
                in_reserve=lambda: bound(reserve),
                commit_bytes=stage.commit_bytes,
                heard_of=stage.heard_of,
            )

        return bound(Deadline.within(stage.clock, seconds=WORK))


def _arrive(effect: Effect) -> None:
    """What comes late may be refused; nobody hears of that."""
    with suppress(ServiceError):
        effect()


class _Tap:
    """A port, each of whose calls goes through the world. Its own user it asks for once, as the adapter does."""

    def __init__(self, target: object, port: str, *, world: World, run: int) -> None:
        self._target, self._port, self._world, self._run = target, port, world, run
        self._own: int | None = None

    def own_id(self) -> int:
        if self._own is None:
            self._own = int(self._through("own_id")())
        return self._own

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return self._through(name)

    def _through(self, name: str) -> Callable[..., Any]:
        real = getattr(self._target, name)

        def call(*arguments: object, **named: object) -> Any:
            status = arguments[1] if name == "end_deployment" else named.get("status", "")
            made = Call(len(self._world.calls), self._run, self._port, name, arguments, str(status))
            return self._world.call(made, lambda: _whole(real(*arguments, **named)))

        return call


def _whole(answer: object) -> object:
    """Lists come as a whole, so that one call is one step."""
    return iter(list(answer)) if isinstance(answer, Iterator) else answer
