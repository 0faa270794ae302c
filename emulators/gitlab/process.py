"""The process `python -m emulators gitlab`."""

import argparse
import tempfile
import threading
from pathlib import Path

from emulators.gitlab.app import start
from emulators.server import announce


def run(arguments: argparse.Namespace) -> int:
    """Serves until the process is told to end; without `--data` the repositories go with it."""
    with tempfile.TemporaryDirectory(prefix="gitlab-") as temporary:
        data = Path(arguments.data or temporary) / "repositories"
        with start(data, port=arguments.port) as running:
            announce(port=running.port)
            threading.Event().wait()
    return 0
