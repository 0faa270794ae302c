"""The switches of a stand-in, which the control plane reads and changes while it runs."""

import threading
from collections.abc import Mapping

PACE: Mapping[str, object] = {"latency_ms": 0, "jitter_ms": 0, "rng_seed": 0}


class Settings:
    """A tuple as default lists the allowed texts, the first in force. Unknown names are kept: drivers may be newer."""

    def __init__(self, defaults: Mapping[str, object]) -> None:
        self._allowed = {**PACE, **defaults}
        self._values: dict[str, object] = {}
        self._lock = threading.Lock()
        self.reset()

    def shown(self) -> dict[str, object]:
        with self._lock:
            return dict(self._values)

    def change(self, values: Mapping[str, object]) -> None:
        """Only what is named changes. Raises ValueError, changing nothing, if one value can't be."""
        for name, value in values.items():
            if name in self._allowed and not _fits(value, allowed=self._allowed[name]):
                raise ValueError(f"{name} can't be {value!r}")
        with self._lock:
            self._values.update(values)

    def reset(self) -> None:
        with self._lock:
            self._values = {
                name: value[0] if isinstance(value, tuple) else value for name, value in self._allowed.items()
            }

    def number(self, name: str) -> float:
        value = self._values[name]
        return float(value) if isinstance(value, int | float) else 0.0

    def text(self, name: str) -> str:
        value = self._values[name]
        return value if isinstance(value, str) else ""

    def switch(self, name: str) -> bool:
        return self._values[name] is True


def _fits(value: object, *, allowed: object) -> bool:
    match allowed:
        case tuple():
            return value in allowed
        case bool():
            return isinstance(value, bool)
        case int() | float():
            return isinstance(value, int | float) and not isinstance(value, bool)
        case str():
            return isinstance(value, str)
        case _:
            return True
