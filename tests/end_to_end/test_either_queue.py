"""The functions run on the stand-in of Pub/Sub and on Google's own emulator: one setting says on which."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from google.cloud.pubsub_v1 import PublisherClient, SubscriberClient

from emulators.stack.site import Site
from emulators.stack.stack import started
from emulators.stack.waiting import until
from emulators.stack.workplace import Workplace, connect, prepare
from emulators.tour.facts import status
from tests.contract.pubsub import brokers
from tests.contract.pubsub.brokers import Broker
from tests.contract.pubsub.google_emulator import needs_google_emulator
from tests.end_to_end import queues
from tests.end_to_end.world import is_marked, marked

SITE = Site("team/either", "either")
TITLE = "Demographics"


@pytest.mark.parametrize(
    "queue", [brokers.ours, pytest.param(brokers.googles, marks=needs_google_emulator)], ids=["ours", "google"]
)
def test_a_merge_is_deployed_through_either_queue(
    queue: Callable[[], AbstractContextManager[Broker]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hook, webhook, queue, push, deploy, note; topic and push subscription are made by Google's client library."""
    with started(logs=tmp_path) as stack, queue() as broker:
        monkeypatch.setenv("PUBSUB_EMULATOR_HOST", broker.address)
        place = prepare(stack, SITE, pipelines=2)
        with SubscriberClient() as subscriber, PublisherClient() as publisher:
            topic = queues.topic(publisher)
            stack.start_functions([SITE], extra={"PUBSUB_EMULATOR_HOST": broker.address})
            queues.push(subscriber, topic, stack.urls["deploy"])
            request = json.dumps({"project": SITE.path, "branch": "develop"}).encode()
            message = publisher.publish(topic, request).result(timeout=30)
            queues.await_delivery(stack, message)
        number = _merged(connect(stack, place))
        until(lambda: place.person.notes(number), what="the note of the deploy")

        (note,) = place.person.notes(number)
        assert "Deployed" in note["body"]
        assert is_marked(place.workspace().pipelines()[TITLE])
        until(lambda: status(place, place.person.head("develop")).get("status") == "success", what="the status")
        assert stack.queue.messages("aic-deploy") == []


def _merged(place: Workplace) -> int:
    number = place.propose(TITLE, edit=marked, branch="feature/change")
    place.person.merge(number)
    return number
