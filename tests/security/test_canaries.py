"""SEC-09: after deploys of every ending, no secret is anywhere that people or systems look."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from emulators.stack import wire
from emulators.stack.aic import Config
from emulators.stack.gitlab import add_hook
from emulators.stack.site import Site
from emulators.stack.stack import Stack, started
from emulators.stack.workplace import Workplace, prepare
from tests.end_to_end.world import marked

TOKEN, OLD_TOKEN = "canary-hook-token-11aa", "canary-old-hook-token-22bb"
SIGNING_TOKEN = "whsec_Y2FuYXJ5LXNpZ25pbmcta2V5LW9mLTMyLWJ5dGVzLTI="
SECRETS = {
    "SECRET_GITLAB_TOKEN": "canary-gitlab-token-33cc",
    "SECRET_AIC_API_KEY": "canary-aic-key-44dd",
    "SECRET_GITLAB_WEBHOOK_TOKEN": f"{TOKEN}\n{OLD_TOKEN}",
    "SECRET_GITLAB_SIGNING_TOKEN": SIGNING_TOKEN,
}
CANARIES = [line for value in SECRETS.values() for line in value.splitlines()]
TITLE, OTHER = "Demographics", "Customer Loyalty"


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What there is to be read after all the deploys, by place."""

    outcomes: set[object]
    texts: dict[str, str]


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    """A success, a refusal, a conflict, an AIC and a GitLab that fail, and secrets where they don't belong."""
    with started(logs=tmp_path_factory.mktemp("logs")) as stack:
        place = prepare(stack, Site("team/canaries", "canaries"), pipelines=3)
        stack.start_functions([place.site], extra=SECRETS)
        url = f"{stack.urls['webhook']}/"
        hook = add_hook(place.person, url, token=TOKEN, signing_token=SIGNING_TOKEN)
        place = replace(place, hook=hook)
        _live(place, stack)
        logs = {name: stack.log(name) for name in ("webhook", "deploy")}
        yield Aftermath(
            {record.get("outcome") or record.get("reason") for record in stack.records("deploy")},
            {**logs, **_answers(place, stack), "answer of the webhook": _knock(url)},
        )


def _live(place: Workplace, stack: Stack) -> None:
    place.deploy(by="somebody")
    place.merge(place.propose(TITLE, edit=marked, branch="feature/success"))
    place.merge(place.propose_files({f"config/{OTHER}.json": "{"}, branch="feature/refusal"))
    place.merge(place.propose_files({f"config/{OTHER}.json": None}, branch="feature/mended"))
    for system, method in ((stack.aic_url, "PUT"), (stack.gitlab_url, "POST")):
        for kind in ("500", "malformed", "401"):
            _fail(place, f"{system}/__admin__/faults", rule={"kind": kind, "method": method, "times": 2})
    place.workspace().edit(TITLE, salt="by hand")
    place.merge(place.propose(TITLE, edit=lambda config: config | {"variables": []}, branch="feature/conflict"))
    place.queue.publish("aic-deploy", {"project": place.site.path, "branch": "develop", "token": TOKEN})
    place.queue.publish("aic-deploy", {"project": "no/such", "branch": "develop"})
    place.queue.settle()


def _fail(place: Workplace, faults: str, *, rule: dict[str, object]) -> None:
    """A deploy with something to write, while one of the systems takes no writes in one way."""
    place.person.commit("develop", {f"config/{TITLE}.json": json.dumps(_changed(place, rule))}, message="Change")
    wire.ask("PUT", faults, json=[rule])
    place.deploy()
    wire.ask("DELETE", faults)


def _changed(place: Workplace, rule: dict[str, object]) -> Config:
    return place.config(TITLE) | {"variables": [{"id": rule["kind"], "value": rule["method"]}]}


def _answers(place: Workplace, stack: Stack) -> dict[str, str]:
    """Everything that the two systems and Pub/Sub hold. What people published is theirs, so it is left out."""
    messages = [each for each in stack.queue.messages("aic-deploy") if each["attributes"]]
    return {
        "gitlab": json.dumps(wire.ask("GET", f"{stack.gitlab_url}/__admin__/dump?contents=1")),
        "aic": json.dumps(wire.ask("GET", f"{stack.aic_url}/__admin__/dump")),
        "hook deliveries": json.dumps(place.person.ask("GET", "/hooks/1/events?per_page=100")),
        "messages": json.dumps(messages),
    }


def _knock(url: str) -> str:
    answers = [
        wire.send("POST", url, content=b"{}", headers={"X-Gitlab-Token": token}) for token in (*CANARIES[:2], TOKEN)
    ]
    return "".join(f"{answer.status_code} {answer.headers} {answer.text}" for answer in answers)


def test_all_endings_were_there(aftermath: Aftermath) -> None:
    """Otherwise the search below would prove little."""
    assert {"unchanged", "deployed", "refused", "conflict", "message-invalid", "project-unknown"} <= aftermath.outcomes
    assert any(str(outcome).startswith("aic-") for outcome in aftermath.outcomes)
    assert any(str(outcome).startswith("gitlab-") for outcome in aftermath.outcomes)


@pytest.mark.parametrize("canary", CANARIES)
def test_no_secret_is_to_be_read_anywhere(aftermath: Aftermath, canary: str) -> None:
    """SEC-09: not in logs, notes, statuses, records, messages, hook deliveries or answers."""
    assert [place for place, text in aftermath.texts.items() if canary in text] == []


def test_a_leak_would_be_found(aftermath: Aftermath) -> None:
    """The places searched do hold what deploys wrote."""
    found = {place for place, text in aftermath.texts.items() if "team/canaries" in text}

    assert {"webhook", "deploy", "gitlab", "messages", "hook deliveries"} <= found
    assert "Not deployed to" in aftermath.texts["gitlab"]
