"""What Terraform would make of `infrastructure/`: its plan for the example environment. Google is never asked."""

import functools
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from tests.contract.optional import absent, needed

ROOT = Path(__file__).parents[1]
NEEDED = ("infrastructure", "main.py", "requirements.txt", "functions", "shared")
EXAMPLE = (
    "-var-file=environments/example.tfvars",
    "-var=aic_url_prod=https://aic.example.com/apis/core/v1",
    "-var=aic_url_qa=https://qa.aic.example.com/apis/core/v1",
)
LOCAL_STATE = 'terraform {\n  backend "local" {}\n}\n'

needs_terraform = needed(shutil.which("terraform") is not None, why="terraform is not installed")


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a plan. Values that only an apply would tell are absent."""

    address: str
    kind: str
    values: Mapping[str, object]

    def at(self, *steps: str | int) -> object:
        """The value at the end of a path such as `"push_config", 0, "push_endpoint"`; None where there is none."""
        found: object = self.values
        for step in steps:
            if isinstance(found, Mapping) and isinstance(step, str):
                found = found.get(step)
            elif isinstance(found, list) and isinstance(step, int) and step < len(found):
                found = found[step]
            else:
                return None
        return found


@dataclass(frozen=True, slots=True)
class Plan:
    """All resources, and the archive that the functions are built from."""

    resources: tuple[Resource, ...]
    archive: bytes = field(repr=False)

    @property
    def packed(self) -> frozenset[str]:
        """The names of the files in the archive."""
        with ZipFile(BytesIO(self.archive)) as packed:
            return frozenset(packed.namelist())

    def of(self, kind: str) -> tuple[Resource, ...]:
        """The resources of a kind, such as `google_pubsub_topic`."""
        return tuple(each for each in self.resources if each.kind == kind)

    def by(self, kind: str, *steps: str | int) -> dict[str, Resource]:
        """The resources of a kind by the text at the end of a path."""
        return {str(each.at(*steps)): each for each in self.of(kind)}


@functools.cache
def planned() -> Plan:
    """The plan as it stands in the project; skips the test, or fails it in CI, where no providers can be had."""
    return plan_with({})


def plan_with(extra: Mapping[str, str]) -> Plan:
    """The same of a copy of the project to which files were added, each path with its text."""
    if not _has_providers():
        absent("terraform finds no providers; TF_CLI_CONFIG_FILE can name a file that says where they are")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in NEEDED:
            _copy(ROOT / name, copy / name)
        for name, text in {"infrastructure/local_override.tf": LOCAL_STATE, **extra}.items():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_text(text, encoding="utf-8")
        return _plan(copy / "infrastructure", archive=copy / "dist/functions.zip")


def _copy(source: Path, to: Path) -> None:
    if source.is_file():
        shutil.copyfile(source, to)
    else:
        shutil.copytree(source, to, ignore=shutil.ignore_patterns("__pycache__", ".terraform*", "*.tfstate*"))


def _plan(folder: Path, *, archive: Path) -> Plan:
    _terraform(folder, "init", "-input=false")
    _terraform(folder, "plan", "-input=false", "-lock=false", "-refresh=false", "-out=plan.bin", *EXAMPLE)
    shown = json.loads(_terraform(folder, "show", "-json", "plan.bin"))
    return Plan(tuple(_resources(shown["planned_values"]["root_module"])), archive.read_bytes())


@functools.cache
def _has_providers() -> bool:
    with tempfile.TemporaryDirectory() as alone:
        shutil.copy(ROOT / "infrastructure/versions.tf", alone)
        return _run(Path(alone), "init", "-input=false", "-backend=false").returncode == 0


def _resources(module: Mapping[str, list[Mapping[str, object]]]) -> Iterator[Resource]:
    for each in module.get("resources", []):
        values = each["values"]
        assert isinstance(values, dict)
        yield Resource(str(each["address"]), str(each["type"]), values)
    for child in module.get("child_modules", []):
        yield from _resources(child)  # type: ignore[arg-type]  # of the same form


def _terraform(folder: Path, *arguments: str) -> str:
    done = _run(folder, *arguments)
    assert done.returncode == 0, f"terraform {arguments[0]}:\n{done.stderr}"
    return done.stdout


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    quiet = {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", "TF_CLI_ARGS": "-no-color"}
    nobody = {"GOOGLE_OAUTH_ACCESS_TOKEN": "none"}  # the provider wants one to start, and asks Google for nothing
    return subprocess.run(
        ["terraform", *arguments],
        cwd=folder,
        env={**os.environ, **quiet, **nobody},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
