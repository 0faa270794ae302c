"""A small load on a server on this machine, bounded in number and time."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from urllib.parse import urlsplit

MOST = 20_000
LONGEST = 120.0
IDLE = 1.0
"""Seconds after which a connection isn't used again: the functions' server closes it after two."""
_LENGTH = re.compile(rb"^content-length: *(\d+)\r?$", re.IGNORECASE | re.MULTILINE)
_CLOSE = re.compile(rb"^connection: *close\r?$", re.IGNORECASE | re.MULTILINE)
_CHUNKED = re.compile(rb"^transfer-encoding: *chunked\r?$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it: seconds of all, milliseconds of each, answers by status (0: none)."""

    seconds: float
    milliseconds: Sequence[float]
    statuses: Mapping[int, int]

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.milliseconds) / self.seconds

    def percentile(self, share: float) -> float:
        """The milliseconds that this share of the requests needed at most."""
        return sorted(self.milliseconds)[max(ceil(share * len(self.milliseconds)) - 1, 0)]


class Lines:
    """Connections to one server: kept open where it keeps them, opened where none is free."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.hostname != "127.0.0.1" or parts.port is None:
            raise ValueError("only loopback is put under load")
        self._port = parts.port
        self._free: list[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, request: bytes) -> int:
        """The status of the answer, 0 where there was none."""
        line = self._idle()
        try:
            line = line or await asyncio.open_connection("127.0.0.1", self._port)
            line[1].write(request)
            status, keeps = await _answer(line[0])
        except (OSError, EOFError, ValueError):
            status, keeps = 0, False
        if line is not None and keeps:
            self._free.append((time.monotonic(), *line))
        elif line is not None:
            line[1].close()
        return status

    def close(self) -> None:
        for _, _, writer in self._free:
            writer.close()

    def _idle(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """The connection that was used last, if that is not too long ago."""
        since, reader, writer = self._free.pop() if self._free else (0.0, None, None)
        if reader is None or writer is None:
            return None
        if time.monotonic() - since < IDLE:
            return reader, writer
        writer.close()
        return None


Found = list[tuple[int, float]]
Work = Callable[[Lines, Found], Awaitable[None]]


def flat_out(url: str, requests: Sequence[bytes], *, lines: int) -> Load:
    """All of them as fast as they are answered, so many at a time."""
    waiting = iter(requests)

    async def work(server: Lines, found: Found) -> None:
        for request in waiting:
            begun = time.perf_counter()
            found.append((await server.ask(request), time.perf_counter() - begun))

    async def all_lines(server: Lines, found: Found) -> None:
        await asyncio.gather(*(work(server, found) for _ in range(lines)))

    return asyncio.run(_measured(url, len(requests), all_lines))


def steady(url: str, requests: Sequence[bytes], *, rate: float) -> Load:
    """So many a second, whether they are answered or not; each one's time counts from when it was due."""

    async def one(server: Lines, request: bytes, due: float, found: Found) -> None:
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        found.append((await server.ask(request), time.perf_counter() - due))

    async def all_due(server: Lines, found: Found) -> None:
        begun = time.perf_counter() + 0.1
        await asyncio.gather(
            *(one(server, request, begun + number / rate, found) for number, request in enumerate(requests))
        )

    return asyncio.run(_measured(url, len(requests), all_due))


async def _measured(url: str, count: int, work: Work) -> Load:
    if count > MOST:
        raise ValueError(f"at most {MOST} requests")
    server, found = Lines(url), Found()
    begun = time.perf_counter()
    try:
        async with asyncio.timeout(LONGEST):
            await work(server, found)
    finally:
        server.close()
    seconds = time.perf_counter() - begun
    return Load(seconds, [each * 1000 for _, each in found], Counter(status for status, _ in found))


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    head = await reader.readuntil(b"\r\n\r\n")
    if _CHUNKED.search(head):
        await reader.readuntil(b"0\r\n\r\n")
    elif length := _LENGTH.search(head):
        await reader.readexactly(int(length[1]))
    return int(head.split(b" ", 2)[1]), _CLOSE.search(head) is None
