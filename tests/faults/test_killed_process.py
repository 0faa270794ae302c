"""The real process of `deploy` is killed, or asked to end, in the middle of a deploy: the next delivery finishes it."""

import base64
import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from emulators.stack import child, functions, wire
from emulators.stack.child import Child
from emulators.stack.site import Site
from emulators.stack.stack import started
from emulators.stack.workplace import Workplace, prepare
from tests.end_to_end.world import is_marked, marked
from tests.faults import gate
from tests.faults.gate import Gate
from tests.faults.sampling import FULL

SITE = Site("team/killed", "killed")
ENVIRONMENT = "aic/market-qa"
TITLES = ("Demographics", "ford rdd - v2 QA/Test")
POINTS = 20
"""Two for each other request that a deploy of two pipelines makes: before it has its effect, or after it."""
ENDS = {"killed": signal.SIGKILL, "asked to end": signal.SIGTERM}
CASES = [(point, how) for point in range(POINTS) for how in ENDS if FULL or (how == "killed") == (point % 2 == 0)]
"""At each point one way to end; both with FAULTS_FULL=1."""
LAST = 5


@dataclass
class Killing:
    """One project, a gate before both systems, and one process of `deploy` after another."""

    place: Workplace
    gate: Gate
    environment: dict[str, str]
    logs: Path
    running: list[Child] = field(default_factory=list)
    url: str = ""
    merges: int = 0

    def start(self) -> None:
        """A process that serves."""
        process, self.url = functions.start("deploy", port=0, environment=self.environment, logs=self.logs)
        self.running.append(process)

    def merge(self) -> int:
        """A merge request that changes both pipelines, merged without a hook; its number."""
        self.merges += 1
        number = self.place.propose(*TITLES, edit=self._edited, branch=f"feature/{self.merges}")
        self.place.person.merge(number)
        return number

    def deliver(self, number: int) -> bool:
        """The message of the merge, again and again until it is acknowledged; whether the first time was enough."""
        for attempt in range(1, LAST + 1):
            if self.running[-1].process.poll() is not None:
                self.start()
            if self._pushed(number, attempt):
                return attempt == 1
        raise AssertionError(f"never acknowledged:\n{self.running[-1].text()[-2000:]}")

    def end(self, how: signal.Signals) -> bool:
        """Whether the process may go on for a while."""
        process = self.running[-1].process
        if how is signal.SIGTERM:
            process.terminate()
            return True
        os.killpg(process.pid, how)
        process.wait()
        return False

    def _edited(self, config: dict[str, object]) -> dict[str, object]:
        change = {"id": f"CHANGE_{self.merges}", "value": "made by a test"}
        variables = config["variables"]
        assert isinstance(variables, list)
        return marked({**config, "variables": [*(each for each in variables if each["id"] == "none"), change]})

    def _pushed(self, number: int, attempt: int) -> bool:
        data = base64.b64encode(json.dumps({"project": SITE.path, "branch": "develop"}).encode()).decode()
        attributes = {"origin": "webhook", "merge_request": str(number)}
        message = {"data": data, "attributes": attributes, "messageId": str(number)}
        try:
            answer = wire.send("POST", self.url, json={"message": message, "deliveryAttempt": attempt})
        except httpx.TransportError:
            self.running[-1].process.wait(60)
            return False
        return answer.status_code == 204


@pytest.fixture(scope="module")
def killing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killing]:
    """Stand-ins, a project that is deployed once, and a process that has done it."""
    logs = tmp_path_factory.mktemp("logs")
    with started(logs=logs) as stack, gate.opened({"gitlab": stack.gitlab_url, "aic": stack.aic_url}) as way:
        place = prepare(stack, SITE, pipelines=3)
        aic = f"{way.urls['aic']}/apis/core/v1"
        environment = stack.environment([SITE]) | {
            "GITLAB_URL": way.urls["gitlab"],
            "AIC_URL_PROD": aic,
            "AIC_URL_QA": aic,
        }
        world = Killing(place, way, environment, logs)
        world.start()
        try:
            assert world.deliver(0)
            yield world
        finally:
            child.stop(world.running)


@pytest.mark.parametrize(("point", "how"), CASES)
def test_a_process_that_ends_in_the_middle_is_followed_by_one_that_finishes(
    killing: Killing, point: int, how: str
) -> None:
    """Contents, record, status and one note, as if nothing had been; other pipelines are not touched."""
    before = killing.place.workspace().pipelines()
    number = killing.merge()
    killing.gate.stop(1 + 3 * (point // 2) + point % 3, after=point % 4 > 1, act=lambda: killing.end(ENDS[how]))

    at_once = killing.deliver(number)

    _check(killing, number, before)
    if how == "killed":
        assert not at_once
    else:
        killing.running[-1 if at_once else -2].process.wait(60)


def _check(killing: Killing, number: int, before: dict[str, dict[str, object]]) -> None:
    person, after = killing.place.person, killing.place.workspace().pipelines()
    wanted = {title: killing.place.config(title) for title in TITLES}
    assert {title: after[title]["variables"] for title in TITLES} == {
        title: config["variables"] for title, config in wanted.items()
    }
    assert all(is_marked(after[title]) for title in TITLES)
    assert {title for title in after if after[title] != before.get(title)} == set(TITLES)
    records = person.deployments(ENVIRONMENT)
    head = person.head("develop")
    assert (records[0]["sha"], records[0]["status"]) == (head, "success")
    assert "running" not in {record["status"] for record in records}
    assert ["### ✅ Deployed" in note["body"] for note in person.notes(number)] == [True]
    assert [("⏳" in each["note"]) for each in person.comments(head)] in ([], [False])
    assert [each["status"] for each in person.statuses(head) if each["name"] == "aic/deploy"] == ["success"]
