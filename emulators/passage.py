"""The way of an API request through a stand-in: delayed, faulted, carried out, counted."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from emulators.faults import STATUSES, Faults, Rule
from emulators.routing import Answer, Call, Handler
from emulators.settings import Settings
from emulators.traffic import Entry, Traffic


class Dropped(ConnectionError):
    """The connection is to be closed without an answer."""


def plain_fault(kind: str) -> Answer:
    """The answer to a fault of a status kind, `empty` or `malformed` where a stand-in has no wording of its own."""
    if kind in STATUSES:
        return Answer(int(kind), {"message": f"{kind} {HTTPStatus(int(kind)).phrase}"})
    cut_off = b'{"items": [{"name": "cut o'
    return Answer(200, cut_off if kind == "malformed" else None, {"Content-Type": "application/json"})


class Passage:
    """Every API request takes it, none of the control plane does."""

    def __init__(
        self,
        settings: Settings,
        *,
        fault_answer: Callable[[str], Answer],
        under_load: Callable[[int], Rule | None],
    ) -> None:
        """`under_load` is told how many requests are under way, this one included, where no rule on order fires."""
        self.settings = settings
        self._under_load = under_load
        self.faults = Faults()
        self.traffic = Traffic()
        self._fault_answer = fault_answer
        self._dice = random.Random(0)  # noqa: S311 - repeatable on purpose
        self._late: list[threading.Timer] = []
        self._lock = threading.Lock()

    def carry(self, call: Call, handler: Handler) -> Answer:
        """Raises `Dropped` where the request is to get no answer."""
        with self.traffic.request() as under_way:
            rule = self.faults.pick(call, self._dice) or self._under_load(under_way)
            self._delay()
            answer, busy_ms = self._outcome(call, handler=handler, rule=rule)
            answer = answer.rendered() if answer else None
            fault = rule.kind if rule else None
            self.traffic.add(_entry(call, answer=answer, busy_ms=busy_ms, fault=fault))
        if answer is None:
            raise Dropped
        return answer

    def throw_dice_from(self, seed: float) -> None:
        """Jitter and probabilities repeat themselves from here on."""
        self._dice.seed(seed)

    def late_waiting(self) -> int:
        """Late writes that are still to come."""
        with self._lock:
            return sum(timer.is_alive() for timer in self._late)

    def reset(self) -> None:
        """Late writes under way never happen."""
        with self._lock:
            for timer in self._late:
                timer.cancel()
            self._late = []
        self.faults.put([])
        self.throw_dice_from(0)
        self.traffic.clear()

    def _delay(self) -> None:
        wait_ms = self.settings.number("latency_ms") + self.settings.number("jitter_ms") * self._dice.random()
        if wait_ms > 0:
            time.sleep(wait_ms / 1000)

    def _outcome(self, call: Call, *, handler: Handler, rule: Rule | None) -> tuple[Answer | None, float]:
        """The answer, None for a dropped connection, and the milliseconds that the handler took."""
        match rule:
            case None:
                return _timed(handler, call)
            case Rule(kind="late"):
                self._apply_later(rule, work=lambda: handler(call))
                return None, 0.0
            case Rule(kind="slow", phase="before"):
                time.sleep(rule.delay_ms / 1000)
                return _timed(handler, call)
            case Rule(phase="before"):
                return self._spoilt(rule, carried=None), 0.0
            case _:
                carried, busy_ms = _timed(handler, call)
                return self._spoilt(rule, carried=carried), busy_ms

    def _spoilt(self, rule: Rule, *, carried: Answer | None) -> Answer | None:
        """What the client gets instead of `carried`."""
        if rule.kind == "drop":
            return None
        if rule.kind == "slow":
            time.sleep(rule.delay_ms / 1000)
            return carried
        if rule.kind == "malformed" and carried is not None:
            return _cut(carried)
        answer = self._fault_answer(rule.kind)
        if rule.retry_after is None:
            return answer
        return replace(answer, headers={**answer.headers, "Retry-After": f"{rule.retry_after:g}"})

    def _apply_later(self, rule: Rule, *, work: Callable[[], object]) -> None:
        timer = threading.Timer(rule.delay_ms / 1000, work)
        timer.daemon = True
        with self._lock:
            self._late = [*(waiting for waiting in self._late if waiting.is_alive()), timer]
            timer.start()


def _cut(answer: Answer) -> Answer:
    _kind, body = answer.encoded()
    return replace(answer.rendered(), body=body[: len(body) // 2])


def _timed(handler: Handler, call: Call) -> tuple[Answer, float]:
    started = time.perf_counter()
    answer = handler(call)
    return answer, round((time.perf_counter() - started) * 1000, 3)


def _entry(call: Call, *, answer: Answer | None, busy_ms: float, fault: str | None) -> Entry:
    return Entry(
        method=call.method,
        route=call.route,
        path=call.path,
        query=call.raw_query,
        status=answer.status if answer else 0,
        busy_ms=busy_ms,
        bytes_in=len(call.body),
        bytes_out=len(answer.encoded()[1]) if answer else 0,
        fault=fault,
    )
