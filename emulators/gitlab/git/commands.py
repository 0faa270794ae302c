"""What a push asks for: the commands and options at the beginning of a request to git-receive-pack."""

from dataclasses import dataclass

_NONE = frozenset("0")


@dataclass(frozen=True, slots=True)
class Command:
    """One ref that is to move; None stands for a ref that is not there."""

    ref: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Push:
    """The commands of a request, and the options that its sender gave."""

    commands: tuple[Command, ...]
    options: tuple[str, ...]


def read(body: bytes) -> Push:
    """No commands in the empty one by which a client tries its credentials. Lines about shallow clones are none."""
    lines, rest = _lines(body)
    wanted = [line for line in lines if not line.startswith(b"shallow ")]
    capabilities = wanted[0].partition(b"\0")[2].split() if wanted else []
    options = _lines(rest)[0] if b"push-options" in capabilities else []
    texts = [line.decode("utf-8", "replace").rstrip("\n") for line in options]
    return Push(tuple(_command(line) for line in wanted), tuple(texts))


def _command(line: bytes) -> Command:
    before, after, ref = line.partition(b"\0")[0].decode("utf-8", "surrogateescape").split(" ", 2)
    return Command(ref.rstrip("\n"), _sha(before), _sha(after))


def _lines(body: bytes) -> tuple[list[bytes], bytes]:
    """The packet lines up to the first flush, and what comes after it."""
    at, found = 0, []
    while (length := int(body[at : at + 4] or b"0", 16)) > 4:
        found.append(body[at + 4 : at + length])
        at += length
    return found, body[at + 4 :]


def _sha(text: str) -> str | None:
    return None if set(text) <= _NONE else text
