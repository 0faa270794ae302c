"""The main job by what is deployed: GitLab's hook or a person with gcloud, Google's Pub/Sub emulator, the archive."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from google.cloud.pubsub_v1 import PublisherClient, SubscriberClient

from emulators.pubsub import gcloud
from emulators.stack.child import Code
from emulators.stack.functions import GOOGLE_PROJECT
from emulators.stack.site import Site
from emulators.stack.stack import Stack, started
from emulators.stack.waiting import until
from emulators.stack.workplace import Workplace, connect, prepare
from tests.contract.optional import needed
from tests.contract.pubsub import google_emulator
from tests.contract.pubsub.google_emulator import Emulator, needs_google_emulator
from tests.deployed.archive import ran
from tests.end_to_end import queues
from tests.end_to_end.world import is_marked, marked
from tests.terraform import needs_terraform

pytestmark = [needs_terraform, needs_google_emulator]

SITE = Site("team/deployed", "deployed")
TITLE, OTHER = "Demographics", "ford rdd - v2 QA/Test"


@needed(shutil.which("gcloud") is not None, why="gcloud is not installed")
def test_a_merge_is_deployed_by_its_hook_and_by_gcloud(
    code: Code, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First by what GitLab sends; then a commit that no hook tells of, by the line that people type."""
    with deployed(code, tmp_path, monkeypatch) as (stack, emulator, place):
        number = place.propose(TITLE, edit=marked, branch="feature/change")
        place.person.merge(number)
        until(lambda: place.person.notes(number), what="the note of the deploy")

        assert "Deployed" in place.person.notes(number)[0]["body"]
        live = place.workspace().pipelines()
        assert (is_marked(live[TITLE]), is_marked(live[OTHER])) == (True, False)

        path = f"config/{OTHER}.json"
        place.person.commit("develop", {path: place.files(marked(place.config(OTHER)))[path]}, message="By hand")
        queues.await_delivery(stack, published(emulator, tmp_path))

        assert is_marked(place.workspace().pipelines()[OTHER])


@contextmanager
def deployed(code: Code, logs: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Stack, Emulator, Workplace]]:
    """The functions of the archive on Google's emulator, and a branch that was deployed once."""
    with started(logs=logs) as stack, google_emulator.running() as emulator:
        monkeypatch.setenv("PUBSUB_EMULATOR_HOST", emulator.address)
        place = prepare(stack, SITE, pipelines=3)
        with SubscriberClient() as subscriber, PublisherClient() as publisher:
            topic = queues.topic(publisher)
            stack.start_functions([SITE], extra={"PUBSUB_EMULATOR_HOST": emulator.address}, code=code)
            queues.push(subscriber, topic, stack.urls["deploy"])
        queues.await_delivery(stack, published(emulator, logs))
        yield stack, emulator, connect(stack, place)


def published(emulator: Emulator, folder: Path) -> str:
    """Asks for a deploy of develop with gcloud; the id of the message that it prints."""
    variables = gcloud.environment(emulator.port, GOOGLE_PROJECT, config=folder / "gcloud")
    told = [f"{name}={value}" for name, value in {"PATH": os.environ["PATH"], **variables}.items()]
    command = gcloud.publish_command("aic-deploy", {"project": SITE.path, "branch": "develop", "by": "ann"})
    return ran(folder, "env", "-i", *told, *command, "--format=value(messageIds[0])").strip()
