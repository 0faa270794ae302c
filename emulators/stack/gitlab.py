"""GitLab's REST API as a person uses it who has a token."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from emulators.stack import wire

Document = dict[str, Any]
PLAN = "<!-- aic-plan "
"""How the note of a plan begins."""


class Person:
    """Somebody at work in one project. What GitLab refuses raises httpx.HTTPStatusError."""

    def __init__(self, url: str, *, project: str, token: str) -> None:
        self.url = url
        self.project = project
        self.api = f"{url}/api/v4/projects/{quote(project, safe='')}"
        self._headers = {"PRIVATE-TOKEN": token}

    def branch(self, name: str, *, ref: str) -> None:
        """A new branch that begins at `ref`."""
        self.ask("POST", "/repository/branches", branch=name, ref=ref)

    def commit(self, branch: str, files: Mapping[str, str | None], *, message: str) -> str:
        """One commit that writes the files (None deletes one); its sha."""
        there = {path for path in files if self.file(path, ref=branch) is not None}
        actions = [
            {"action": "delete", "file_path": path}
            if text is None
            else {"action": "update" if path in there else "create", "file_path": path, "content": text}
            for path, text in files.items()
        ]
        made = self.ask("POST", "/repository/commits", branch=branch, commit_message=message, actions=actions)
        return str(made["id"])

    def file(self, path: str, *, ref: str) -> str | None:
        """The text of a file, None where there is none."""
        url = f"{self.api}/repository/files/{quote(path, safe='')}/raw"
        answer = wire.send("GET", url, params={"ref": ref}, headers=self._headers)
        return None if answer.status_code == 404 else answer.raise_for_status().text

    def head(self, branch: str) -> str:
        """The newest commit of the branch."""
        return str(self.ask("GET", f"/repository/branches/{quote(branch, safe='')}")["commit"]["id"])

    def open(self, source: str, *, target: str, title: str) -> int:
        """A merge request; its number."""
        made = self.ask("POST", "/merge_requests", source_branch=source, target_branch=target, title=title)
        return int(made["iid"])

    def merge(self, number: int, **wanted: object) -> Document:
        """The merge request, merged."""
        merged: Document = self.ask("PUT", f"/merge_requests/{number}/merge", **wanted)
        return merged

    def label(self, number: int, *names: str) -> None:
        """Adds labels to the merge request."""
        self.ask("PUT", f"/merge_requests/{number}", add_labels=",".join(names))

    def close(self, number: int) -> None:
        """Closes the merge request without merging it."""
        self.ask("PUT", f"/merge_requests/{number}", state_event="close")

    def opened(self, *, target: str) -> list[Document]:
        """The open merge requests into the branch, newest first."""
        found: list[Document] = self.ask("GET", f"/merge_requests?state=opened&target_branch={quote(target, safe='')}")
        return found

    def notes(self, number: int) -> list[Document]:
        """What people and bots wrote on the merge request, oldest first, without GitLab's own lines and the plan."""
        return [note for note in self._written(number) if not note["body"].startswith(PLAN)]

    def plans(self, number: int) -> list[Document]:
        """The notes that say what merging would do; there is to be one at most."""
        return [note for note in self._written(number) if note["body"].startswith(PLAN)]

    def _written(self, number: int) -> list[Document]:
        found = self.ask("GET", f"/merge_requests/{number}/notes?sort=asc&per_page=100")
        return [note for note in found if not note["system"]]

    def comments(self, commit: str) -> list[Document]:
        """What was written on the commit, oldest first."""
        found: list[Document] = self.ask("GET", f"/repository/commits/{commit}/comments?per_page=100")
        return found

    def statuses(self, commit: str) -> list[Document]:
        """The newest status of each name on the commit."""
        found: list[Document] = self.ask("GET", f"/repository/commits/{commit}/statuses?per_page=100")
        return found

    def deployments(self, environment: str) -> list[Document]:
        """Newest first."""
        query = f"environment={quote(environment, safe='')}&order_by=id&sort=desc&per_page=100"
        found: list[Document] = self.ask("GET", f"/deployments?{query}")
        return found

    def pipelines(self) -> list[Document]:
        """The pipelines of the project's CI, oldest first, each with the variables that it was started with."""
        found: list[Document] = self.ask("GET", "/pipelines?source=api&sort=asc&per_page=100")
        return [
            {
                **each,
                "told": {one["key"]: one["value"] for one in self.ask("GET", f"/pipelines/{each['id']}/variables")},
            }
            for each in found
        ]

    def ask(self, method: str, path: str, /, **body: object) -> Any:
        """The parsed answer of a call below the project."""
        return wire.ask(method, f"{self.api}{path}", json=body or None, headers=self._headers)


@dataclass(frozen=True, slots=True)
class Hook:
    """The project's web hook; the person looks at what it sent."""

    person: Person
    number: int

    def sent(self, merge_request: int, *, action: str) -> list[Document]:
        """The deliveries that told of this, newest first."""
        found = self.person.ask("GET", f"/hooks/{self.number}/events?per_page=100")
        wanted = f'"iid":{merge_request},', f'"action":"{action}"'
        return [each for each in found if all(text in each["request_data"] for text in wanted)]

    def ended(self, pipeline: int, state: str) -> list[Document]:
        """The deliveries that told of that end of a pipeline, newest first."""
        found = self.person.ask("GET", f"/hooks/{self.number}/events?per_page=100")
        wanted = '"object_kind":"pipeline"', f'"object_attributes":{{"id":{pipeline},', f'"status":"{state}"'
        return [each for each in found if all(text in each["request_data"] for text in wanted)]

    def resend(self, delivery: int) -> None:
        """The same body under the same key once more."""
        self.person.ask("POST", f"/hooks/{self.number}/events/{delivery}/resend")


def add_hook(person: Person, url: str, *, token: str, signing_token: str, pipelines: bool = False) -> Hook:
    """Told of merge requests, and of pipelines where deploys are tested, as the service asks for it."""
    made = person.ask(
        "POST",
        "/hooks",
        url=url,
        token=token,
        signing_token=signing_token,
        merge_requests_events=True,
        pipeline_events=pipelines,
        push_events=False,
    )
    return Hook(person, int(made["id"]))
