"""The service with stand-ins around it, run in the project's own environment: says where they are, and stays."""

import signal
import sys
import tempfile
import threading
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from emulators.server import announce
from emulators.stack.site import Site
from emulators.stack.stack import started

SITE = Site(
    "pin/pin-analytics/jobs",
    "pin-fusion",
    MappingProxyType({"main": "ProductionWorkspace", "staging": "QAWorkspace", "dev": "DevWorkspace"}),
)


def main() -> None:
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(0))
    with tempfile.TemporaryDirectory() as logs, started(logs=Path(logs)) as stack:
        stack.start_functions([SITE])
        urls = {"gitlab": stack.gitlab_url, "aic": stack.aic_url, "pubsub": stack.queue.url, **stack.urls}
        announce(**{name: urlsplit(url).port or 0 for name, url in urls.items()})
        threading.Event().wait()


if __name__ == "__main__":
    main()
