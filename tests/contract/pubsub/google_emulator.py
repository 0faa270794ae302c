"""Google's own Pub/Sub emulator, where the Cloud SDK has it: what the stand-in must agree with."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.contract.optional import needed
from tests.waiting import wait_for


@dataclass(frozen=True, slots=True)
class Emulator:
    """`port` takes gRPC and HTTP."""

    port: int
    log: Path

    @property
    def address(self) -> str:
        """What `PUBSUB_EMULATOR_HOST` has to be."""
        return f"127.0.0.1:{self.port}"


def program() -> list[str]:
    """The command that starts it, empty when it or Java is not installed."""
    gcloud, java = shutil.which("gcloud"), shutil.which("java")
    root = os.environ.get("CLOUDSDK_ROOT_DIR") or (str(Path(gcloud).resolve().parent.parent) if gcloud else "")
    places = (Path(root), Path("/usr/lib/google-cloud-sdk"))
    jars = [jar for place in places for jar in place.glob("platform/pubsub-emulator/lib/cloud-pubsub-emulator-*.jar")]
    return [java, "-jar", str(jars[0])] if java and jars else []


needs_google_emulator = needed(bool(program()), why="Google's Pub/Sub emulator is not installed")


@contextmanager
def running() -> Iterator[Emulator]:
    """Without any topic, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        emulator = Emulator(port, Path(folder) / "log")
        command = [*program(), "--host=127.0.0.1", f"--port={port}"]
        with emulator.log.open("w") as log:
            process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(lambda: _listening(port), seconds=60)
            yield emulator
        finally:
            process.terminate()
            process.wait(timeout=30)


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
