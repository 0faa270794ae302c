"""The running service of a test session, and a project of its own for each test."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from emulators.stack.aic import Config
from emulators.stack.child import OURS, Code
from emulators.stack.site import MARKET, Site
from emulators.stack.stack import Stack, started
from emulators.stack.workplace import Workplace, connect, prepare

SLOTS, SAVED, MARKETS = 200, 30, 40


@dataclass(frozen=True, slots=True)
class World:
    """`numbered` is a project that the settings name by GitLab's id too; `saved` ones have drives for backups.

    `markets` have three branches and workspaces: development, staging and production.
    """

    stack: Stack
    free: Iterator[Site]
    saved: Iterator[Site]
    markets: Iterator[Site]
    numbered: Workplace

    def place(self, *, pipelines: int = 3, saved: bool = False) -> Workplace:
        """A project whose branch `develop` agrees with its workspace, deployed once, with a hook."""
        site = next(self.saved if saved else self.free)
        place = connect(self.stack, prepare(self.stack, site, pipelines=pipelines))
        place.deploy()
        return place

    def market(self) -> Workplace:
        """A project whose three branches agree with their workspaces, each deployed once, with a hook."""
        place = connect(self.stack, prepare(self.stack, next(self.markets), pipelines=3))
        for branch in place.site.branches:
            place.deploy(branch)
        return place

    def told(self, place: Workplace) -> list[dict[str, object]]:
        """What the log of deploy says of the project, oldest first."""
        return [record for record in self.stack.records("deploy") if record.get("project") == place.site.path]

    def asked(self, place: Workplace) -> int:
        """How many messages there were for the project."""
        return sum(place.site.path in message["data"] for message in self.stack.queue.messages("aic-deploy"))


@contextmanager
def running(logs: Path, *, code: Code = OURS) -> Iterator[World]:
    """The stand-ins and functions; settings can't change while they run, so all projects are in them beforehand."""
    sites = [Site(f"team/slot-{number}", f"slot-{number}") for number in range(SLOTS)]
    saved = [Site(f"team/saved-{number}", f"saved-{number}", saved=True) for number in range(SAVED)]
    markets = [
        replace(MARKET, path=f"team/market-{number}", aic_project=f"market-{number}", saved=False)
        for number in range(MARKETS)
    ]
    with started(logs=logs) as stack:
        numbered = prepare(stack, Site("team/before", "numbered"), pipelines=2)
        known = replace(numbered.site, number=numbered.number)
        stack.start_functions([known, *sites, *saved, *markets], code=code)
        yield World(stack, iter(sites), iter(saved), iter(markets), connect(stack, numbered))


def marked(config: Config) -> Config:
    """The config with another variable: a change to look for."""
    return config | {"variables": [*config["variables"], {"id": "MARK", "value": "made by a test"}]}


def is_marked(config: Config) -> bool:
    return any(variable["id"] == "MARK" for variable in config["variables"])
