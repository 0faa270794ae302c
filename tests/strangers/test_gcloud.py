"""gcloud itself publishes what people ask for by hand."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from tests.contract.optional import needed
from tests.strangers.stand_in import served

SUBSCRIPTION = "aic-deploy-dead-letter-kept"


@needed(shutil.which("gcloud") is not None, why="gcloud is not installed")
def test_gcloud_publishes_to_the_stand_in_and_pulls_from_it(tmp_path: Path) -> None:
    """The message arrives as it was written, with attributes and ordering key; the number that it prints is its id.

    What a subscription keeps is pulled, acknowledged and given back by the lines that people type.
    """
    with served("pubsub") as pubsub:
        settings = {
            "PATH": os.environ["PATH"],
            "NO_PROXY": "127.0.0.1",
            "CLOUDSDK_CONFIG": str(tmp_path),
            "CLOUDSDK_CORE_PROJECT": "demo",
            "CLOUDSDK_CORE_CHECK_GCE_METADATA": "false",
            "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true",
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB": f"{pubsub.url}/",
        }

        def gcloud(*words: str) -> str:
            command = ["gcloud", "pubsub", *words]
            said = subprocess.run(command, env=settings, capture_output=True, text=True, timeout=120, check=False)
            assert said.returncode == 0, said.stderr
            return said.stdout

        gcloud("subscriptions", "create", SUBSCRIPTION, "--topic", "aic-deploy", "--ack-deadline", "600")
        asked = ["--message", '{"branch": "ü"}', "--attribute", "a=b", "--ordering-key", "jobs"]
        said = gcloud("topics", "publish", "aic-deploy", *asked)
        (stored,) = pubsub.admin("GET", "messages?topic=aic-deploy")
        assert (stored["data"], stored["attributes"], stored["ordering_key"]) == ('{"branch": "ü"}', {"a": "b"}, "jobs")
        assert str(stored["message_id"]) in said

        pull = ("subscriptions", "pull", SUBSCRIPTION, "--limit=10")
        (kept,) = json.loads(gcloud(*pull, "--format=json"))
        leased = json.loads(gcloud(*pull, "--format=json"))
        gcloud(
            "subscriptions",
            "modify-message-ack-deadline",
            SUBSCRIPTION,
            f"--ack-ids={kept['ackId']}",
            "--ack-deadline=0",
        )
        again = json.loads(gcloud(*pull, "--auto-ack", "--format=json"))

        assert (kept["message"]["messageId"], leased) == (stored["message_id"], [])
        assert [each["message"]["messageId"] for each in again] == [stored["message_id"]]
        assert json.loads(gcloud(*pull, "--format=json")) == []
