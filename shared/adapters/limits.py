"""The bounds of a single request: its timeouts and the size of its answer."""

from collections.abc import Iterable, Iterator

from ..deadline import Deadline
from ..domain.errors import Transient
from . import budget
from .attempts import TooBig

CONNECT = 5.0
READ = 20.0
SHORTEST = 0.001
"""The libraries refuse a timeout of nothing."""
MAX_BYTES = 20 * 1024 * 1024


def timeouts(deadline: Deadline) -> tuple[float, float]:
    """Seconds for connecting and for each wait on the socket; raises Transient `deadline` when none are left."""
    deadline.check()
    left = max(min(deadline.left(), budget.left()), SHORTEST)
    return min(CONNECT, left), min(READ, left)


def late() -> Transient:
    """What a request ends with that broke because its run had no time left."""
    return Transient("deadline", "the time of this run was used up during a request")


def collect(chunks: Iterable[bytes], *, deadline: Deadline) -> bytes:
    """The whole body; raises TooBig, or Transient `deadline` when it only trickles in."""
    return b"".join(counted(chunks, deadline=deadline, most=MAX_BYTES))


def counted(chunks: Iterable[bytes], *, deadline: Deadline, most: int) -> Iterator[bytes]:
    """The same chunks, of `most` bytes together; raises as `collect` does."""
    left = most
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            raise TooBig("answer-too-big", f"an answer had more than {most} bytes")
        deadline.check()
        yield chunk
