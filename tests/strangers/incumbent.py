"""`aic-utils` as it is installed, but for the address of AIC, of which it knows two that are written in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aic_utils import AIC, DatasetConverter, GitLabManager

from tests.strangers.pipelines import Config
from tests.strangers.stand_in import StandIn

NAMESPACE, REPOSITORY = "pin/pin-analytics", "jobs"
PATH = f"{NAMESPACE}/{REPOSITORY}"
PROJECT = "pin-fusion"
PRODUCTION, STAGING, DEVELOPMENT = "ProductionWorkspace", "QAWorkspace", "DevWorkspace"  # as it names them itself


def moved(kind: Any, url: str) -> Any:
    """The class with the address that stays."""
    there = property(lambda _self: url, lambda _self, _other: None)
    return type(kind.__name__, (kind,), {"base_url": there})


@dataclass(frozen=True, slots=True)
class Incumbent:
    """A person who works with it between both stand-ins."""

    gitlab: StandIn
    aic: StandIn

    def seed(self, **workspaces: Sequence[Config]) -> None:
        """An empty repository, and AIC with these workspaces."""
        self.gitlab.admin("POST", "seed", {"projects": [{"namespace": NAMESPACE, "name": REPOSITORY}]})
        named = [{"name": name, "jobs": list(jobs)} for name, jobs in workspaces.items()]
        furniture = {"drives": ["Backups"], "datasets": {"STAGE": ["VEHICLES", "OTHERS"], "OLD": []}}
        self.aic.admin("POST", "seed", {"project": PROJECT, "workspaces": named, **furniture})

    def initialize(self) -> bool:
        done: bool = GitLabManager.initialize_repository("token", NAMESPACE, REPOSITORY, self._gitlab_url)
        return done

    def load(self, workspace: str, *titles: str) -> Any:
        """Its AIC; all pipelines when none are named."""
        return moved(AIC, self._aic_url)("key", PROJECT, workspace, pipelines=list(titles) or ["*"])

    def manager(self, loaded: Any) -> Any:
        return GitLabManager(loaded, "token", NAMESPACE, REPOSITORY, gitlab_base_url=self._gitlab_url)

    def converter(self, workspace: str) -> Any:
        return moved(DatasetConverter, self._aic_url)("key", PROJECT, workspace)

    def push(self, workspace: str) -> Any:
        """Everything that there is in AIC, to the branch of the workspace; the manager."""
        manager = self.manager(self.load(workspace))
        manager.push_to_git(force=True)
        return manager

    def repository(self) -> Any:
        """The dump, with texts."""
        return self.gitlab.admin("GET", "dump?contents=1")["projects"][PATH]

    def files(self, branch: str) -> dict[str, str]:
        """Texts by path, pipelines only."""
        found = self.repository()["branches"][branch]["contents"]
        return {path: text for path, text in found.items() if path.startswith(("code/", "config/"))}

    def workspace(self, name: str) -> Any:
        """The dump."""
        return self.aic.admin("GET", "dump")["workspaces"][f"{PROJECT}/{name}"]

    def live(self, name: str) -> dict[str, Config]:
        return {job["title"]: job for job in self.workspace(name)["jobs"]}

    @property
    def _gitlab_url(self) -> str:
        return f"{self.gitlab.url}/api/v4"

    @property
    def _aic_url(self) -> str:
        return f"{self.aic.url}/apis/core/v1"
