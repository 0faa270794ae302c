"""Functions that die for good: what they left is taken back and told by the one that gets their dead letters."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from emulators.stack import child, functions, wire
from emulators.stack.site import Site
from emulators.stack.stack import Stack, started
from emulators.stack.waiting import until
from emulators.stack.workplace import Workplace, connect, prepare
from emulators.tour.facts import status
from tests.end_to_end.world import is_marked, marked

TITLES = ("Demographics", "ford rdd - v2 QA/Test")
SITE = Site("team/dying", "dying")
ENVIRONMENT = "aic/market-qa"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A service of this module's own, since its functions are killed."""
    with started(logs=tmp_path_factory.mktemp("logs")) as stack:
        stack.start_functions([SITE])
        yield stack


@pytest.fixture(scope="module")
def place(stack: Stack) -> Workplace:
    """Its project, whose branch is deployed, and half deployed again: the function was killed in the middle of it."""
    place = connect(stack, prepare(stack, SITE, pipelines=3))
    place.deploy()
    number = place.propose(*TITLES, edit=marked, branch="feature/deadly")
    second = place.workspace().pipelines()[TITLES[1]]["$id"]
    with _unwell(stack, rule={"kind": "503", "method": "PUT", "path": second}, milliseconds=300):
        place.person.merge(number)
        until(lambda: any(map(is_marked, place.workspace().pipelines().values())), what="the first write")
        _kill(stack, "deploy")
        assert [is_marked(place.workspace().pipelines()[title]) for title in TITLES] == [True, False]
    place.await_hook(number)
    return place


def test_a_deploy_whose_function_dies_at_every_delivery_is_taken_back_and_told(stack: Stack, place: Workplace) -> None:
    """On the merge request, the commit and the environment: nobody waits for it, and nothing of it is live."""
    head = place.person.head("develop")
    (note,) = place.person.notes(1)

    assert [is_marked(place.workspace().pipelines()[title]) for title in TITLES] == [False, False]
    assert "what had been written was put back" in note["body"]
    assert "its message was delivered 5 times" in note["body"]
    assert status(place, head)["status"] == "failed"
    assert [each["status"] for each in place.person.deployments(ENVIRONMENT)] == ["failed", "success"]
    (line,) = stack.records("dead_letter")
    assert (line["severity"], line["message"], line["reason"]) == ("ERROR", "dead letter: given-up", "dead-letter")
    assert (line["topic"], line["deliveries"], line["branch"]) == ("aic-deploy", 5, "develop")


def test_another_letter_of_the_same_message_does_nothing(stack: Stack, place: Workplace) -> None:
    """Pub/Sub may give up a message more than once, and deliver each letter more than once."""
    (letter,) = stack.queue.messages("aic-deploy-dead-letter")
    before = _world(stack)

    for _ in range(2):
        _publish(stack, letter)

    assert _world(stack) == before
    told = [line["message"] for line in stack.records("dead_letter") if line["topic"] == "aic-deploy"]
    assert told[1:] == ["dead letter: confirmed"] * 2
    assert len(place.person.notes(1)) == 1


def test_a_snapshot_whose_function_is_dead_is_told_on_the_newest_commit(stack: Stack, place: Workplace) -> None:
    """Once, whoever is told of it how often."""
    _kill(stack, "snapshot")
    place.snapshot(by="ann")

    (letter,) = stack.queue.messages("aic-snapshot-dead-letter")
    _publish(stack, letter)
    notes = [each["note"] for each in place.person.comments(place.person.head("develop"))]
    (found,) = [each for each in notes if "A snapshot was given up" in each]

    assert "Asked for by `ann`." in found
    assert "`aic-snapshot-dead-letter-kept`" in found
    told = [line["message"] for line in stack.records("dead_letter") if line["topic"] == "aic-snapshot"]
    assert told == ["dead letter: given-up", "dead letter: confirmed"]


def test_a_letter_that_nobody_understands_is_taken_and_told_in_the_log(stack: Stack, place: Workplace) -> None:
    """It must not come for ever."""
    place.queue.publish("aic-command-dead-letter", "{")
    place.queue.settle()

    line = stack.records("dead_letter")[-1]
    assert (line["severity"], line["message"], line["reason"]) == ("ERROR", "dead letter: unreadable", "letter-unknown")


def test_what_is_kept_is_looked_at_and_sent_once_more(stack: Stack, place: Workplace) -> None:
    """The merge is deployed by that, now that the function is there again; the letter is kept no longer."""
    asked = {"subscription": "aic-deploy-dead-letter-kept"}
    _revive(stack, "deploy")

    seen = _redriven(stack, place, {**asked, "dry_run": True})
    kept = place.queue.kept("aic-deploy")
    sent = _redriven(stack, place, asked)

    assert (seen["message"], kept) == ("redrive: 3 would be sent once more", 3)
    assert (sent["message"], place.queue.kept("aic-deploy")) == ("redrive: 3 sent once more", 0)
    assert [is_marked(place.workspace().pipelines()[title]) for title in TITLES] == [True, True]
    assert ["Deployed" in each["body"] for each in place.person.notes(1)] == [True]


def _redriven(stack: Stack, place: Workplace, parameters: Mapping[str, object]) -> dict[str, object]:
    """What the log says of it."""
    place.queue.publish("aic-command", {"workflow": "redrive", "parameters": parameters, "by": "ann"})
    place.queue.settle()
    return stack.records("command")[-1]


def _revive(stack: Stack, name: str) -> None:
    """Another instance answers where the killed one did."""
    port = int(stack.urls[name].rpartition(":")[2])
    logs = stack.log_file(name).parent
    running, _ = functions.start(name, port=port, environment=stack.environment([SITE]), logs=logs)
    stack.children.append(running)


def _kill(stack: Stack, name: str) -> None:
    """As an instance that runs out of memory ends."""
    (running,) = [each for each in stack.children if each.name == name]
    child.kill(running)


@contextmanager
def _unwell(stack: Stack, *, rule: dict[str, object], milliseconds: int) -> Iterator[None]:
    """AIC breaks the rule's calls, and takes that long for each answer."""
    admin = f"{stack.aic_url}/__admin__"
    wire.ask("PUT", f"{admin}/faults", json=[rule])
    wire.ask("PUT", f"{admin}/settings", json={"latency_ms": milliseconds})
    yield
    wire.ask("PUT", f"{admin}/settings", json={"latency_ms": 0})
    wire.ask("DELETE", f"{admin}/faults")


def _publish(stack: Stack, letter: dict[str, object]) -> None:
    """The same letter once more."""
    stack.queue.publish(str(letter["topic"]).rpartition("/")[2], letter["data"], attributes=letter["attributes"])  # type: ignore[arg-type]
    stack.queue.settle()


def _world(stack: Stack) -> object:
    """All that there is in GitLab and AIC."""
    return [wire.ask("GET", f"{url}/__admin__/dump") for url in (stack.gitlab_url, stack.aic_url)]
