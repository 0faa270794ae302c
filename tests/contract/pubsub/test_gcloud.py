"""gcloud itself publishes into the Pub/Sub stand-in, with the variables and the lines that the project prints."""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from emulators.pubsub import gcloud
from emulators.pubsub.process import Running
from tests.contract.optional import needed
from tests.contract.pubsub.brokers import Broker
from tests.contract.pubsub.ways import pushing
from tests.contract.receiver import Receiver

MESSAGE = {"project": "pin/pin-analytics", "branch": 'it\'s a "branch" with ümlaut'}

pytestmark = needed(shutil.which("gcloud") is not None, why="gcloud is not installed")


@pytest.fixture
def environment(stand: Running, tmp_path: Path) -> dict[str, str]:
    """No account and no home: only what the project sets, and where programs are."""
    stand.control.reset()
    return {"PATH": os.environ["PATH"], **gcloud.environment(stand.http_port, "demo", config=tmp_path)}


def output(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_gcloud_publishes_message_attributes_and_ordering_key(stand: Running, environment: dict[str, str]) -> None:
    """All that people can give on the command line arrives."""
    command = gcloud.publish_command("aic-deploy", MESSAGE, attributes={"k": "v", "origin": "me"}, ordering_key="K")
    done = output(command, environment)

    assert done.returncode == 0, done.stderr
    (stored,) = stand.exchange.published("aic-deploy")
    assert str(stored["message_id"]) in done.stdout
    assert stored["data"] == '{"project": "pin/pin-analytics", "branch": "it\'s a \\"branch\\" with ümlaut"}'
    assert (stored["attributes"], stored["ordering_key"]) == ({"k": "v", "origin": "me"}, "K")


def test_the_printed_line_works_in_a_shell(stand: Running, environment: dict[str, str]) -> None:
    """Quoting included; it needs nothing from the environment but the path of gcloud."""
    line = gcloud.publish_line(stand.http_port, "demo", "aic-snapshot", MESSAGE)
    bare = {name: environment[name] for name in ("PATH", "CLOUDSDK_CONFIG")}
    done = output(["sh", "-c", line], bare)

    assert done.returncode == 0, done.stderr
    assert [item["topic"] for item in stand.exchange.published()] == ["projects/demo/topics/aic-snapshot"]


def test_gcloud_publishes_to_either(broker: Broker, receiver: Receiver, tmp_path: Path) -> None:
    """To the stand-in and to Google's own emulator, by one command; it understands the refusals of both."""
    with broker.way("grpc") as way:
        way.subscribe("deploy-push", "aic-deploy", pushing(receiver))
    variables = gcloud.environment(broker.http_port, "demo", config=tmp_path)
    environment = {"PATH": os.environ["PATH"], **variables}
    command = gcloud.publish_command("aic-deploy", MESSAGE, attributes={"k": "v"}, ordering_key="K")
    done = output(command, environment)
    typo = output(gcloud.publish_command("aic-typo", MESSAGE), environment)

    assert done.returncode == 0, done.stderr
    (push,) = receiver.wait()
    assert push.body["message"]["messageId"] in done.stdout
    assert json.loads(base64.b64decode(push.body["message"]["data"])) == MESSAGE
    assert push.body["message"]["attributes"] == {"k": "v"}
    assert typo.returncode != 0
    assert "NOT_FOUND" in typo.stderr


def test_gcloud_makes_and_lists_topics_and_subscriptions(environment: dict[str, str]) -> None:
    """Its other Pub/Sub commands work as well."""
    pubsub = ["gcloud", "pubsub"]
    endpoint = "--push-endpoint=http://127.0.0.1:1/"
    create = ["subscriptions", "create", "mine-push", "--topic=mine", endpoint, "--enable-message-ordering"]
    for command in (["topics", "create", "mine"], create):
        done = output([*pubsub, *command], environment)
        assert done.returncode == 0, done.stderr
    listed = output([*pubsub, "subscriptions", "list", "--format=value(topic,pushConfig.pushEndpoint)"], environment)

    assert listed.stdout.split() == ["projects/demo/topics/mine", "http://127.0.0.1:1/"]
