"""A project with its mapping and one QA workspace, ready for deploys in memory."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from shared.deadline import Deadline
from shared.domain import run, trailers
from shared.domain.batches import MOST_BYTES
from shared.domain.capture import Mode
from shared.domain.delivery import Delivery
from shared.domain.drives import DriveSettings
from shared.domain.errors import Permanent
from shared.domain.layout import MAPPING_FILE, config_path
from shared.domain.messages import command
from shared.domain.messages import snapshot as snapshot_message
from shared.domain.messages.deploy import read
from shared.domain.news import News
from shared.domain.report import Report
from shared.domain.run import Run
from shared.domain.snapshot_report import SnapshotReport
from shared.flows.deploy import deploy
from shared.flows.outside import Outside
from shared.flows.pace import Pace
from shared.flows.snapshot import SnapshotOrder, snapshot
from shared.flows.target import Order

from .fake_archives import FakeArchives
from .fake_desk import FakeDesk
from .fake_drive import FakeDrive
from .fake_repository import FakeRepository
from .fake_workspace import FakeWorkspace, stored
from .fakes import FakeClock, FakePublisher

Item = TypeVar("Item")
Result = TypeVar("Result")

RUN = Run("0a1b2c3d", datetime(2026, 11, 20, 10, tzinfo=UTC))
QA = "PIN FUSION 2.0 QA"
ALLOWED = frozenset({QA, "PIN FUSION 2.0"})
ENVIRONMENT = "aic/pin-fusion-2-0-qa"
MAPPING = f"mapping:\n  main: PIN FUSION 2.0\n  develop: {QA}\n  trial/*: {QA}\nignore:\n  - 'scratch*'\n"


class OneByOne:
    """`ports.Together` in one thread, in order; `widths` are those that were asked for."""

    def __init__(self) -> None:
        self.widths: list[int] = []

    def map(self, call: Callable[[Item], Result], items: Iterable[Item], *, width: int) -> Sequence[Result | Exception]:
        """Results and errors in order."""
        self.widths.append(width)
        results: list[Result | Exception] = []
        for item in items:
            try:
                results.append(call(item))
            except Exception as error:  # noqa: BLE001 - as the port says
                results.append(error)
        return results


@dataclass
class Stage:
    """The outside world of one project and its workspace QA, with short words for what tests do most.

    `others` are further workspaces, by name.
    """

    gitlab: FakeRepository = field(default_factory=FakeRepository)
    aic: FakeWorkspace = field(default_factory=FakeWorkspace)
    others: dict[str, FakeWorkspace] = field(default_factory=dict)
    clock: FakeClock = field(default_factory=FakeClock)
    publisher: FakePublisher = field(default_factory=FakePublisher)
    drives: dict[str, FakeDrive] = field(default_factory=dict)
    desks: dict[str, FakeDesk] = field(default_factory=dict)
    archives: FakeArchives = field(default_factory=FakeArchives)
    saved_on: tuple[DriveSettings, ...] = ()
    together: OneByOne = field(default_factory=OneByOne)
    seconds: float = 480.0
    commit_bytes: int = MOST_BYTES
    opened: Callable[[str], None] = lambda _: None
    heard_of: frozenset[str] = frozenset()
    gates: frozenset[str] = frozenset()
    proves: bool = False

    def __post_init__(self) -> None:
        self.gitlab.clock = self.clock

    def deploy(self, **said: object) -> Report:
        """One delivery of one message."""
        return deploy(self.deploy_order(**said), self.outside())  # type: ignore[arg-type]

    def deploy_order(
        self,
        *,
        by_hand: bool = False,
        final: bool = False,
        redelivered: bool = False,
        merge_request: int | None = None,
        **said: object,
    ) -> Order:
        """What the function makes of a message."""
        request = read(json.dumps({"project": "pin/fusion", "branch": "develop", **said}).encode())
        return Order(
            request,
            ALLOWED,
            RUN,
            by_hand,
            final,
            merge_request,
            redelivered=redelivered,
            drives=self.saved_on,
            gates=self.gates,
            proves=self.proves,
        )

    def snapshot(self, **said: object) -> SnapshotReport:
        """One delivery of one message, by which its run is named."""
        return snapshot(self.snapshot_order(**said), self.outside())  # type: ignore[arg-type]

    def snapshot_order(
        self,
        *,
        mode: Mode = Mode.COMMIT,
        message: str = "1",
        by_hand: bool = False,
        final: bool = False,
        pipeline: bool = False,
        drives: Sequence[DriveSettings] = (),
        **said: object,
    ) -> SnapshotOrder:
        """The same of a snapshot."""
        request = snapshot_message.read(json.dumps({"project": "pin/fusion", "workspace": QA, **said}).encode())
        named = run.of(Delivery(message, b"", {}), now=self.clock.now())
        return SnapshotOrder(
            request,
            "pin/fusion",
            request.workspace or QA,
            mode,
            named,
            ALLOWED,
            pipeline=pipeline,
            drives=drives,
            by_hand=by_hand,
            final=final,
        )

    def outside(self) -> Outside:
        """Fresh ports upon the same world."""
        deadline = Deadline.within(self.clock, seconds=self.seconds)
        return self._bound(deadline, Pace(4), Deadline.within(self.clock, seconds=self.seconds + 60))

    def _bound(self, deadline: Deadline, pace: Pace, reserve: Deadline) -> Outside:
        return Outside(
            repository=self.gitlab,
            open_workspace=self._open,
            open_drive=lambda _, name: self.drive(name),
            open_desk=self.open_desk,
            archives=self.archives,
            publisher=self.publisher,
            clock=self.clock,
            together=self.together,
            pace=pace,
            deadline=deadline,
            in_reserve=lambda: self._bound(reserve, pace, reserve),
            commit_bytes=self.commit_bytes,
            heard_of=self.heard_of,
        )

    def drive(self, name: str) -> FakeDrive:
        """The drive of that name, made if there is none."""
        return self.drives.setdefault(name, FakeDrive())

    def open_desk(self, name: str) -> FakeDesk:
        """What the workspace has beside its pipelines; there is one for each of that name."""
        self.opened(name)
        return self.desks.setdefault(name, FakeDesk())

    def put(self, *, branch: str = "develop", **pipelines: str | None) -> str:
        """Commits configs: title to code, None deletes."""
        return self.said("", branch=branch, **pipelines)

    def said(self, message: str, *, branch: str = "develop", **pipelines: str | None) -> str:
        """The same with a message."""
        files = {config_path(title): None if code is None else stored(code) for title, code in pipelines.items()}
        return self.gitlab.push(branch, files, message=message)

    def captured(self, *, branch: str = "develop", workspace: str = QA, **pipelines: str | None) -> str:
        """The same by the service, from what is live."""
        return self.said(f"Captured [skip ci]\n\n{trailers.make(workspace, run='1')}", branch=branch, **pipelines)

    def merge(self, *, source: str = "feature/x", **pipelines: str | None) -> int:
        """A merge request into develop that changes configs, merged; its number."""
        self.gitlab.branches[source] = self.gitlab.branches["develop"]
        self.put(branch=source, **pipelines)
        return self.gitlab.merge(source, "develop")

    @property
    def head(self) -> str:
        """The newest commit of develop."""
        return self.gitlab.branches["develop"]

    def records(self) -> list[tuple[str, str]]:
        """Commit and status of each deployment record of QA, oldest first."""
        return [(each.commit, each.status) for name, each in self.gitlab.records if name == ENVIRONMENT]

    def status(self, commit: str | None = None) -> str:
        """The newest state of `aic/deploy` on the commit, of develop's head by default."""
        (newest, *_) = self.gitlab.statuses(commit or self.head, branch="develop", name="aic/deploy")
        return newest.state

    def news(self) -> list[News]:
        """What was sent off for people to hear, in order."""
        sent = [said for topic, said, *_ in self.publisher.published if said.get("workflow") == "notify"]
        return [command.read(json.dumps(said).encode()).parameters.news for said in sent]  # type: ignore[union-attr, misc]

    def writes(self) -> list[str]:
        """The writing calls that AIC has seen."""
        return [call for call in self.aic.calls if call in ("create", "update")]

    def _open(self, name: str) -> FakeWorkspace:
        self.opened(name)
        if name != QA and name not in self.others:
            raise Permanent("aic-workspace-missing", name)
        return self.others.get(name, self.aic)


def stage(*, mapping: str | bytes = MAPPING, **pipelines: str) -> Stage:
    """A stage on which the pipelines (title to code) are live, in Git, and recorded as deployed."""
    made = bare(mapping=mapping, **pipelines)
    for title, code in pipelines.items():
        made.aic.put(title, code)
    mapped = made.gitlab.branches["main"]
    made.gitlab.deployed(ENVIRONMENT, made.head, branch="develop", mapping=mapped)
    return made


def bare(*, mapping: str | bytes = MAPPING, **pipelines: str) -> Stage:
    """A stage whose workspace is empty and was never deployed to; the pipelines are on develop."""
    made = Stage()
    made.gitlab.push("main", {"README.md": "hello", MAPPING_FILE: mapping})
    made.gitlab.branches["develop"] = made.gitlab.branches["main"]
    files: Mapping[str, str | bytes | None] = {config_path(title): stored(code) for title, code in pipelines.items()}
    made.gitlab.push("develop", files)
    return made
