"""What a push asks for: the commands at the beginning of a request to git-receive-pack."""

from collections.abc import Iterator
from dataclasses import dataclass

_NONE = frozenset("0")


@dataclass(frozen=True, slots=True)
class Command:
    """One ref that is to move; None stands for a ref that is not there."""

    ref: str
    before: str | None
    after: str | None


def read(body: bytes) -> list[Command]:
    """The commands of the request; none for the empty one by which a client tries its credentials."""
    found = []
    for line in _lines(body):
        before, after, ref = line.partition(b"\0")[0].decode("utf-8", "surrogateescape").split(" ", 2)
        found.append(Command(ref.rstrip("\n"), _sha(before), _sha(after)))
    return found


def _lines(body: bytes) -> Iterator[bytes]:
    """The packet lines up to the first flush; lines about shallow clones are not commands."""
    at = 0
    while (length := int(body[at : at + 4] or b"0", 16)) > 4:
        line = body[at + 4 : at + length]
        at += length
        if not line.startswith(b"shallow "):
            yield line


def _sha(text: str) -> str | None:
    return None if set(text) <= _NONE else text
