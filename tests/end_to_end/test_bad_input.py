"""Whatever is wrong in a message is told in the log, with what is known, and nothing is done: of every workflow and
topic, over real sockets. Nobody has to remember a new one: the parameters are read off its dataclass."""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any

import pytest

from emulators.stack import traffic, wire
from shared.domain import posting, schema
from shared.domain.messages.command import WORKFLOWS
from shared.domain.messages.deploy import DeployRequest
from shared.domain.messages.plan import PlanRequest
from shared.domain.messages.snapshot import SnapshotRequest
from tests.end_to_end.world import TOPICS, World
from tests.workflow_page import EXAMPLES

CANARY = "canary-7c1f"
ODD = [[CANARY]]
"""No parameter is a list of lists."""
FORMS: Mapping[str, tuple[type, Mapping[str, object]]] = {
    posting.DEPLOY: (DeployRequest, {"project": "pin/fusion", "branch": "develop"}),
    posting.PLAN: (PlanRequest, {"project": "pin/fusion", "merge_request": 1}),
    posting.SNAPSHOT: (SnapshotRequest, {"project": "pin/fusion", "workspace": "PIN FUSION 2.0 QA"}),
}


def mistakes(form: type, good: Mapping[str, object], place: str) -> Iterator[tuple[dict[str, object], str]]:
    """Parameters with one mistake in each, and what must be said of it."""
    known = ", ".join(schema.keys(form))
    yield {**good, "no_such": CANARY}, f"`{place}no_such` is not known (known: {known})"
    for each in fields(form):
        key = schema.key(each)
        if each.default is MISSING:
            yield {name: value for name, value in good.items() if name != key}, f"`{place}{key}` is missing"
        yield {**good, key: ODD}, f"`{place}{key}"


def refused(world: World, topic: str, messages: list[object]) -> list[dict[str, Any]]:
    """What the log says of each message; a second delivery of it says the same."""
    queue, name = world.stack.queue, topic.removeprefix("aic-")
    sent = [queue.publish(topic, each) for each in messages]
    queue.settle()
    _again(f"{world.stack.urls[name]}/", sent[0], messages[0])
    found = [record for record in world.stack.records(name) if record.get("message_id") in sent]
    by_message = {each: [record for record in found if record["message_id"] == each] for each in sent}
    assert [len(each) for each in by_message.values()] == [2, *[1] * (len(sent) - 1)]
    return [each[-1] for each in by_message.values()]


def _again(url: str, message: str, said: object) -> None:
    """The very same message; it is turned down for good, so that Pub/Sub would not come a third time by itself."""
    data = base64.b64encode(json.dumps(said).encode()).decode()
    body = {"message": {"data": data, "messageId": message}, "subscription": "x", "deliveryAttempt": 2}
    assert wire.send("POST", url, json=body).status_code == 204


def check(world: World, topic: str, cases: list[tuple[object, str]]) -> None:
    """Each is refused with its sentence, which quotes no value, and nobody writes anything."""
    for url in (world.stack.gitlab_url, world.stack.aic_url):
        traffic.restart(url)

    found = refused(world, topic, [message for message, _ in cases])

    assert {each["reason"] for each in found} == {"message-invalid"}
    assert [
        f"{sentence} in {each['detail']}"
        for each, (_, sentence) in zip(found, cases, strict=True)
        if sentence not in str(each["detail"])
    ] == []
    assert not any(CANARY in json.dumps(each) for each in found)
    assert [traffic.requests(url) for url in (world.stack.gitlab_url, world.stack.aic_url)] == [{}, {}]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_mistake_in_a_workflows_parameters_is_named(world: World, name: str) -> None:
    """One that is unknown, one that is missing, and one of the wrong type: each parameter in its turn."""
    cases = [
        ({"workflow": name, "parameters": parameters, "by": "ann"}, sentence)
        for parameters, sentence in mistakes(WORKFLOWS[name], EXAMPLES[name], "parameters.")
    ]

    check(world, posting.COMMAND, [*cases, ({"workflow": name, "parameters": [CANARY]}, "must be one JSON object")])


@pytest.mark.parametrize("topic", FORMS)
def test_a_mistake_in_a_message_of_another_topic_is_named(world: World, topic: str) -> None:
    """The same; these have no envelope of their own."""
    form, good = FORMS[topic]

    check(world, topic, list(mistakes(form, good, "")))


def test_what_is_no_message_at_all_is_named(world: World) -> None:
    """Neither JSON, nor an object, nor a workflow that there is."""
    known = ", ".join(sorted(WORKFLOWS))
    cases: list[tuple[object, str]] = [
        ({"workflow": CANARY[:6]}, f"(known: {known})"),
        ({"workflow": "help", CANARY[:6]: 1}, "(known: workflow, parameters, by)"),
        ([CANARY], "must be one JSON object"),
        ({"parameters": {}}, "`workflow` is missing"),
    ]

    check(world, posting.COMMAND, cases)


def test_every_topic_has_its_form_here() -> None:
    """Whoever adds one says what its messages may say."""
    assert set(FORMS) == set(TOPICS)
