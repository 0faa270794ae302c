"""What the pages tell people to publish: typed as it stands there, understood by the function that gets it."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from emulators.pubsub import gcloud
from emulators.pubsub.process import Running
from shared.domain.errors import Refused
from shared.domain.messages import command, deploy, plan, snapshot
from tests.contract.optional import needed
from tests.documented import PAGES, Line, calls, spans

READERS: Mapping[str, Callable[[bytes], object]] = {
    "aic-deploy": deploy.read,
    "aic-plan": plan.read,
    "aic-snapshot": snapshot.read,
    "aic-command": command.read,
}
PUBLISH = ["pubsub", "topics", "publish"]
LINES = {
    line.text: line
    for line, call in calls("gcloud")
    if call[:3] == PUBLISH and any(word.startswith("--message") for word in call)
}
SPANS = {text for page in PAGES for text in spans(page) if text.startswith('{"') and text.endswith("}")}
MESSAGES = sorted(text for text in SPANS if not text.endswith("…}"))  # which leaves the rest to the reader


def test_lines_and_messages_are_found() -> None:
    """The tests below would be content with none."""
    assert len(LINES) >= 4
    assert MESSAGES


@needed(shutil.which("gcloud") is not None, why="gcloud is not installed")
@pytest.mark.parametrize("line", LINES.values(), ids=str)
def test_every_documented_line_publishes_what_is_understood(line: Line, stand: Running, tmp_path: Path) -> None:
    """In a shell, by gcloud itself; nothing but its environment differs from what a person has."""
    stand.control.reset()
    environment = {"PATH": os.environ["PATH"], **gcloud.environment(stand.http_port, "demo", config=tmp_path)}
    done = subprocess.run(
        ["bash", "-euc", line.text], env=environment, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stderr
    (stored,) = stand.exchange.published()
    READERS[str(stored["topic"]).rsplit("/", 1)[-1]](str(stored["data"]).encode())


@pytest.mark.parametrize("text", MESSAGES)
def test_every_message_that_stands_in_a_text_is_understood(text: str) -> None:
    """By one of the functions at least; `…` and `<workspace>` are texts as good as others."""
    understood = [topic for topic, read in READERS.items() if _reads(read, text)]

    assert json.loads(text) == {} or understood


def _reads(read: Callable[[bytes], object], text: str) -> bool:
    try:
        read(text.encode())
    except Refused:
        return False
    return True
