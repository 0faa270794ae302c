"""The webhook as strangers meet it: bytes on a socket."""

import http.client
import json
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from emulators.gitlab import envelope

GUARD = 20.0
"""Seconds after which a test counts as hanging; nothing is measured by it."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer."""

    status: int
    body: bytes
    headers: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Door:
    """Where the webhook listens, and the secrets that open it."""

    url: str
    token: str
    signing_token: str

    @contextmanager
    def open(self) -> Iterator[socket.socket]:
        parts = urlsplit(self.url)
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=GUARD) as connection:
            yield connection

    def send(self, *pieces: bytes) -> Said:
        """Sends the bytes as they are, and nothing after them; reads one answer while the connection stays open."""
        with self.open() as connection:
            for piece in pieces:
                connection.sendall(piece)
            return answer(connection)

    def post(self, body: bytes, **headers: str) -> Said:
        """A whole request, with the length of the body."""
        return self.send(head(("Content-Length", str(len(body))), *headers.items()), body)

    def signed(self, body: bytes, *, at: float | None = None, key: str = "message-1") -> dict[str, str]:
        """The three headers of a signed hook."""
        timestamp = int(time.time() if at is None else at)
        signature = envelope.signature(self.signing_token, key=key, timestamp=timestamp, body=body)
        return {"webhook-id": key, "webhook-timestamp": str(timestamp), "webhook-signature": signature}


def head(*headers: tuple[str, str], method: str = "POST", path: str = "/") -> bytes:
    """A request line and headers; names may have `_` for `-`."""
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: webhook",
        *(f"{name.replace('_', '-')}: {text}" for name, text in headers),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def answer(connection: socket.socket) -> Said:
    """The next answer on the connection, without its date."""
    response = http.client.HTTPResponse(connection)
    response.begin()
    with response:
        kept = frozenset((name, text) for name, text in response.getheaders() if name != "Date")
        return Said(response.status, response.read(), kept)


def merged(project: str, *, number: int = 1, branch: str = "develop", padding: int = 0) -> bytes:
    """The body of a hook about a merge."""
    attributes = {"action": "merge", "state": "merged", "target_branch": branch, "iid": 1, "target_project_id": number}
    body = {
        "object_kind": "merge_request",
        "user": {"username": "mira"},
        "project": {"id": number, "path_with_namespace": project},
        "object_attributes": attributes,
        "padding": "x" * padding,
    }
    return json.dumps(body).encode()


def peak_memory(group: int) -> int:
    """The most bytes that one of the group's processes, which share a good part of theirs, ever held."""
    return max(_peak(path) for path in _processes(group))


def _processes(group: int) -> Iterable[Path]:
    for path in Path("/proc").glob("[0-9]*"):
        try:
            fields = (path / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(fields[2]) == group:
            yield path


def _peak(process: Path) -> int:
    lines = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines() if ":" in line)
    return int(lines["VmHWM"].split()[0]) * 1024
