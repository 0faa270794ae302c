"""Faults on order: rules that say which requests go wrong, and how."""

import random
import re
import threading
from dataclasses import asdict, dataclass
from typing import Literal

from emulators.routing import Call

STATUSES = frozenset({"500", "502", "503", "429", "401", "403"})
KINDS = STATUSES | {"empty", "malformed", "drop", "slow", "late"}
Phase = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as the control plane takes it; `times` -1 is for ever."""

    kind: str
    method: str = ""
    route: str = ""
    path: str = ""
    probability: float = 1
    skip: int = 0
    times: int = -1
    phase: Phase = "before"
    retry_after: float | None = None
    delay_ms: float = 1000

    def covers(self, call: Call) -> bool:
        return (
            self.method.upper() in {"", call.method}
            and re.search(self.route, call.route) is not None
            and re.search(self.path, call.path) is not None
        )

    def shown(self) -> dict[str, object]:
        return {key: value for key, value in asdict(self).items() if value not in ("", None)}


def parse(item: object) -> Rule:
    """Raises ValueError that says what is wrong with the rule."""
    if not isinstance(item, dict):
        raise ValueError("a rule is an object")
    values = {key: value for key, value in item.items() if value is not None}
    if "kind" in values:
        values["kind"] = str(values["kind"])
    try:
        rule = Rule(**values)
    except TypeError as error:
        raise ValueError(f"not a rule: {sorted(values)}") from error
    _check(rule)
    return rule


def _check(rule: Rule) -> None:
    if rule.kind not in KINDS:
        raise ValueError(f"unknown kind {rule.kind!r}")
    if rule.phase not in {"before", "after"}:
        raise ValueError(f"unknown phase {rule.phase!r}")
    for name, kinds in _FIELDS.items():
        if not isinstance(getattr(rule, name), kinds):
            raise ValueError(f"{name} has the wrong kind")
    try:
        re.compile(rule.route)
        re.compile(rule.path)
    except re.error as error:
        raise ValueError(f"no regular expression: {error.pattern!r}") from error


_FIELDS: dict[str, tuple[type, ...]] = {
    "method": (str,),
    "route": (str,),
    "path": (str,),
    "probability": (int, float),
    "skip": (int,),
    "times": (int,),
    "retry_after": (int, float, type(None)),
    "delay_ms": (int, float),
}


@dataclass(slots=True)
class _Use:
    rule: Rule
    met: int = 0
    fired: int = 0


class Faults:
    """The rules in force and how often each was met; a rule that doesn't fire lets the next one have its turn."""

    def __init__(self) -> None:
        self._uses: list[_Use] = []
        self._lock = threading.Lock()

    def put(self, rules: list[Rule]) -> None:
        with self._lock:
            self._uses = [_Use(rule) for rule in rules]

    def shown(self) -> list[dict[str, object]]:
        with self._lock:
            return [use.rule.shown() for use in self._uses]

    def pick(self, call: Call, dice: random.Random) -> Rule | None:
        with self._lock:
            for use in self._uses:
                if use.rule.covers(call) and _fires(use, dice):
                    return use.rule
        return None


def _fires(use: _Use, dice: random.Random) -> bool:
    use.met += 1
    if use.met <= use.rule.skip or use.fired == use.rule.times:
        return False
    if use.rule.probability < 1 and dice.random() >= use.rule.probability:
        return False
    use.fired += 1
    return True
