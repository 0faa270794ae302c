"""Starts the whole world as processes of this one, and stops it whatever happens."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType

from emulators.stack import child, functions, wire
from emulators.stack.child import OURS, Child, Code
from emulators.stack.ports import HOST, Ports
from emulators.stack.queue import Queue
from emulators.stack.site import BUCKET, Site
from emulators.stack.waiting import until

_ANY = Ports()
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Stack:
    """The stand-ins, running; the functions once they are started. Get it from `started`."""

    def __init__(self, *, ports: Ports, logs: Path) -> None:
        self._ports = ports
        self._logs = logs
        self.children: list[Child] = []
        self.gitlab_url = ""
        self.aic_url = ""
        self.storage_url = ""
        self.slack_url = ""
        self.pubsub_port = 0
        self.queue = Queue("", functions.GOOGLE_PROJECT)
        self.urls: dict[str, str] = {}

    def start_stand_ins(self) -> None:
        """GitLab, AIC, Cloud Storage with one bucket, Slack, and Pub/Sub, all at once."""
        ports = self._ports
        gitlab = self._spawn("gitlab", "--port", ports.gitlab)
        aic = self._spawn("aic", "--port", ports.aic)
        storage = self._spawn("storage", "--port", ports.storage)
        slack = self._spawn("slack", "--port", ports.slack)
        pubsub = self._spawn("pubsub", "--port", ports.pubsub, "--http-port", ports.pubsub_http)
        self.gitlab_url = f"http://{HOST}:{_announced(gitlab)['port']}"
        self.aic_url = f"http://{HOST}:{_announced(aic)['port']}"
        self.storage_url = f"http://{HOST}:{_announced(storage)['port']}"
        self.slack_url = f"http://{HOST}:{_announced(slack)['port']}"
        wire.ask("POST", f"{self.storage_url}/__admin__/seed", json={"buckets": [BUCKET]})
        found = _announced(pubsub)
        self.pubsub_port = found["port"]
        self.queue = Queue(f"http://{HOST}:{found['http_port']}", functions.GOOGLE_PROJECT)

    def environment(self, sites: Sequence[Site]) -> dict[str, str]:
        """The environment of the functions."""
        return functions.environment(
            gitlab=self.gitlab_url,
            aic=self.aic_url,
            pubsub_port=self.pubsub_port,
            sites=sites,
            storage=self.storage_url,
            slack=self.slack_url,
        )

    def start_functions(
        self,
        sites: Sequence[Site],
        *,
        targets: Sequence[str] = functions.TARGETS,
        extra: Mapping[str, str] = _NOTHING,
        code: Code = OURS,
    ) -> None:
        """The functions with settings for these sites, subscribed to their topics."""
        wanted = asdict(self._ports)
        environment = {**self.environment(sites), **extra}
        for target in targets:
            known = {"WEBHOOK_URL": self.urls["webhook"]} if "webhook" in self.urls else {}
            running, url = functions.start(
                target, port=wanted[target], environment={**environment, **known}, logs=self._logs, code=code
            )
            self.children.append(running)
            self.urls[target] = url
            if target in functions.TOPICS:
                self.queue.subscribe(functions.TOPICS[target], url)
            if target == functions.DEAD_LETTER:
                for topic in functions.TOPICS.values():
                    self.queue.subscribe_to_dead_letters(topic, url)
                    self.queue.keep_dead_letters(topic)

    def log(self, name: str) -> str:
        """What a process has said so far: a function, `gitlab`, `aic`, `storage`, `slack` or `pubsub`."""
        file = self.log_file(name)
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    def log_file(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def records(self, name: str) -> list[dict[str, object]]:
        """The log lines of a function."""
        lines = (line for line in self.log(name).splitlines() if line.startswith("{"))
        return [json.loads(line) for line in lines]

    def _spawn(self, name: str, *options: object) -> Child:
        arguments = ["-m", "emulators", name, *map(str, options)]
        running = child.start(name, arguments, environment={}, logs=self._logs)
        self.children.append(running)
        return running


@contextmanager
def started(*, logs: Path, ports: Ports = _ANY) -> Iterator[Stack]:
    """The stand-ins, running. To be called from a thread that lives as long as the process: see leash.py."""
    logs.mkdir(parents=True, exist_ok=True)
    stack = Stack(ports=ports, logs=logs)
    try:
        stack.start_stand_ins()
        yield stack
    finally:
        child.stop(stack.children[::-1])


def _announced(running: Child) -> dict[str, int]:
    """The ports that a stand-in says it listens on."""

    def line() -> str | None:
        running.check()
        return next((text for text in running.text().splitlines() if text.startswith('{"port"')), None)

    ports: dict[str, int] = json.loads(until(line, what=f"the stand-in {running.name}"))
    return ports
