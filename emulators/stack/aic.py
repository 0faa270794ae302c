"""An AIC workspace as its control plane shows it, and a person who edits there."""

from dataclasses import dataclass
from typing import Any

import httpx

Config = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace of the stand-in at `url`."""

    url: str
    project: str
    name: str

    def pipelines(self) -> dict[str, Config]:
        """Title to jobConfig, as they run now."""
        answer = httpx.get(f"{self.url}/__admin__/dump", timeout=60, trust_env=False).raise_for_status()
        jobs = answer.json()["workspaces"][f"{self.project}/{self.name}"]["jobs"]
        return {job["title"]: job for job in jobs}

    def fingerprint(self) -> str:
        """Equal for equal pipelines."""
        answer = httpx.get(f"{self.url}/__admin__/dump", params={"hashes": "1"}, timeout=60, trust_env=False)
        found = answer.raise_for_status().json()["workspaces"][f"{self.project}/{self.name}"]
        return str(found["state_sha256"])

    def edit(self, *titles: str, salt: str) -> None:
        """As a person in AIC's editor: the code of each differs by a comment with the salt."""
        self._tell("edit-jobs", titles=titles, salt=salt)

    def put(self, *configs: Config) -> None:
        """Makes or replaces pipelines in AIC itself."""
        self._tell("put-jobs", put=configs)

    def delete(self, *titles: str) -> None:
        """Deletes pipelines in AIC itself."""
        self._tell("put-jobs", delete=titles)

    def _tell(self, call: str, **body: object) -> None:
        wanted = {"project": self.project, "workspace": self.name, **body}
        httpx.post(f"{self.url}/__admin__/{call}", json=wanted, timeout=60, trust_env=False).raise_for_status()
