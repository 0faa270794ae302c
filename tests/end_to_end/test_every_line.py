"""Each workflow by the line that docs/workflows.md has of it, over real sockets: it does something, and once.

A workflow without such a line, or without a place here, fails its own test.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pytest

from emulators.stack import wire
from emulators.stack.site import BUCKET
from emulators.stack.workplace import Workplace
from shared.domain import posting
from shared.domain.messages.command import WORKFLOWS
from tests.documented import ROOT, calls
from tests.end_to_end.world import FUSION, TOPICS, World, marked

TITLE = "Demographics"
PRODUCTION, STAGING, DEVELOPMENT = FUSION
Ready = Callable[[Workplace], object]


def deployed(place: Workplace) -> None:
    """All branches, once."""
    for branch in FUSION:
        place.deploy(branch)


def changed(branch: str) -> Ready:
    """Git has a change there that nobody has deployed."""

    def ready(place: Workplace) -> None:
        files = place.files(marked(place.config(TITLE, ref=branch)))
        there = place.files(place.config(TITLE, ref=branch))
        place.person.commit(branch, {path: files[path] for path in there}, message="Straight onto it")

    return ready


def edited(branch: str) -> Ready:
    """Somebody has edited AIC, after a deploy."""

    def ready(place: Workplace) -> None:
        place.deploy(branch)
        place.workspace(branch).edit(TITLE, salt="typed in AIC")

    return ready


def worked_on(place: Workplace) -> None:
    """There is a branch of somebody's."""
    place.person.branch("feature/pin-12", ref=STAGING)
    changed("feature/pin-12")(place)


def issued(place: Workplace) -> None:
    """There are seven issues, and an edit that resolves one."""
    for number in range(7):
        place.person.ask("POST", "/issues", title=f"Number {number + 1} is off")
    edited(DEVELOPMENT)(place)


def backed_up(place: Workplace) -> None:
    """And edited since."""
    place.deploy(PRODUCTION)
    place.command("backup", workspace=FUSION[PRODUCTION])
    changed(PRODUCTION)(place)
    place.deploy(PRODUCTION)


def deployed_twice(place: Workplace) -> None:
    """So that there is something to go back to."""
    place.deploy(PRODUCTION)
    changed(PRODUCTION)(place)
    place.deploy(PRODUCTION)


def deployed_everywhere(place: Workplace) -> None:
    """Production has something that staging has not."""
    deployed(place)
    changed(PRODUCTION)(place)
    place.deploy(PRODUCTION)


def deployed_on_staging(place: Workplace) -> None:
    """Something was written that can be tested."""
    place.deploy(STAGING)
    changed(STAGING)(place)
    place.deploy(STAGING)


def of_old(place: Workplace) -> None:
    """SQL that names a table without its dataset."""
    task = {"id": "T", "type": "SQL", "config": {"query": "select * from ORDERS"}}
    job = {"$id": "old", "title": TITLE, "stages": [{"tasks": [task]}], "variables": [], "sourceStage": {}}
    workspaces = [{"name": FUSION[STAGING], "jobs": [job]}, {"name": FUSION[PRODUCTION], "jobs": []}]
    seed = {"project": place.site.aic_project, "workspaces": workspaces, "datasets": {"STAGE": ["ORDERS"]}}
    wire.ask("POST", f"{place.aic_url}/__admin__/seed", json=seed)


def deployed_and(ready: Ready) -> Ready:
    """The same after a deploy of staging."""

    def both(place: Workplace) -> None:
        place.deploy(STAGING)
        ready(place)

    return both


def proposed(place: Workplace) -> None:
    """There is an open merge request."""
    place.propose(TITLE, edit=marked, branch="feature/pin-12", target=STAGING)


def as_it_is(_: Workplace) -> None:
    """Nothing is needed."""


