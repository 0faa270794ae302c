"""gcloud itself publishes what people ask for by hand."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.contract.optional import needed
from tests.strangers.stand_in import served


@needed(shutil.which("gcloud") is not None, why="gcloud is not installed")
def test_gcloud_publishes_to_the_stand_in(tmp_path: Path) -> None:
    """The message arrives as it was written, with attributes and ordering key; the number that it prints is its id."""
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
        asked = ["--message", '{"branch": "ü"}', "--attribute", "a=b", "--ordering-key", "jobs"]
        command = ["gcloud", "pubsub", "topics", "publish", "aic-deploy", *asked]
        said = subprocess.run(command, env=settings, capture_output=True, text=True, timeout=120, check=False)

        assert said.returncode == 0, said.stderr
        (stored,) = pubsub.admin("GET", "messages?topic=aic-deploy")
        assert (stored["data"], stored["attributes"], stored["ordering_key"]) == ('{"branch": "ü"}', {"a": "b"}, "jobs")
        assert str(stored["message_id"]) in said.stdout
