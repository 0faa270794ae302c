"""One site, filled and ready to work on: the repository, the workspaces, the hook between them."""

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from emulators import seeding
from emulators.stack import functions, wire
from emulators.stack.aic import Config, Workspace
from emulators.stack.gitlab import Hook, Person, add_hook
from emulators.stack.queue import Queue
from emulators.stack.site import AIC_DRIVE, MAPPING_FILE, Site
from emulators.stack.stack import Stack
from emulators.stack.waiting import until

PERSON = "token-of-a-person"


@dataclass(frozen=True, slots=True)
class Workplace:
    """A person, `hook` if there is one, and the way from a merge to what became of it."""

    site: Site
    person: Person
    queue: Queue
    aic_url: str
    number: int
    hook: Hook | None = None

    def workspace(self, branch: str = "develop") -> Workspace:
        """Where the branch is deployed to."""
        return Workspace(self.aic_url, self.site.aic_project, self.site.branches[branch])

    def config(self, title: str, *, ref: str = "develop") -> Config:
        """A pipeline's config in Git."""
        text = self.person.file(f"config/{title}.json", ref=ref)
        if text is None:
            raise LookupError(f"{ref} has no pipeline {title!r}")
        config: Config = json.loads(text)
        return config

    def files(self, config: Config) -> dict[str, str]:
        """The files of one pipeline, config and code."""
        return seeding.repository_files({"jobs": [config]})

    def propose(self, *titles: str, edit: Callable[[Config], Config], branch: str, target: str = "develop") -> int:
        """A merge request that changes the pipelines; its number."""
        files: dict[str, str] = {}
        for title in titles:
            old = self.config(title, ref=target)
            files |= changed(old, edit(copy.deepcopy(old)))
        return self.propose_files(files, branch=branch, target=target)

    def propose_files(self, files: Mapping[str, str | None], *, branch: str, target: str = "develop") -> int:
        """A merge request with one commit that writes the files; None deletes one."""
        self.person.branch(branch, ref=target)
        self.person.commit(branch, files, message=f"Work on {branch}")
        return self.person.open(branch, target=target, title=f"Work on {branch}")

    def merge(self, number: int, **wanted: object) -> dict[str, object]:
        """Merges, and returns when the hook was sent and Pub/Sub has got rid of what came of it."""
        merged = self.person.merge(number, **wanted)
        if self.hook is not None:
            self.await_hook(number)
        return merged

    def await_hook(self, number: int, *, times: int = 1, action: str = "merge") -> None:
        """Returns when the merge (or what else was done) was told that many times, and Pub/Sub is done."""
        hook = self.hook
        if hook is not None:
            until(
                lambda: len(hook.sent(number, action=action)) >= times,
                what=f"the hook of !{number} of {self.site.path}",
            )
        self.queue.settle()

    def finish(self, pipeline: int, state: str) -> None:
        """Ends a pipeline of the CI as its runner would, and returns when that was told and Pub/Sub is done."""
        wanted = {"project": self.site.path, "pipeline": pipeline, "status": state}
        wire.ask("POST", f"{self.person.url}/__admin__/finish-pipeline", json=wanted)
        hook = self.hook
        if hook is not None:
            until(lambda: bool(hook.ended(pipeline, state)), what=f"the hook of pipeline {pipeline}")
        self.queue.settle()

    def deploy(self, branch: str = "develop", **more: object) -> str:
        """Asks for a deploy as a person does, and waits; the id of the message."""
        message = self.queue.publish("aic-deploy", {"project": self.site.path, "branch": branch, **more})
        self.queue.settle()
        return message

    def snapshot(self, branch: str | None = "develop", **more: object) -> str:
        """Asks for a snapshot of the branch's workspace, or of all (None), and waits; the id of the message."""
        wanted = {} if branch is None else {"workspace": self.site.branches[branch]}
        message = self.queue.publish("aic-snapshot", {"project": self.site.path, **wanted, **more})
        self.queue.settle()
        return message

    def command(self, workflow: str, **parameters: object) -> str:
        """Asks for a workflow on this project as a person does, and waits; the id of the message."""
        wanted = {"workflow": workflow, "parameters": {"project": self.site.path, **parameters}, "by": "ann"}
        message = self.queue.publish("aic-command", wanted)
        self.queue.settle()
        return message


def changed(old: Config, new: Config) -> dict[str, str]:
    """The files, config and code, in which two versions of a pipeline differ, as the new one has them."""
    before, after = (seeding.repository_files({"jobs": [config]}) for config in (old, new))
    return {path: text for path, text in after.items() if before.get(path) != text}


def prepare(stack: Stack, site: Site, *, pipelines: int) -> Workplace:
    """Seeds AIC and GitLab so that they agree. The hook comes with `connect`, since functions start later."""
    workspaces = {branch: seeding.workspace(name, pipelines) for branch, name in site.branches.items()}
    wire.ask(
        "POST",
        f"{stack.aic_url}/__admin__/seed",
        json={"project": site.aic_project, "workspaces": list(workspaces.values()), "drives": [AIC_DRIVE]},
    )
    branches = {branch: seeding.repository_files(workspace) for branch, workspace in workspaces.items()}
    branches["main"] = {MAPPING_FILE: site.mapping_text(), **branches.get("main", {})}
    namespace, _, name = site.path.rpartition("/")
    project = {"namespace": namespace, "name": name, "branches": branches}
    made = wire.ask("POST", f"{stack.gitlab_url}/__admin__/seed", json={"projects": [project]})
    person = Person(stack.gitlab_url, project=site.path, token=PERSON)
    return Workplace(site, person, stack.queue, stack.aic_url, int(made["projects"][0]["id"]))


def connect(stack: Stack, place: Workplace) -> Workplace:
    """The same with a web hook to the running webhook."""
    hook = add_hook(
        place.person,
        f"{stack.urls['webhook']}/",
        token=functions.HOOK_TOKEN,
        signing_token=functions.SIGNING_TOKEN,
        pipelines=bool(place.site.tested),
    )
    return replace(place, hook=hook)
