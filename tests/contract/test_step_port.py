"""What every `ports.Step` promises to the flows: the fake of the tests, and a process."""

import os
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from shared.adapters import step as adapter
from shared.adapters.clock import SystemClock
from shared.adapters.step import ROOT, ProcessStep
from shared.deadline import Deadline
from shared.domain.errors import Permanent, Refused, Transient
from shared.ports.step import Step
from tests.fake_step import FakeStep
from tests.waiting import wait_for

GIVEN = {"a": {"title": "a", "stages": [], "variables": [{"id": "Z"}, {"id": "B"}]}}
RULES = """
import os, subprocess, sys, time

def tidy(pipelines):
    print("nobody hears this")
    for config in pipelines.values():
        config["variables"].sort(key=lambda each: each["id"])
    return pipelines

def no(pipelines):
    return "not  `today`:\\n password = 'hunter2hunter2'"

def breaks(pipelines):
    raise KeyError(str(pipelines))

def ends(pipelines):
    os._exit(0)

def leaves(pipelines):
    sys.exit("canary")

def odd(pipelines):
    return {"a": {1, 2}}

def nan(pipelines):
    return {"a": float("nan")}

def sees(pipelines):
    return {"environment": dict(os.environ), "folder": os.getcwd()}

def sleeps(pipelines):
    child = subprocess.Popen(["sleep", "600"])
    with open("child", "w") as file:
        file.write(str(child.pid))
    time.sleep(600)
"""


def written(folder: Path, text: str) -> Path:
    """A folder as it is deployed, with a step in it."""
    (folder / "steps").mkdir()
    (folder / "steps/rules.py").write_text(text, encoding="utf-8")
    (folder / "shared").symlink_to(ROOT / "shared")
    return folder


def process(folder: Path, name: str, *, seconds: float = 30, within: float = 60) -> ProcessStep:
    deadline = Deadline.within(SystemClock(), seconds=within)
    return ProcessStep(f"steps.rules:{name}", seconds=seconds, deadline=deadline, root=folder)


def in_memory(_folder: Path, name: str) -> Step:
    scope: dict[str, Callable[[object], object]] = {}
    exec(RULES, scope)  # noqa: S102 - the very same functions
    return FakeStep(scope[name], name=f"steps.rules:{name}")


KINDS: Mapping[type[Step], Callable[[Path, str], Step]] = {
    FakeStep: in_memory,
    ProcessStep: lambda folder, name: process(written(folder, RULES), name),
}


@pytest.fixture(params=KINDS, ids=["fake", "process"])
def kind(request: pytest.FixtureRequest) -> type[Step]:
    found: type[Step] = request.param
    return found


def test_it_makes_something_of_the_pipelines_and_leaves_ours_alone(kind: type[Step], tmp_path: Path) -> None:
    """What it prints goes nowhere."""
    step = KINDS[kind](tmp_path, "tidy")

    assert (type(step), step.name) == (kind, "steps.rules:tidy")
    assert step.apply(GIVEN) == {"a": {**GIVEN["a"], "variables": [{"id": "B"}, {"id": "Z"}]}}
    assert GIVEN["a"]["variables"] == [{"id": "Z"}, {"id": "B"}]


def test_a_text_says_no(kind: type[Step], tmp_path: Path) -> None:
    """In its own words."""
    with pytest.raises(Refused, match="step-refused: not "):
        KINDS[kind](tmp_path, "no").apply(GIVEN)


def test_its_words_hold_no_secret_and_no_power(tmp_path: Path) -> None:
    """They go into logs and notes."""
    with pytest.raises(Refused) as caught:
        process(written(tmp_path, RULES), "no").apply(GIVEN)

    assert caught.value.detail == "not 'today': password = '[hidden]'"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("breaks", r"raised KeyError in rules\.py, line 14"),
        ("missing", "raised AttributeError"),
        ("leaves", r"raised SystemExit in rules\.py, line 20"),
        ("ends", "ended without an answer"),
        ("odd", "gave back what is no JSON"),
        ("nan", "gave back what is no JSON"),
    ],
)
def test_what_breaks_is_told_without_the_words_of_the_error(tmp_path: Path, name: str, said: str) -> None:
    """Which often quote what it was looking at."""
    with pytest.raises(Permanent) as caught:
        process(written(tmp_path, RULES), name).apply(GIVEN)

    assert (caught.value.reason, "canary" in caught.value.detail) == ("step-failed", False)
    assert re.fullmatch(f"`steps.rules:{name}` {said}", caught.value.detail)


def test_a_step_that_is_not_there_or_can_not_be_read_is_told(tmp_path: Path) -> None:
    """The archive was made without it, or with a mistake in it."""
    folder = written(tmp_path, "def (")
    assert "raised SyntaxError" in _detail(process(folder, "tidy"))
    (folder / "steps/rules.py").unlink()
    assert "raised ModuleNotFoundError" in _detail(process(folder, "tidy"))


def test_it_sees_nothing_of_ours(tmp_path: Path) -> None:
    """Neither secrets of the environment nor settings."""
    os.environ["SECRET_CANARY"] = "canary"
    try:
        seen = process(written(tmp_path, RULES), "sees").apply(GIVEN)
    finally:
        del os.environ["SECRET_CANARY"]

    assert isinstance(seen, dict)
    known = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "LD_LIBRARY_PATH")
    assert [name for name in seen["environment"] if name not in known and not name.startswith("PYTHON")] == []
    assert Path(seen["folder"]) == tmp_path


def test_what_takes_too_long_ends_with_all_that_it_has_started(tmp_path: Path) -> None:
    """A child of the child as well."""
    folder, before = written(tmp_path, RULES), time.monotonic()

    assert _detail(process(folder, "sleeps", seconds=1)) == "`steps.rules:sleeps` took longer than 1 seconds"
    assert time.monotonic() - before < 30
    child = int((folder / "child").read_text())
    wait_for(lambda: not _runs(child))


def test_it_ends_with_its_run(tmp_path: Path) -> None:
    """Another delivery has its own time."""
    with pytest.raises(Transient, match="deadline"):
        process(written(tmp_path, RULES), "sleeps", within=1).apply(GIVEN)


def test_too_much_is_not_read(tmp_path: Path) -> None:
    """It would be in memory as a whole."""
    folder = written(tmp_path, f"def much(pipelines):\n    return 'x' * {adapter.MOST + 1}\n")

    assert _detail(process(folder, "much")) == "`steps.rules:much` gave back too much"


def test_the_step_of_the_page_does_what_the_page_says(tmp_path: Path) -> None:
    """It is what people begin with."""
    page = (ROOT / "docs/promotion.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    step = process(written(tmp_path, text), "tidy")
    dropping = {"tasks": [{"id": "T", "type": "SQL", "config": {"query": "Drop Table x"}}]}

    assert step.apply(GIVEN) == {"a": {**GIVEN["a"], "variables": [{"id": "B"}, {"id": "Z"}]}}
    with pytest.raises(Refused, match="the task T of a drops a table"):
        step.apply({"a": {**GIVEN["a"], "stages": [dropping]}})


def _detail(step: Step) -> str:
    with pytest.raises(Permanent) as caught:
        step.apply(GIVEN)
    assert caught.value.reason == "step-failed"
    return caught.value.detail


def _runs(pid: int) -> bool:
    """A process that has ended and that nobody has asked for is none."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"
