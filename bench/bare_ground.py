"""A project whose branch is empty beside a workspace of N pipelines, as both sides find it before their first run."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from emulators import seeding
from emulators.seeding.titles import AWKWARD
from emulators.stack import wire
from emulators.stack.gitlab import Person
from emulators.stack.site import AIC_DRIVE, MAPPING_FILE, Site
from emulators.stack.stack import Stack
from emulators.stack.workplace import PERSON, Workplace

OTHER_ID = "of-another-workspace"


@dataclass(frozen=True, slots=True)
class Bare:
    """One side's own project and workspace."""

    place: Workplace
    gitlab_url: str
    titles: tuple[str, ...]
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def snapshot_message(self) -> dict[str, object]:
        """A snapshot of the workspace."""
        return {"project": self.place.site.path, "workspace": self.place.site.branches["develop"]}

    @property
    def deploy_message(self) -> dict[str, object]:
        """A deploy of the branch."""
        return {"project": self.place.site.path, "branch": "develop"}

    def edit(self, pipelines: int, *, salt: str) -> tuple[str, ...]:
        """Changes the code of the next few pipelines in AIC; their titles."""
        start = next(self._numbers) * pipelines
        titles = tuple(self.titles[(start + index) % len(self.titles)] for index in range(pipelines))
        self.place.workspace().edit(*titles, salt=salt)
        return titles

    def promote(self) -> None:
        """Git's configs become what the incumbent takes from another workspace: the same, with ids of that one."""
        live = self.place.workspace().pipelines()
        configs = {title: {**config, "$id": OTHER_ID} for title, config in live.items()}
        files = {f"config/{title}.json": json.dumps(config, indent=2) for title, config in configs.items()}
        body = {"project": self.place.site.path, "branch": "develop", "message": "Promoted", "write": files}
        wire.ask("POST", f"{self.gitlab_url}/__admin__/commit", json=body)

    def check(self, edited: Sequence[str], *, whole: bool) -> None:
        """Raises RuntimeError unless Git has what is live, of these pipelines or of all."""
        live = self.place.workspace().pipelines()
        titles = self.titles if whole else edited
        missing = [title for title in titles if self.place.config(title)["stages"] != live[title]["stages"]]
        if missing:
            raise RuntimeError(f"not in Git: {missing[:3]}")


def lay_bare(stack: Stack, site: Site, *, pipelines: int) -> Bare:
    """Both sides are measured at what both can do: by some titles, and by tasks without a config, one is stopped."""
    [(branch, workspace)] = site.branches.items()
    jobs = _jobs(workspace, pipelines)
    seed = {
        "project": site.aic_project,
        "workspaces": [{"name": workspace, "jobs": jobs}],
        "drives": [AIC_DRIVE],
    }
    wire.ask("POST", f"{stack.aic_url}/__admin__/seed", json=seed)
    namespace, _, name = site.path.rpartition("/")
    branches = {"main": {MAPPING_FILE: site.mapping_text()}, branch: {"note.txt": "No pipelines yet"}}
    project = {"namespace": namespace, "name": name, "branches": branches}
    made = wire.ask("POST", f"{stack.gitlab_url}/__admin__/seed", json={"projects": [project]})
    person = Person(stack.gitlab_url, project=site.path, token=PERSON)
    place = Workplace(site, person, stack.queue, stack.aic_url, int(made["projects"][0]["id"]))
    return Bare(place, stack.gitlab_url, tuple(str(job["title"]) for job in jobs))


def _jobs(workspace: str, pipelines: int) -> list[dict[str, Any]]:
    whole: Any = seeding.workspace(workspace, pipelines + len(AWKWARD))["jobs"]
    for job in whole:
        for stage in job["stages"]:
            stage["tasks"] = [task for task in stage["tasks"] if task.get("config", {}) is not None]
    found: list[dict[str, Any]] = whole[len(AWKWARD) :]
    return found
