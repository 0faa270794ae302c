"""The GitLab stand-in served to a test: its clients, and shorthands for what most tests begin with."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gitlab
import httpx
from gitlab.v4.objects import Project

from emulators.gitlab.app import start
from tests import plain

PATH = "pin/pin-analytics/pin-fusion-2.0"
API = "/api/v4/projects/1"


class StandIn:
    """One served stand-in. `http` carries a token, `admin` speaks to the control plane."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = plain.client(url, headers={"PRIVATE-TOKEN": "one"}, timeout=60)
        self.client = gitlab.Gitlab(url, private_token="one", timeout=60)

    def close(self) -> None:
        self.http.close()
        self.client.session.close()

    def admin(self, method: str, call: str, body: object = None) -> Any:
        answer = self.http.request(method, f"/__admin__/{call}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def seed(self, **branches: dict[str, str]) -> Project:
        """One project with these branches (and `main` if it is not among them)."""
        self.admin("POST", "seed", {"projects": [{**named(PATH), "branches": branches}]})
        return self.project()

    def project(self) -> Project:
        return self.client.projects.get(PATH, lazy=True)

    def get(self, below: str, **query: Any) -> httpx.Response:
        return self.http.get(f"{API}{below}", params=query)

    def commit(self, branch: str, *actions: Mapping[str, object], **more: object) -> httpx.Response:
        body = {"branch": branch, "commit_message": "Change", "actions": actions, **more}
        return self.http.post(f"{API}/repository/commits", json=body)

    def settings(self, **values: object) -> None:
        self.admin("PUT", "settings", values)


def said(answer: httpx.Response) -> tuple[int, object]:
    """What tests of refusals compare."""
    return answer.status_code, answer.json()


def named(path: str) -> dict[str, str]:
    """A full path as seeding takes it."""
    namespace, _, name = path.rpartition("/")
    return {"namespace": namespace, "name": name}


@contextmanager
def served(data: Path) -> Iterator[StandIn]:
    with start(data) as running:
        stand_in = StandIn(running.url)
        try:
            yield stand_in
        finally:
            stand_in.close()
