"""An AIC workspace as its control plane shows it, and a person who edits there."""

from dataclasses import dataclass
from typing import Any

from emulators.stack import wire

Config = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace of the stand-in at `url`."""

    url: str
    project: str
    name: str

    def pipelines(self) -> dict[str, Config]:
        """Title to jobConfig, as they run now."""
        return {job["title"]: job for job in self._shown()["jobs"]}

    def fingerprint(self) -> str:
        """Equal for equal pipelines."""
        return str(self._shown(hashes="1")["state_sha256"])

    def edit(self, *titles: str, salt: str) -> None:
        """As a person in AIC's editor: the code of each differs by a comment with the salt."""
        self._tell("edit-jobs", titles=titles, salt=salt)

    def put(self, *configs: Config) -> None:
        """Makes or replaces pipelines in AIC itself."""
        self._tell("put-jobs", put=configs)

    def delete(self, *titles: str) -> None:
        """Deletes pipelines in AIC itself."""
        self._tell("put-jobs", delete=titles)

    def _shown(self, **query: str) -> Any:
        return wire.ask("GET", f"{self.url}/__admin__/dump", params=query)["workspaces"][f"{self.project}/{self.name}"]

    def _tell(self, call: str, **body: object) -> None:
        wanted = {"project": self.project, "workspace": self.name, **body}
        wire.ask("POST", f"{self.url}/__admin__/{call}", json=wanted)