CASES: Mapping[str, tuple[Ready, str]] = MappingProxyType(
    {
        "after_deploy": (deployed_on_staging, "running"),
        "backup": (as_it_is, "backed up on 2 drives"),
        "board": (deployed, "done"),
        "check": (as_it_is, "1 wrong"),
        "check_tokens": (as_it_is, "none ends soon"),
        "convert_datasets": (of_old, "done"),
        "copy_pipelines": (deployed_everywhere, "asked"),
        "create_feature_branch": (changed(DEVELOPMENT), "made"),
        "create_hotfix_branch": (edited(PRODUCTION), "made"),
        "create_merge_request": (worked_on, "proposed"),
        "create_release_branch": (changed(STAGING), "made"),
        "delete_interactive_branches": (as_it_is, "nothing"),
        "drill": (backed_up, "3 asked for"),
        "export": (as_it_is, "done"),
        "force_push": (edited(STAGING), "made"),
        "hello": (as_it_is, "made"),
        "help": (as_it_is, "promote"),
        "initialize_repository": (as_it_is, "made"),
        "list": (as_it_is, "2 pipelines"),
        "notify": (deployed, "trial"),
        "promote": (changed(STAGING), "proposed"),
        "push_feature": (edited(DEVELOPMENT), "proposed"),
        "push_interactive_branch": (worked_on, "done"),
        "redrive": (as_it_is, "nothing is kept"),
        "resolve_issue": (issued, "proposed"),
        "restore": (backed_up, "asked"),
        "rollback": (deployed_twice, "proposed"),
        "sweep": (changed(STAGING), "3 asked for"),
    }
)
"""What has to be there before each line, and how the log begins to say that it ended."""
MESSAGES: Mapping[str, tuple[Ready, Mapping[str, object], str]] = MappingProxyType(
    {
        posting.DEPLOY: (deployed_and(changed(STAGING)), {"branch": STAGING}, "deploy: deployed"),
        posting.PLAN: (proposed, {"merge_request": 1}, "plan: ready"),
        posting.SNAPSHOT: (edited(DEVELOPMENT), {"workspace": FUSION[DEVELOPMENT]}, "snapshot: captured"),
    }
)
"""The same of the other topics: what has to be there, the message, and what the log says."""
REWORDED = ("body", "updated_at")
"""What of a note another answer may change: it says then that all is there already."""
AGAIN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "drill": ("/proven/",),  # when a backup was read; each drill says so
        posting.DEPLOY: (".gitlab.notes",),  # that nothing was left to be done: whoever asked may not have heard before
        posting.PLAN: (".gitlab.statuses", ".gitlab.pipelines"),  # each look says when it was
    }
)
"""Where another delivery of the same message leaves something."""
ANEW: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "backup": (".bucket.", ".drives.", ".drive_files"),  # another one, under another name
        "board": (".bucket.", ".drives.", ".drive_files"),  # another page, under another name
        "force_push": (".gitlab.notes",),  # that of the commit says what gave way; the second answer stands beside it
        "notify": (".gitlab.notes", ".mail", ".slack"),  # another trial
        "restore": (".gitlab.notes", ".mail", ".slack"),  # another deploy, which finds all in place and tells so
        posting.SNAPSHOT: (".bucket.", ".drives.", ".drive_files"),  # another backup
    }
)
"""The same of a second question of somebody's, which is another one."""


def documented(name: str) -> dict[str, Any]:
    """The message of the workflow's line in docs/workflows.md."""
    found = [
        message
        for line, call in calls("gcloud")
        if line.page == ROOT / "docs/workflows.md" and call[:3] == ["pubsub", "topics", "publish"]
        for message in [json.loads(call[-1])]
        if message["workflow"] == name
    ]
    (message,) = found
    return dict(message)


