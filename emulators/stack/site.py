"""A team's GitLab project with the AIC workspaces that its branches are deployed to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

MAPPING_FILE = "branch_to_workspace.yaml"
BUCKET = "local-backups"
AIC_DRIVE = "backups"


@dataclass(frozen=True, slots=True)
class Site:
    """`branches`: branch to workspace. `number`: GitLab's id where the settings of the service shall name it.

    Captures of the workspaces of the `direct` branches go onto these, all others come as merge requests. A `saved`
    site has its backups on a drive in AIC and in a bucket. `notify` says who hears of news, as the settings do.
    `tested` branches start a pipeline of GitLab's after each deploy, with what follows where that fails.
    `requires`: branch to the role on whose branch its pipelines have to be proven first.
    """

    path: str
    aic_project: str
    branches: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({"develop": "Market QA"}))
    number: int | None = None
    direct: frozenset[str] = frozenset({"develop", "sandbox"})
    saved: bool = False
    notify: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    tested: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    requires: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def drives(self) -> tuple[str, ...]:
        """Where backups go, as the settings name it."""
        return (AIC_DRIVE, f"gs://{BUCKET}/{self.aic_project}") if self.saved else ()

    def settings(self) -> dict[str, object]:
        """The project as the settings of the service name it."""
        known = {} if self.number is None else {"gitlab_project_id": self.number}
        return {
            "gitlab_project": self.path,
            **known,
            "aic_project": self.aic_project,
            "aic_instance": "prod",
            "backup_drives": list(self.drives),
            **({"notify": dict(self.notify)} if self.notify else {}),
            "scanners": {"project": "security/templates", "files": ["scan.yml"]},
            "workspaces": {workspace: self._workspace(branch) for branch, workspace in self.branches.items()},
        }

    def _workspace(self, branch: str) -> dict[str, object]:
        captured: dict[str, object] = {"snapshot": "commit" if branch in self.direct else "merge_request"}
        if branch in self.requires:
            captured["requires"] = self.requires[branch]
        if branch in self.tested:
            captured["after_deploy"] = {"pipeline": True, "on_failure": self.tested[branch]}
        return captured

    def environment(self, branch: str) -> str:
        """GitLab's environment whose deployments are the record of the branch's workspace."""
        return "aic/" + re.sub(r"[^a-z0-9]+", "-", self.branches[branch].lower()).strip("-")

    def mapping_text(self) -> str:
        """The mapping file."""
        return "mapping:\n" + "".join(f"  {branch}: {workspace}\n" for branch, workspace in self.branches.items())


MARKET = Site(
    "market/pipelines",
    "market",
    MappingProxyType({"main": "Market", "develop": "Market QA", "sandbox": "Market DEV"}),
    saved=True,
    notify=MappingProxyType({"slack": "#market"}),
)
