"""The AIC stand-in over loopback with one furnished workspace, as a client and as a test driver see it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from emulators.aic.process import build
from emulators.server import serve
from tests import plain

FIELDS = {"variables": [], "sourceStage": {"tasks": []}, "stages": [], "sinkStage": {"tasks": []}}
PLACE = {"project": "pin", "workspace": "QA"}


@dataclass(frozen=True, slots=True)
class Workspace:
    """The workspace `QA` of the project `pin`; `url` is its address in the API."""

    http: httpx.Client
    url: str

    @property
    def pages(self) -> str:
        """The address of the stand-in's pages."""
        return str(self.http.base_url)

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.http.request(method, f"{self.url}/{path}", **more)

    def read(self, path: str, /, **query: str) -> Any:
        return self.call("GET", path, params=query).raise_for_status().json()

    def ids(self, path: str) -> dict[str, str]:
        """Name to id of what a list shows."""
        return {each["name"]: each["$id"] for each in self.read(path)}

    def job(self, title: str) -> str:
        """The id of the job that was last seeded under this title."""
        jobs = self.dump()["jobs"]
        return str([job["$id"] for job in jobs if job["title"] == title][-1])

    def tell(self, name: str, **body: object) -> Any:
        """A call of the control plane."""
        return self.http.post(f"/__admin__/{name}", json={**PLACE, **body}).raise_for_status().json()

    def setting(self, **values: object) -> None:
        self.http.put("/__admin__/settings", json=values).raise_for_status()

    def dump(self, query: str = "") -> dict[str, Any]:
        shown: dict[str, Any] = self.http.get(f"/__admin__/dump{query}").raise_for_status().json()
        found: dict[str, Any] = shown["workspaces"]["pin/QA"]
        return found


@contextmanager
def furnished(*jobs: object) -> Iterator[Workspace]:
    """With these jobs, drives `backups` and `Config`, and a dataset of two tables."""
    with serve(build()) as running, plain.client(running.url, headers={"api-key": "any"}, timeout=60) as http:
        seed = {
            "project": "pin",
            "workspaces": [{"name": "QA", "jobs": jobs}],
            "drives": ["backups", "Config"],
            "datasets": {"SALES": ["VEHICLES", "DEALERS"], "EMPTY": []},
        }
        ids = http.post("/__admin__/seed", json=seed).raise_for_status().json()
        yield Workspace(http, f"/apis/core/v1/projects/{ids['project']}/workspaces/{ids['workspaces']['QA']}")