def state(world: World, place: Workplace) -> dict[str, object]:
    """All that the project has: in GitLab, in AIC, on drives, and what people have heard."""
    site, stack = place.site, world.stack
    gitlab = wire.ask("GET", f"{stack.gitlab_url}/__admin__/dump", params={"hashes": "1"})["projects"][site.path]
    aic = wire.ask("GET", f"{stack.aic_url}/__admin__/dump")["workspaces"]
    stored = wire.ask("GET", f"{stack.storage_url}/__admin__/dump")["buckets"][BUCKET]["objects"]
    objects = {each["name"]: each for each in stored if each["name"].startswith(f"{site.aic_project}/")}
    notes = [{name: found for name, found in each.items() if name not in REWORDED} for each in gitlab["notes"]]
    return {
        "gitlab": {**gitlab, "notes": notes},
        "aic": {name: found for name, found in aic.items() if name.startswith(f"{site.aic_project}/")},
        "bucket": objects,
        "mail": len(world.letters(place)),
        "slack": len(world.posts(place)),
    }


def differences(before: object, after: object, place: str = "") -> list[str]:
    """Where the two differ, and what stands there now."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [*before, *(key for key in after if key not in before)]
        return [one for key in keys for one in differences(before.get(key), after.get(key), f"{place}.{key}")]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [one for number, (old, new) in pairs for one in differences(old, new, f"{place}[{number}]")]
    return [] if before == after else [f"{place}: {before} → {after}"]


def again(world: World, place: Workplace, topic: str, message: str) -> None:
    """Pub/Sub delivers the very same message once more."""
    (found,) = [each for each in place.queue.messages(topic) if each["message_id"] == message]
    body = {
        "message": {
            "data": base64.b64encode(found["data"].encode()).decode(),
            "messageId": message,
            "publishTime": found["publish_time"],
            "attributes": found["attributes"],
        },
        "subscription": f"projects/local/subscriptions/{topic}",
        "deliveryAttempt": 2,
    }
    url = world.stack.urls[topic.removeprefix("aic-")]
    assert wire.send("POST", f"{url}/", json=body).status_code == 204
    place.queue.settle()


def lines(world: World, topic: str, message: str) -> list[dict[str, Any]]:
    """What the function has said of the message, delivery by delivery."""
    records = world.stack.records(topic.removeprefix("aic-"))
    return [record for record in records if record.get("message_id") == message]


def twice(
    world: World, place: Workplace, topic: str, wanted: object, *, name: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Asks, has it delivered again, and asks again; the log's lines of the first message."""
    message = place.queue.publish(topic, wanted)
    place.queue.settle()
    once, known = state(world, place), AGAIN.get(name, ())
    again(world, place, topic, message)
    first, second = lines(world, topic, message)
    assert beside(known, once, state(world, place)) == []
    place.queue.publish(topic, wanted)
    place.queue.settle()
    assert beside((*known, *ANEW.get(name, ())), once, state(world, place)) == []
    return first, second


def beside(known: Sequence[str], before: object, after: object) -> list[str]:
    """The differences in other places than these."""
    return [each for each in differences(before, after) if not any(one in each.split(": ")[0] for one in known)]


def test_every_workflow_has_a_place_here() -> None:
    """Whoever adds one says what it needs."""
    assert set(CASES) == set(WORKFLOWS)
    assert {*ANEW, *AGAIN} <= {*WORKFLOWS, *MESSAGES}
    assert set(MESSAGES) == set(TOPICS)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_the_documented_line_is_answered_and_does_nothing_twice(world: World, name: str) -> None:
    """Neither where Pub/Sub delivers it again, nor where somebody sends it again."""
    place, (ready, said) = world.line(name), CASES[name]
    ready(place)
    wanted = documented(name)
    if "project" in wanted["parameters"]:
        wanted["parameters"]["project"] = place.site.path

    first, second = twice(world, place, posting.COMMAND, wanted, name=name)

    assert first["message"].partition(": ")[2].startswith(said)
    assert (first.get("reason") or "", first["by"]) == ("", "ann")
    assert (second.get("reason") or "", second["attempt"]) == ("", 2)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_message_of_another_topic_does_nothing_twice_either(world: World, topic: str) -> None:
    """The same."""
    place, (ready, wanted, said) = world.line(topic), MESSAGES[topic]
    ready(place)

    whole = {"project": place.site.path, **wanted, "by": "ann"}
    first, second = twice(world, place, topic, whole, name=topic)

    assert (first["message"], second["attempt"]) == (said, 2)
