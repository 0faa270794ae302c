"""`python -m emulators gitlab|aic|storage|slack|pubsub|up|demo`."""

import argparse
import importlib
import signal
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """A sub-command: the module whose `run(arguments) -> int` does it, imported only when it is asked for."""

    module: str
    says: str
    ports: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


COMMANDS = {
    "gitlab": Command("emulators.gitlab.process", "GitLab over real git repositories", ("--port",), ("--data",)),
    "aic": Command("emulators.aic.process", "AIC's REST API", ("--port",)),
    "storage": Command("emulators.storage.process", "Cloud Storage's JSON API", ("--port",)),
    "slack": Command("emulators.slack.process", "Slack's Web API, as bots use it", ("--port",)),
    "pubsub": Command("emulators.pubsub.process", "Pub/Sub with push delivery", ("--port", "--http-port")),
    "up": Command("emulators.up", "everything, left running", ("--port-base",)),
    "demo": Command("emulators.demo", "one merge from beginning to end, told step by step"),
}


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m emulators", description=__doc__)
    names = top.add_subparsers(dest="name", required=True)
    for name, command in COMMANDS.items():
        one = names.add_parser(name, help=command.says)
        for port in command.ports:
            one.add_argument(port, type=int, default=0, help="0 takes any free port")
        for folder in command.folders:
            one.add_argument(folder, default="", help="a folder to keep data in; empty is a temporary one")
    return top


def _leave(_signal: int, _frame: object) -> None:
    """Unwinds the main thread, so that servers stop in order, and ends with 0."""
    sys.exit(0)


def main() -> int:
    arguments = parser().parse_args()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _leave)
    module = importlib.import_module(COMMANDS[arguments.name].module)
    code: int = module.run(arguments)
    return code


if __name__ == "__main__":
    sys.exit(main())
