"""A project with development, staging and production, ready for boards in memory."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from shared.domain.board import Board
from shared.domain.board_report import Boarded
from shared.domain.drives import DriveSettings
from shared.domain.layout import MAPPING_FILE
from shared.domain.mapping import environment
from shared.domain.messages.looking import Board as BoardRequest
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.boarding import Easel, board
from shared.flows.outside import Outside

from .fake_drive import FakeDrive
from .fake_workspace import FakeWorkspace
from .stage import Stage

PLACES = {"sandbox": "DEV", "develop": "QA", "main": "PROD"}
MAPPING = "mapping:\n  main: PROD\n  sandbox: DEV\n  develop: QA\nignore:\n  - 'scratch*'\n"
NIGHT = Run("0a1b2c3d", datetime(2026, 11, 29, 2, tzinfo=UTC))
ASKER = Asker(frozenset(PLACES.values()), NIGHT, "r-1", by_hand=False)
ANN = replace(ASKER, by="ann", by_hand=True)
LAST = replace(ASKER, final=True)
FOLDER = "aic-gitops/prod/board"
BACKUPS, CLOUD = "backups", "gs://bucket/pre fix"


@dataclass
class Market:
    """Three branches with their workspaces, each deployed once; a drive is of one workspace, by both their names."""

    stage: Stage = field(default_factory=Stage)
    aic: dict[str, FakeWorkspace] = field(default_factory=lambda: {name: FakeWorkspace() for name in PLACES.values()})
    drives: dict[tuple[str, str], FakeDrive] = field(default_factory=dict)
    names: tuple[str, ...] = (BACKUPS, CLOUD)
    opened: Callable[[str], None] = lambda _: None

    def put(self, branch: str, **pipelines: str | None) -> str:
        """Commits configs: title to code, None deletes."""
        return self.stage.put(branch=branch, **pipelines)

    def deployed(self, branch: str, **pipelines: str | None) -> str:
        """The same, live and on record."""
        head = self.put(branch, **pipelines)
        live = self.aic[PLACES[branch]]
        for title, code in pipelines.items():
            if code is None:
                live.remove(title)
            else:
                live.put(title, code)
        mapped = self.stage.gitlab.file(MAPPING_FILE, "HEAD")
        assert mapped
        self.stage.gitlab.deployed(environment(PLACES[branch]), head, branch=branch, mapping=mapped.commit)
        return head

    def drive(self, workspace: str, name: str = CLOUD) -> FakeDrive:
        """Made if there is none; those in AIC give nothing back."""
        return self.drives.setdefault((workspace, name), FakeDrive(readable="://" in name))

    def outside(self) -> Outside:
        """Fresh ports upon the same world."""
        return replace(self.stage.outside(), open_workspace=self._open, open_drive=self.drive)

    def drawn(self, asker: Asker = ASKER, *, project: str = "pin/fusion", **said: Any) -> Boarded:
        """One delivery of one message; the page is what the JSON is, between tags."""
        request = BoardRequest(project=project, **said)
        easel = Easel(page, [DriveSettings(drive=name) for name in self.names])
        return board(request, project, asker, easel, self.outside())

    def states(self, asker: Asker = ASKER) -> dict[str, list[str]]:
        """The states of each pipeline, from development to production."""
        made = self.drawn(asker, dry_run=True).made
        assert made
        return {row.title: [cell.state.value for cell in row.cells] for row in made.rows}

    def data(self, workspace: str = "PROD", name: str = CLOUD) -> dict[str, Any]:
        """What lies there for programs."""
        found: dict[str, Any] = json.loads(self.drive(workspace, name).files[f"{FOLDER}/board.json"])
        return found

    def _open(self, name: str) -> FakeWorkspace:
        self.opened(name)
        return self.aic[name]


def page(made: Board) -> bytes:
    """A page, as far as flows care."""
    return b"<p>" + made.encode() + b"</p>"


def market(**pipelines: str) -> Market:
    """All three have the pipelines."""
    made = Market()
    made.stage.gitlab.push("main", {MAPPING_FILE: MAPPING})
    for branch in ("develop", "sandbox"):
        made.stage.gitlab.branches[branch] = made.stage.gitlab.branches["main"]
    for branch in PLACES:
        made.deployed(branch, **pipelines)
    return made
