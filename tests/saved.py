"""Pipelines as they are saved, and backups made of them, with short words for tests."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.backup import BackupPlace, Stored
from shared.domain.backup_report import BackupLine
from shared.domain.drives import DriveSettings
from shared.domain.layout import config_path
from shared.domain.run import Run
from shared.flows import backup

from .fake_drive import FakeDrive
from .fake_workspace import stored as config_text
from .stage import QA, Stage

MOMENT = datetime(2026, 11, 28, 23, 32, 1, 250_000, tzinfo=UTC)
INDEX = "aic-gitops/pin-fusion-2-0-qa"
FOLDER = "20261128/233201-0a1b2c3d"


def pipeline(title: str, text: str = "select 1", *, id: str = "", **code: str) -> Stored:  # noqa: A002 - AIC's word
    """With its config, and code files by their names."""
    files = {f"code/{title}/{name}": body.encode() for name, body in code.items()}
    return Stored(title, id or f"id-{title}", {**files, config_path(title): config_text(text).encode()})


@dataclass
class Attic:
    """A stage with drives, on which runs save pipelines; `names` are those of the settings."""

    names: Sequence[str | DriveSettings] = ("backups",)
    stage: Stage = field(default_factory=Stage)
    commit: str = ""

    @property
    def drives(self) -> tuple[DriveSettings, ...]:
        return tuple(each if isinstance(each, DriveSettings) else DriveSettings(drive=each) for each in self.names)

    @property
    def place(self) -> BackupPlace:
        return BackupPlace("pin/fusion", QA, "develop", self.commit)

    def drive(self, name: str = "backups") -> FakeDrive:
        return self.stage.drive(name)

    def store(
        self, *pipelines: Stored, run: Run | None = None, folder: str = "", some: bool = False
    ) -> tuple[BackupLine, ...]:
        """One run's backup."""
        return self.store_all(pipelines, run=run, folder=folder, some=some)

    def store_all(
        self, pipelines: Iterable[Stored], *, run: Run | None = None, folder: str = "", some: bool = False
    ) -> tuple[BackupLine, ...]:
        return backup.store(
            pipelines,
            place=self.place,
            run=run or nth(0),
            drives=self.drives,
            outside=self.stage.outside(),
            folder=folder,
            some=some,
        )

    def pre_images(self, *pipelines: Stored, run: Run | None = None) -> tuple[BackupLine, ...]:
        return backup.pre_images(
            pipelines, place=self.place, run=run or nth(0), drives=self.drives, outside=self.stage.outside()
        )

    def manifest(self, folder: str = FOLDER, *, drive: str = "backups") -> Any:
        """As somebody reads it on the drive."""
        return json.loads(self.drive(drive).files[f"{folder}/manifest.json"])

    def archive(self, folder: str = FOLDER, *, drive: str = "backups") -> str:
        """The path of the only archive there."""
        (path,) = [path for path in self.drive(drive).under(folder) if path.endswith(".zip")]
        return path


def nth(days: float, *, name: str = "0a1b2c3d") -> Run:
    """The run of so many days after the first."""
    return Run(name, MOMENT + timedelta(days=days))
