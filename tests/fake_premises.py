"""A GitLab project as a whole in memory, as `ports.Premises`, beside the repository that its files are in."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from shared.domain.errors import Permanent, Refused, Transient
from shared.domain.gitlab import Hook, Protection

from .fake_commits import DEFAULT
from .fake_repository import FakeRepository


@dataclass
class FakePremises:
    """`there`: the project exists. `grouped`: its group does, and `welcome` the service's user may make projects in it.

    `hidden`: somebody has a project of that path which nobody else sees. `signing`: this GitLab can sign hooks.
    """

    repository: FakeRepository = field(default_factory=FakeRepository)
    there: bool = True
    grouped: bool = True
    welcome: bool = True
    hidden: bool = False
    signing: bool = True
    secrets: tuple[str, str] = ("token", "whsec_key")
    rules: list[Protection] = field(default_factory=list)
    labelled: list[str] = field(default_factory=list)

    def default_branch(self) -> str | None:
        """The first one that was made."""
        self.repository._called("default_branch")
        if not self.there:
            return None
        branches = self.repository.branches
        return DEFAULT if DEFAULT in branches else next(iter(branches), "")

    def create(self, *, default: str) -> None:
        """Once."""
        self.repository._called("create")
        if not self.grouped:
            raise Refused("group-unknown")
        if not self.welcome:
            raise Permanent("gitlab-forbidden")
        if self.there or self.hidden:
            raise Transient("path-taken")
        self.there = True

    def create_branch(self, name: str, commit: str) -> None:
        """At a commit that there is."""
        self.repository._called("create_branch")
        if name in self.repository.branches:
            raise Transient("gitlab-outdated")
        if commit not in self.repository.commits:
            raise Permanent("gitlab-refused")
        self.repository.branches[name] = commit

    def protections(self) -> Collection[Protection]:
        """Everybody sees them."""
        self.repository._called("protections")
        return tuple(self.rules)

    def protect(self, branch: str, *, push: int, merge: int) -> None:
        """A maintainer's right."""
        self._maintained("protect")
        if any(each.name == branch for each in self.rules):
            raise Transient("gitlab-busy")
        self.rules.append(Protection(branch, frozenset({push}), frozenset({merge})))

    def labels(self) -> Collection[str]:
        """By name."""
        self.repository._called("labels")
        return tuple(self.labelled)

    def create_label(self, name: str, *, color: str, description: str) -> None:
        """Once."""
        self.repository._called("create_label")
        if name in self.labelled:
            raise Transient("gitlab-busy")
        self.labelled.append(name)

    def add_hook(self, url: str, *, pipelines: bool = False) -> Hook:
        """As often as it is asked for."""
        token, signing = self.secrets
        if not (token or signing):
            raise Permanent("hook-secret-missing")
        self._maintained("add_hook")
        hooks = self.repository.hooked
        made = Hook(max((each.id for each in hooks), default=0) + 1, url, disabled=False)
        events = ("merge_requests_events", "pipeline_events") if pipelines else made.events
        made = replace(made, signs=bool(signing) and self.signing, events=events)
        if not (made.signs or token):
            raise Permanent("hook-unsigned")
        hooks.append(made)
        return made

    def delete_hook(self, number: int) -> None:
        """Fine if it is gone."""
        self._maintained("delete_hook")
        self.repository.hooked = [each for each in self.repository.hooked if each.id != number]

    def _maintained(self, name: str) -> None:
        self.repository._called(name)
        if not self.repository.maintains:
            raise Permanent("gitlab-forbidden", name)
