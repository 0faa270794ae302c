"""The tool that the service replaces, as published, in an environment of its own."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from emulators.stack.child import ROOT
from emulators.stack.workplace import Workplace

PACKAGE = "aic-utils==2.0.12"
HOME = ROOT / ".local" / "incumbent-venv"
_RUNNER = Path(__file__).with_name("incumbent_run.py")
_LONGEST = 900


@dataclass(frozen=True, slots=True)
class Deployed:
    """What one deploy took, the loading of the pipelines included; `updated` of the others it skipped."""

    seconds: float
    updated: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Pushed:
    """What one push to GitLab took, the loading of the pipelines included, and the commits that it made."""

    seconds: float
    commits: int


def install() -> None:
    """Makes the environment, once."""
    ready = HOME / ".ready"
    if ready.exists() and ready.read_text(encoding="utf-8") == PACKAGE:
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(HOME)], check=True)
    subprocess.run([_python(), "-m", "pip", "install", "--quiet", PACKAGE], check=True)
    ready.write_text(PACKAGE, encoding="utf-8")


def deploy(place: Workplace, gitlab_url: str, *, pipelines: Sequence[str]) -> Deployed:
    """Deploys `develop`: these pipelines, or the whole workspace for `["*"]`."""
    seconds, said = _run("deploy", place, gitlab_url, pipelines)
    updated = sum(line.startswith("Updated pipeline: ") for line in said)
    skipped = sum(line.startswith("No changes detected") for line in said)
    return Deployed(seconds, updated, skipped)


def push(place: Workplace, gitlab_url: str) -> Pushed:
    """Pushes the whole workspace to `develop`; raises RuntimeError where it says that something failed."""
    seconds, said = _run("push", place, gitlab_url, ["*"])
    if trouble := [line for line in said if line.startswith(("❌", "Failed"))]:
        raise RuntimeError(f"the incumbent did not push everything: {trouble[:3]}")
    return Pushed(seconds, sum(line.startswith("Committed ") for line in said))


def _run(work: str, place: Workplace, gitlab_url: str, pipelines: Sequence[str]) -> tuple[float, list[str]]:
    """Its seconds, and the lines that it printed."""
    wanted: Mapping[str, object] = {
        "work": work,
        "aic_url": f"{place.aic_url}/apis/core/v1",
        "aic_project": place.site.aic_project,
        "workspace": place.site.branches["develop"],
        "gitlab_url": f"{gitlab_url}/api/v4",
        "gitlab_project": place.site.path,
        "pipelines": list(pipelines),
    }
    ended = subprocess.run(
        [_python(), "-I", "-W", "ignore", str(_RUNNER), json.dumps(wanted)],
        capture_output=True,
        text=True,
        timeout=_LONGEST,
        check=False,
    )
    if ended.returncode:
        raise RuntimeError(f"the incumbent ended with {ended.returncode}: {ended.stdout[-2000:]}{ended.stderr[-2000:]}")
    *said, last = ended.stdout.splitlines()
    return json.loads(last)["seconds"], said


def _python() -> str:
    return str(HOME / "bin" / "python")
