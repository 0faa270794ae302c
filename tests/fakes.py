"""Stand-ins of the ports, inside the process and without surprises."""

from threading import Lock


class FakeClock:
    """Time that passes only by sleeping; `slept` are the naps so far."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self._now = now
        self._passed = 0.0
        self._lock = Lock()
        self.slept: list[float] = []

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return self._now + self._passed

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return self._passed

    def sleep(self, seconds: float) -> None:
        """Lets the time pass at once."""
        with self._lock:
            self.slept.append(seconds)
            self._passed += seconds

    def advance(self, seconds: float) -> None:
        """Lets time pass that nobody slept through."""
        with self._lock:
            self._passed += seconds
