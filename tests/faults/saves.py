"""One trial of a backup: a workspace is saved on two drives, while something or somebody is in the way."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.backup_report import BackupLine
from shared.domain.drives import DriveSettings, Keep
from shared.domain.errors import ServiceError
from shared.domain.messages.command import Backup
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.save import save
from shared.flows.snapshot import snapshot
from tests.faults import drive_oracle
from tests.faults.oracle import twins
from tests.faults.world import LAST, Call, Effect, Killed, World, peace
from tests.stage import QA, stage

REQUEST = Backup(project="pin/fusion", workspace=QA)
KEPT = 2
DRIVES = (
    DriveSettings(drive="backups", keep=Keep(last=KEPT)),
    DriveSettings(drive="gs://team/aic", files=True, keep=Keep(last=KEPT)),
)
MOMENT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def run(number: int) -> Run:
    """The one that came so many minutes after the first."""
    return Run(f"{number:08x}", MOMENT + timedelta(minutes=number))


@dataclass
class Trial:
    """`ran` are all titles with their code that AIC had since the first call, `always` those that it never lacked.

    There are as many old backups as a drive keeps. `nightly` it is a snapshot, which makes the oldest one go, else one
    by hand. `told` are the drives that somebody was told are complete, with the folder.
    """

    world: World
    nightly: bool = False
    ran: set[tuple[str, str]] = field(default_factory=set)
    always: set[tuple[str, str]] = field(default_factory=set)
    told: set[tuple[str, str]] = field(default_factory=set)
    _attack: Callable[[Call, Effect], object] = peace

    def strike(self, attack: Callable[[Call, Effect], object]) -> None:
        """From the next call on."""
        self.ran, self.always = set(_live(self.world)), set(_live(self.world))
        self._attack, self.world.attack = attack, self._seen

    def calm(self) -> None:
        """Nothing is in the way any more; what was on its way has arrived."""
        self.world.settle()
        self._attack = peace
        self._look()

    def _seen(self, call: Call, effect: Effect) -> object:
        answer = self._attack(call, effect)
        self._look()
        return answer

    def _look(self) -> None:
        self.ran |= set(_live(self.world))
        self.always &= set(_live(self.world))

    def deliver(self, number: int = KEPT + 1, *, attempts: int = LAST) -> tuple[BackupLine, ...] | None:
        """The message until it is acknowledged or a dead letter."""
        for attempt in range(1, attempts + 1):
            with suppress(ServiceError, Killed):
                lines = self._once(number, final=attempt == attempts)
                self.told |= {(each.drive, each.folder) for each in lines if each.ok}
                return lines
        return None

    def _once(self, number: int, *, final: bool) -> tuple[BackupLine, ...]:
        outside = self.world.outside()
        if self.nightly:
            order = replace(self.world.stage.snapshot_order(drives=DRIVES, final=final), run=run(number))
            return snapshot(order, outside).backups
        asker = Asker(frozenset({QA}), run(number), f"r-{number}", "ann", final)
        return save(REQUEST, asker, DRIVES, outside).lines

    def files(self) -> Iterator[tuple[str, Mapping[str, bytes]]]:
        """Drive by drive."""
        return ((each.drive, self.world.stage.drive(each.drive).files) for each in DRIVES)

    def wrong(self) -> list[str]:
        """What a drive says that it has isn't there, or isn't what ran; or somebody was told what isn't so."""
        found = list[str]()
        for drive, files in self.files():
            kept = drive_oracle.backups(files)
            found += [f"{drive}: {each}" for each in drive_oracle.wrong(files)]
            found += [f"{drive} has {len(kept)} backups"] if len(kept) < KEPT else []
            for each in kept:
                if each.run in {run(old).id for old in range(1, KEPT + 1)}:
                    continue
                found += [f"{drive}: {text} never ran" for text in set(each.texts) - self.ran]
                if not each.some:
                    found += [f"{drive}: {text} is left out" for text in self.always - set(each.texts)]
            told = {folder for where, folder in self.told if where == drive}
            there = {each.folder for each in kept}
            found += [f"{drive} was told complete" for folder in told if folder not in there]
        return found


def trial(*, nightly: bool = False) -> Trial:
    """With old backups of the same workspace."""
    made = Trial(World(stage(a="one", b="two")), nightly)
    for number in range(1, KEPT + 1):
        made.deliver(number)
    made.world.calls.clear()
    made.told.clear()
    made.strike(peace)
    return made


def whole(made: Trial) -> list[str]:
    """What is wrong when nothing is in the way any more, and the message comes once more."""
    made.calm()
    again = made.deliver()
    found = [] if again and all(each.ok for each in again) else [f"ended as {again}"]
    if made.nightly and twins(made.world.stage.aic):
        return found + made.wrong()  # it is of some pipelines then, and says so
    for drive, files in made.files():
        newest = [each for each in drive_oracle.backups(files) if each.run == run(KEPT + 1).id and not each.some]
        found += [f"{drive} lacks it"] if [set(each.texts) for each in newest] != [set(_live(made.world))] else []
    return found + made.wrong()


def _live(world: World) -> Iterator[tuple[str, str]]:
    """Two of one title are two."""
    jobs: list[dict[str, Any]] = list(world.stage.aic.configs.values())
    return ((each["title"], each["stages"][0]["tasks"][0]["config"]["query"]) for each in jobs)
