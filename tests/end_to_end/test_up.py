"""`up`, as its own process, used by what it prints."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from emulators.stack.child import ROOT
from emulators.stack.functions import TARGETS
from emulators.stack.queue import Queue
from emulators.stack.waiting import until
from tests.contract.optional import needed

gcloud = needed(shutil.which("gcloud") is not None, why="needs the gcloud command")
END = "Ctrl-C ends everything."


@contextmanager
def up(output: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The process, and what it has printed once it is ready."""
    with (
        output.open("wb") as file,
        subprocess.Popen(
            [sys.executable, "-m", "emulators", "up"], cwd=ROOT, stdout=file, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            until(lambda: END in output.read_text() or process.poll() is not None, what="up", seconds=60)
            yield process, output.read_text()
        finally:
            process.kill()


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with up(tmp_path_factory.mktemp("up") / "output") as (process, text):
        yield text
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def shell(lines: str, **environment: str) -> str:
    """The output of the lines in another shell."""
    ended = subprocess.run(
        ["bash", "-euc", lines], env=os.environ | environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def paragraph(text: str, heading: str) -> str:
    """What stands below the line that begins like this, up to the next empty line."""
    return text.split(heading, 1)[1].split("\n\n")[1]


def test_the_curl_line_works_as_printed(printed: str) -> None:
    """It publishes a request, which deploy then carries out."""
    answer = shell(paragraph(printed, "… or with curl"))

    number = re.findall(r"[0-9]{5,}", answer)[0]
    log = Path(re.findall(r"\S+deploy\.log", printed)[0])
    until(lambda: f'"message_id": "{number}"' in log.read_text(), what="the deploy")


@gcloud
def test_the_gcloud_line_works_as_printed(printed: str, tmp_path: Path) -> None:
    """The same, with the command of Google."""
    answer = shell(paragraph(printed, "Ask for a deploy, with gcloud"), CLOUDSDK_CONFIG=str(tmp_path))

    number = re.findall(r"[0-9]{5,}", answer)[0]
    log = Path(re.findall(r"\S+deploy\.log", printed)[0])
    until(lambda: f'"message_id": "{number}"' in log.read_text(), what="the deploy")


@gcloud
@pytest.mark.parametrize(
    ("heading", "function"),
    [("Play the colleague", "snapshot"), ("Take the newest change", "command"), ("Nothing runs", "command")],
)
def test_the_other_gcloud_lines_work_as_printed(printed: str, tmp_path: Path, heading: str, function: str) -> None:
    """Each reaches its function."""
    answer = shell(paragraph(printed, heading), CLOUDSDK_CONFIG=str(tmp_path))

    number = re.findall(r"[0-9]{5,}", answer)[0]
    log = Path(re.findall(rf"\S+{function}\.log", printed)[0])
    until(lambda: f'"message_id": "{number}"' in log.read_text(), what=f"the line of {function}")


def test_the_pages_that_it_names_are_there(printed: str) -> None:
    """And the project can be cloned from the address beside them."""
    pages = re.findall(r"pages +(http://\S+)", printed)

    assert len(pages) == 2
    assert [httpx.get(page).status_code for page in pages] == [200, 200]
    address = re.findall(r"git clone +http://(\S+)", printed)[0]
    assert "refs/heads/develop" in shell(f"git ls-remote http://you:any@{address}")


def test_aics_pages_are_where_it_says(printed: str) -> None:
    """Where a person plays the colleague who edits by hand."""
    page = re.findall(r"AIC's pages +(\S+)", printed)[0]

    assert "Market QA" in shell(f"curl -sS {page}")


def test_the_lines_to_try_change_a_pipeline(printed: str) -> None:
    """Branch, commit, merge request, merge: the note and the record that they show at the end are those of a deploy."""
    answer = shell(paragraph(printed, "Try this"))

    assert "Deployed to `Market QA`" in answer
    assert "`Demographics` | updated" in answer
    assert '"status":"success"' in answer.splitlines()[-1]


def test_when_it_is_killed_its_processes_end_too(tmp_path: Path) -> None:
    """Nothing is left on the machine, even when there was no time to clean up."""
    with up(tmp_path / "output") as (process, text):
        queue = Queue(re.findall(r"Pub/Sub +(http://\S+)/v1", text)[0], "local-gitops")
        queue.settle()
        begun = below(process.pid)
        process.kill()
        process.wait()

        assert len(begun) > len(TARGETS)
        until(lambda: not begun & running().keys(), what="all processes to end", seconds=60)


def below(ancestor: int) -> set[int]:
    """The processes that came of one."""
    found, parents = {ancestor}, running()
    while more := {each for each, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {ancestor}


def running() -> dict[int, int]:
    """Every process that has not ended, with its parent. Ports say less: others take those that are free again."""
    found = dict[int, int]()
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = file.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                found[int(file.parent.name)] = int(parent)
    return found
