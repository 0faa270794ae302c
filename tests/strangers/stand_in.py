"""Stand-ins as processes of the project's own environment; all that is known of them here is their HTTP."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).parents[2]
OURS = ROOT / ".venv/bin/python"


@dataclass(frozen=True, slots=True)
class StandIn:
    """One that is running; `admin` speaks to its control plane."""

    ports: Mapping[str, int]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports.get('http_port') or self.ports['port']}"

    def admin(self, method: str, call: str, body: object = None) -> Any:
        answer = requests.request(method, f"{self.url}/__admin__/{call}", json=body, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def claimed(self) -> set[str]:
        """Every call that it says it has."""
        return set(self.admin("GET", "routes"))

    def called(self) -> dict[str, int]:
        """How often each of them was made since the last reset."""
        counted: dict[str, int] = self.admin("GET", "counters")["by_route"]
        return counted


def lines(*arguments: str) -> "subprocess.Popen[str]":
    """A process in the project's environment whose standard output is read."""
    return subprocess.Popen(
        [str(OURS), *arguments], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )


@contextmanager
def announced(*arguments: str) -> Iterator[Any]:
    """What a process says in its first line; it is ended with the block."""
    with lines(*arguments) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


@contextmanager
def served(name: str) -> Iterator[StandIn]:
    """`gitlab`, `aic` or `pubsub` on any free port."""
    with announced("-m", "emulators", name, "--port", "0") as ports:
        yield StandIn(ports)
