"""The control plane of a stand-in, below `/__admin__/`: never delayed, faulted or counted."""

from collections.abc import Callable
from functools import partial

from emulators.faults import Rule, parse
from emulators.passage import Dropped, Passage, plain_fault
from emulators.routing import Answer, Call, Handler, Rejected, Router
from emulators.settings import Settings

__all__ = ["PREFIX", "Control", "Dropped", "plain_fault", "refused"]

PREFIX = "/__admin__"


def refused(why: str) -> Rejected:
    """What an admin call raises when its body is wrong."""
    return Rejected(Answer(400, {"error": why}))


class Control:
    """One stand-in's settings, faults, log and counters; `reset`, `seed` and `dump` are the stand-in's own."""

    def __init__(
        self,
        *,
        settings: dict[str, object],
        reset: Callable[[], None],
        seed: Handler,
        dump: Handler,
        fault_answer: Callable[[str], Answer] = plain_fault,
        under_load: Callable[[Settings, int], Rule | None] = lambda _settings, _under_way: None,
    ) -> None:
        self.settings = Settings(settings)
        self._passage = Passage(self.settings, fault_answer=fault_answer, under_load=partial(under_load, self.settings))
        self._reset = reset
        self._router = Router()
        self._add_calls()
        self.on("POST", "seed", seed)
        self.on("GET", "dump", dump)

    def on(self, method: str, name: str, handler: Handler) -> None:
        """Adds `/__admin__/<name>`."""
        self._router.add(method, f"{PREFIX}/{name}", handler)

    def admin(self, call: Call) -> Answer:
        return self._router.answer(self._router.placed(call))

    def carry(self, call: Call, handler: Handler) -> Answer:
        """Takes one API request through. Raises `Dropped` where it is to get no answer."""
        return self._passage.carry(call, handler)

    def reset(self) -> None:
        """State, faults, counters, log and settings are as at the start."""
        self.settings.reset()
        self._passage.reset()
        self._reset()

    def _add_calls(self) -> None:
        self.on("GET", "health", lambda _call: Answer(body={"ok": True}))
        self.on("POST", "reset", self._reset_call)
        self.on("GET", "settings", lambda _call: Answer(body=self.settings.shown()))
        self.on("PUT", "settings", self._change_settings)
        self.on("GET", "faults", lambda _call: Answer(body=self._passage.faults.shown()))
        self.on("PUT", "faults", self._put_faults)
        self.on("DELETE", "faults", self._clear_faults)
        self.on("GET", "log", self._log)
        self.on("GET", "counters", self._counters)
        self.on("DELETE", "counters", self._clear_counters)

    def _reset_call(self, _call: Call) -> Answer:
        self.reset()
        return Answer(body={"ok": True})

    def _change_settings(self, call: Call) -> Answer:
        values = call.json()
        if not isinstance(values, dict):
            raise refused("settings are an object")
        try:
            self.settings.change(values)
        except ValueError as error:
            raise refused(str(error)) from error
        if "rng_seed" in values:
            self._passage.throw_dice_from(self.settings.number("rng_seed"))
        return Answer(body=self.settings.shown())

    def _put_faults(self, call: Call) -> Answer:
        rules = call.json()
        if not isinstance(rules, list):
            raise refused("faults are a list of rules")
        try:
            self._passage.faults.put([parse(item) for item in rules])
        except ValueError as error:
            raise refused(str(error)) from error
        return Answer(body=self._passage.faults.shown())

    def _clear_faults(self, _call: Call) -> Answer:
        self._passage.faults.put([])
        return Answer(body=[])

    def _log(self, call: Call) -> Answer:
        since = call.query.get("since", ["0"])[-1]
        if not since.isdecimal():
            raise refused("since is a sequence number")
        return Answer(body=self._passage.traffic.since(int(since)))

    def _counters(self, _call: Call) -> Answer:
        return Answer(body={**self._passage.traffic.counters(), "late_waiting": self._passage.late_waiting()})

    def _clear_counters(self, call: Call) -> Answer:
        self._passage.traffic.clear()
        return self._counters(call)
