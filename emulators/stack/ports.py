"""Where everything listens, all of it on loopback."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    """One for each server; 0 is any free port."""

    gitlab: int = 0
    aic: int = 0
    pubsub: int = 0
    pubsub_http: int = 0
    webhook: int = 0
    deploy: int = 0
    command: int = 0
    snapshot: int = 0
    storage: int = 0
    dead_letter: int = 0
    plan: int = 0
    slack: int = 0

    @classmethod
    def from_base(cls, base: int) -> "Ports":
        """One port after the other from this one on; all free ones for 0."""
        return cls(*range(base, base + len(fields(cls)))) if base else cls()


def free() -> int:
    """A port that nobody listens on at this moment; somebody else may be faster than its user."""
    with socket.socket() as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])


@contextmanager
def reserved(*, listen: bool) -> Iterator[int]:
    """A port of our own on which nobody answers, and connections are taken only with `listen`."""
    with socket.socket() as one:
        one.bind((HOST, 0))
        if listen:
            one.listen()
        yield int(one.getsockname()[1])
