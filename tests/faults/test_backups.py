"""A backup attacked at each of its calls: what a drive says that it has can be read back whole, always."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from shared.domain.drill_report import Verdict
from shared.domain.drives import DriveSettings
from shared.domain.errors import ServiceError
from shared.domain.messages.command import Backup
from shared.domain.run import Run
from shared.domain.saved_report import SavedReport
from shared.flows.answering import Asker
from shared.flows.drill import drill
from shared.flows.save import save
from tests.faults import blows
from tests.faults.blows import CRASHES, FIRST, Blow
from tests.faults.sampling import shown
from tests.faults.world import LAST, Call, Killed, World, peace
from tests.stage import QA, stage

REQUEST = Backup(project="pin/fusion", workspace=QA)
DRIVES = (DriveSettings(drive="backups"), DriveSettings(drive="gs://team/aic", files=True))
RUN = Run("0123abcd", datetime(2026, 11, 20, 9, tzinfo=UTC))
WRITES = ("put", "write_note")


@dataclass(frozen=True, slots=True)
class Trial:
    """A world whose workspace is to be saved on two drives."""

    world: World

    def deliver(self, *, attempts: int = LAST) -> SavedReport | None:
        """The message until it is acknowledged or a dead letter."""
        for attempt in range(1, attempts + 1):
            asker = Asker(frozenset({QA}), RUN, "r-1", "ann", attempt == attempts)
            with suppress(ServiceError, Killed):
                return save(REQUEST, asker, DRIVES, self.world.outside())
        return None

    def verdicts(self) -> list[Verdict]:
        """What a drill finds on each drive."""
        found = drill("pin/fusion", QA, run=RUN, drives=DRIVES, outside=self.world.stage.outside())
        return [line.verdict for line in found]


def struck(hits: Mapping[int, Blow], *, attempts: int = LAST) -> list[str]:
    """What was wrong after the attack, and after the same message in peace."""
    found = Trial(World(stage(a="one", b="two")))
    found.world.attack = blows.at(found.world, hits)
    ended = found.deliver(attempts=attempts)
    wrong = _wrong(found, ended)
    found.world.attack = peace
    found.world.settle()
    again = found.deliver()
    wrong += [f"afterwards: {each}" for each in _wrong(found, again)]
    if again is None or not again.complete:
        wrong.append(f"afterwards: {again}")
    return wrong


def quiet() -> list[Call]:
    """The calls of a backup that nothing disturbs."""
    found = Trial(World(stage(a="one", b="two")))
    done = found.deliver()
    assert _wrong(found, done) == []
    return found.world.calls


@pytest.mark.parametrize("attempts", [LAST, 1], ids=["delivered again", "last delivery"])
def test_whatever_hits_a_backup_nothing_is_called_one_that_can_not_be_read_back(attempts: int) -> None:
    """A drive that failed is named, the other one is complete, and asking again makes good what is missing."""
    cases = [(call.number, blow) for call in quiet() for blow in _blows(call)]

    found = {f"{at} {blow}": struck({at: blow}, attempts=attempts) for at, blow in cases}

    assert len(found) > 80
    assert shown(found) == ""


def _blows(call: Call) -> list[Blow]:
    before = [*CRASHES, *(Blow(kind) for kind in FIRST)]
    return [*before, Blow("500", after=True), Blow("late", later=3)] if call.name in WRITES else before


def _wrong(found: Trial, ended: SavedReport | None) -> list[str]:
    verdicts = dict(zip((each.drive for each in DRIVES), found.verdicts(), strict=True))
    wrong = [f"{drive} is {verdict}" for drive, verdict in verdicts.items() if verdict not in ("proven", "none")]
    lines = ended.lines if ended else ()
    return wrong + [f"{each.drive} was told complete" for each in lines if each.ok and verdicts[each.drive] != "proven"]
