"""What went through a stand-in: a log with one entry a request, and counters."""

import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

KEPT = 200_000


@dataclass(frozen=True, slots=True)
class Entry:
    """`status` 0 is a connection closed without an answer; `busy_ms` leaves out delays on order."""

    method: str
    route: str
    path: str
    query: str
    status: int
    busy_ms: float
    bytes_in: int
    bytes_out: int
    fault: str | None


class Traffic:
    """Counts are complete; the log keeps the newest entries."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._in_flight = 0
        self._seq = 0
        self._clear()

    def _clear(self) -> None:
        self._log: deque[tuple[int, float, Entry]] = deque(maxlen=KEPT)
        self._routes: Counter[str] = Counter()
        self._statuses: Counter[str] = Counter()
        self._sums: Counter[str] = Counter()
        self._peak = self._in_flight

    def clear(self) -> None:
        """Sequence numbers go on, so that a reader's `since` stays good."""
        with self._lock:
            self._clear()

    @contextmanager
    def request(self) -> Iterator[int]:
        """Around each request while it is under way; how many there are with it."""
        with self._lock:
            self._in_flight += 1
            under_way = self._in_flight
            self._peak = max(self._peak, under_way)
        try:
            yield under_way
        finally:
            with self._lock:
                self._in_flight -= 1

    def add(self, entry: Entry) -> None:
        with self._lock:
            self._seq += 1
            self._log.append((self._seq, time.time(), entry))
            self._routes[f"{entry.method} {entry.route}"] += 1
            self._statuses[str(entry.status)] += 1
            self._sums["requests"] += 1
            self._sums["bytes_in"] += entry.bytes_in
            self._sums["bytes_out"] += entry.bytes_out
            self._sums["faults_fired"] += entry.fault is not None

    def since(self, seq: int) -> list[dict[str, object]]:
        with self._lock:
            chosen = [row for row in self._log if row[0] > seq]
        return [{"seq": number, "time": round(at, 3), **asdict(entry)} for number, at, entry in chosen]

    def counters(self) -> dict[str, object]:
        with self._lock:
            return {
                "requests": self._sums["requests"],
                "by_route": dict(self._routes),
                "by_status": dict(self._statuses),
                "peak_in_flight": self._peak,
                "bytes_in": self._sums["bytes_in"],
                "bytes_out": self._sums["bytes_out"],
                "faults_fired": self._sums["faults_fired"],
            }
