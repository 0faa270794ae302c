"""The running service of a test session, and a project of its own for each test."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path
from types import MappingProxyType
from typing import Any

from emulators.stack import wire
from emulators.stack.aic import Config
from emulators.stack.child import OURS, Code
from emulators.stack.gitlab import Person
from emulators.stack.ports import HOST
from emulators.stack.site import MARKET, Site
from emulators.stack.stack import Stack, started
from emulators.stack.workplace import PERSON, Workplace, connect, prepare
from shared.domain import posting
from shared.domain.messages.command import WORKFLOWS
from tests.mailroom import Mailroom, mailroom

SLOTS, SAVED, MARKETS, HEARD, FRESH, TESTED = 200, 30, 40, 5, 10, 12
BOTH = MappingProxyType({"main": "Market", "develop": "Market QA"})
REQUIRED = MappingProxyType({"main": "staging"})
GATES = MappingProxyType({"main": "report", "develop": "rollback"})
FUSION = MappingProxyType({"main": "PIN FUSION 2.0", "staging": "PIN FUSION 2.0 QA", "dev": "PIN FUSION 2.0 DEV"})
"""The branches and workspaces of the project that docs/workflows.md speaks of."""
TOPICS = (posting.DEPLOY, posting.PLAN, posting.SNAPSHOT)
"""Beside that of the workflows."""


@dataclass(frozen=True, slots=True)
class World:
    """`numbered` is a project that the settings name by GitLab's id too; `saved` ones have drives for backups.

    `markets` have three branches and workspaces: development, staging and production. News of `heard` ones are told
    in a channel of Slack and by mail, both named like the project; they have drives, too. `fresh` ones are in the
    settings alone. Deploys of `tested` ones are tested: those of `develop` go back where that fails, those of `main`
    are only told of, and what is merged there has to be proven on `develop` first; news of them are told as well.
    `lines` are for the line that is documented of each workflow.
    """

    stack: Stack
    free: Iterator[Site]
    saved: Iterator[Site]
    markets: Iterator[Site]
    heard: Iterator[Site]
    fresh: Iterator[Site]
    tested: Iterator[Site]
    lines: Mapping[str, Site]
    numbered: Workplace
    mailroom: Mailroom

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

    def line(self, name: str) -> Workplace:
        """A project for one workflow or topic, as docs/workflows.md has it: nothing is deployed, and it has no hook."""
        return prepare(self.stack, self.lines[name], pipelines=2)

    def gated(self, *, hooked: bool = True) -> Workplace:
        """A project whose deploys are tested; all of its branches agree with their workspaces, each deployed once."""
        made = prepare(self.stack, next(self.tested), pipelines=3)
        place = connect(self.stack, made) if hooked else made
        for branch in place.site.branches:
            place.deploy(branch)
        return place

    def audience(self) -> Workplace:
        """A project with people who hear of its news, deployed once; that they have heard already."""
        place = connect(self.stack, prepare(self.stack, next(self.heard), pipelines=3))
        place.deploy()
        place.queue.settle()
        return place

    def letters(self, place: Workplace) -> list[EmailMessage]:
        """What the mail server has taken for the project's people, oldest first."""
        return [letter for to, letter in self.mailroom.letters if to == (f"{place.site.aic_project}@example.com",)]

    def posts(self, place: Workplace) -> list[dict[str, Any]]:
        """What was posted in the project's channel, oldest first."""
        posted = wire.ask("GET", f"{self.stack.slack_url}/__admin__/dump")["posted"]
        return [each for each in posted if each["channel"] == f"#{place.site.aic_project}"]

    def plot(self) -> Workplace:
        """A site of which AIC has three empty workspaces, and GitLab nothing."""
        site = next(self.fresh)
        seed = {
            "project": site.aic_project,
            "workspaces": [{"name": each, "jobs": []} for each in site.branches.values()],
        }
        wire.ask("POST", f"{self.stack.aic_url}/__admin__/seed", json=seed)
        person = Person(self.stack.gitlab_url, project=site.path, token=PERSON)
        return Workplace(site, person, self.stack.queue, self.stack.aic_url, 0)

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
        replace(MARKET, path=f"team/market-{number}", aic_project=f"market-{number}", saved=False, notify={})
        for number in range(MARKETS)
    ]
    heard = [_heard(f"news-{number}") for number in range(HEARD)]
    fresh = [
        replace(MARKET, path=f"team/fresh-{number}", aic_project=f"fresh-{number}", saved=False, notify={})
        for number in range(FRESH)
    ]
    tested = [
        replace(_heard(f"tested-{number}"), saved=False, branches=BOTH, tested=GATES, requires=REQUIRED)
        for number in range(TESTED)
    ]
    lines = {name: _line(name.replace("_", "-")) for name in (*WORKFLOWS, *TOPICS)}
    with started(logs=logs) as stack, mailroom() as room:
        numbered = prepare(stack, Site("team/before", "numbered"), pipelines=2)
        known = replace(numbered.site, number=numbered.number)
        mail = {"SMTP_URL": f"smtp://{HOST}:{room.port}", "MAIL_FROM": "AIC GitOps <aic@example.com>"}
        known_ones = [known, *sites, *saved, *markets, *heard, *fresh, *tested, *lines.values()]
        stack.start_functions(known_ones, extra=mail, code=code)
        free, kept, three, told, new, gated = map(iter, (sites, saved, markets, heard, fresh, tested))
        yield World(stack, free, kept, three, told, new, gated, lines, connect(stack, numbered), room)


def _heard(name: str) -> Site:
    return Site(f"team/{name}", name, saved=True, notify={"slack": f"#{name}", "email": [f"{name}@example.com"]})


def _line(name: str) -> Site:
    site = replace(_heard(f"line-{name}"), branches=FUSION, direct=frozenset({"staging", "dev"}))
    return replace(site, tested={"staging": "report"}) if name == "after-deploy" else site


def marked(config: Config) -> Config:
    """The config with another variable: a change to look for."""
    return config | {"variables": [*config["variables"], {"id": "MARK", "value": "made by a test"}]}


def is_marked(config: Config) -> bool:
    return any(variable["id"] == "MARK" for variable in config["variables"])
