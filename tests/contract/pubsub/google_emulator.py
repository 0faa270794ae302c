"""Google's own Pub/Sub emulator, where the Cloud SDK has it: what the stand-in must agree with."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.waiting import wait_for


def program() -> list[str]:
    """The command that starts it, empty when it or Java is not installed."""
    gcloud, java = shutil.which("gcloud"), shutil.which("java")
    root = os.environ.get("CLOUDSDK_ROOT_DIR") or (str(Path(gcloud).resolve().parent.parent) if gcloud else "")
    places = (Path(root), Path("/usr/lib/google-cloud-sdk"))
    jars = [jar for place in places for jar in place.glob("platform/pubsub-emulator/lib/cloud-pubsub-emulator-*.jar")]
    return [java, "-jar", str(jars[0])] if java and jars else []


@contextmanager
def running() -> Iterator[str]:
    """Its host and port, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with tempfile.TemporaryFile("w+") as log:
        command = [*program(), "--host=127.0.0.1", f"--port={port}"]
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(lambda: _listening(port), seconds=60)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
