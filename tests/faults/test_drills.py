"""A drill attacked at each of its calls: what is damaged is never proven, and what is whole is proven in the end."""

import functools
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial

import pytest

from shared.domain.drill_report import DrillReport
from shared.domain.errors import ServiceError
from shared.flows.answering import Asker
from shared.flows.practise import practise
from tests.fake_drive import FakeDrive
from tests.faults import blows, drive_oracle
from tests.faults.blows import CRASHES, FIRST, Blow
from tests.faults.relay import Relay
from tests.faults.sampling import FULL, SEED, shown, some
from tests.faults.saves import DRIVES, KEPT, Trial, run, trial
from tests.faults.world import LAST, Call, Killed, peace
from tests.stage import QA

NEWEST = "20261120/090200-00000002"
WRITES = ("put", "write_note")
SINGLES, PAIRS, INSIDE = 20, 40, 12
SEEDS = 400 if FULL else 6
Damage = Callable[[FakeDrive], object]


def _path(drive: FakeDrive, ending: str) -> str:
    return next(path for path in drive.under(NEWEST) if path.endswith(ending))


DAMAGES: dict[str, Damage] = {
    "nothing": lambda _: None,
    "a byte of the archive": lambda drive: drive.damage(_path(drive, ".zip")),
    "a byte of the manifest": lambda drive: drive.damage(_path(drive, "manifest.json")),
    "the archive is gone": lambda drive: drive.files.pop(_path(drive, ".zip")),
    "the manifest is gone": lambda drive: drive.files.pop(_path(drive, "manifest.json")),
    "a byte of the mark": lambda drive: drive.damage(next(path for path in drive.files if path.endswith("2.json"))),
}
"""Each on the second drive alone."""


def damaged(name: str) -> Trial:
    """Two drives with two backups each."""
    made = trial()
    DAMAGES[name](made.world.stage.drive(DRIVES[1].drive))
    return made


def deliver(made: Trial, *, attempts: int = LAST, number: int = 9) -> DrillReport | None:
    """The message until it is acknowledged or a dead letter."""
    for attempt in range(1, attempts + 1):
        asker = Asker(frozenset({QA}), run(number), "r-9", "ann", attempt == attempts, by_hand=True)
        with suppress(ServiceError, Killed):
            return practise("pin/fusion", QA, asker=asker, drives=DRIVES, outside=made.world.outside())
    return None


@functools.cache
def quiet(name: str) -> Sequence[Call]:
    """The calls of a drill that nothing disturbs."""
    made = damaged(name)
    assert wrong(made, name, deliver(made), calm=True) == []
    return tuple(made.world.calls)


def wrong(made: Trial, name: str, ended: DrillReport | None, *, calm: bool = False) -> list[str]:
    """Whoever is told that a drive is proven or damaged is told the truth; `calm`: it is told of both."""
    found, whole = [], {DRIVES[0].drive: True, DRIVES[1].drive: name == "nothing"}
    told = {line.drive: str(line.verdict) for line in ended.lines} if ended else {}
    for drive, files in made.files():
        good = not [each for each in drive_oracle.backups(files) if each.wrong and each.run == run(KEPT).id]
        assert good is whole[drive]
        proofs = [folder for folder in drive_oracle.proven(files) if folder == NEWEST]
        found += [f"{drive} is damaged and proven"] if not good and (proofs or told.get(drive) == "proven") else []
        found += [f"{drive} is whole and told damaged"] if good and told.get(drive) == "damaged" else []
        found += [f"{drive} is told proven without a proof"] if told.get(drive) == "proven" and not proofs else []
        if calm and told.get(drive) != ("proven" if good else "damaged"):
            found.append(f"{drive} was told {told.get(drive)}")
    return found


def struck(name: str, hits: Mapping[int, Blow], *, attempts: int = LAST) -> list[str]:
    """What was wrong after the attack, and after the same message in peace."""
    made = damaged(name)
    made.strike(blows.at(made.world, hits))
    before = _kept(made)
    found = wrong(made, name, deliver(made, attempts=attempts))
    made.world.settle()
    made.strike(peace)
    found += [f"afterwards: {each}" for each in wrong(made, name, deliver(made), calm=True)]
    return found if _kept(made) == before else [*found, "a drill has touched a backup"]


@pytest.mark.parametrize("name", DAMAGES)
@pytest.mark.parametrize("attempts", [LAST, 1], ids=["delivered again", "last delivery"])
def test_whatever_hits_a_drill_it_says_nothing_that_is_not_so(name: str, attempts: int) -> None:
    """And the next one says all."""
    cases = [(call.number, blow) for call in quiet(name) for blow in _blows(call)]

    chosen = some(cases, SINGLES, of=f"{name} {attempts}")
    found = {f"{name} {at} {blow}": struck(name, {at: blow}, attempts=attempts) for at, blow in chosen}

    assert len(cases) > 50
    assert shown(found) == ""


def test_a_second_blow_in_the_recovery_is_made_good() -> None:
    """A crash, or an answer that was lost."""
    cases = [
        (name, one.number, blow, other, second)
        for name in DAMAGES
        for one in quiet(name)
        for blow in _blows(one)
        for other in range(one.number + 1, one.number + 1 + len(quiet(name)))
        for second in (*CRASHES, Blow("500", after=True))
    ]

    found = {
        f"{name} {at} {blow}, {again} {second}": struck(name, {at: blow, again: second})
        for name, at, blow, again, second in some(cases, PAIRS, of="drill")
    }

    assert shown(found) == ""


@pytest.mark.parametrize("times", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("name", ["nothing", "the manifest is gone"])
def test_a_drill_that_comes_several_times_is_the_same_as_once(name: str, times: int) -> None:
    """One proof, and one note beside that of the backup."""
    once, often = damaged(name), damaged(name)
    deliver(once)
    for _ in range(times):
        ended = deliver(often)

    assert wrong(often, name, ended, calm=True) == []
    assert {drive: sorted(files) for drive, files in often.files()} == {
        drive: sorted(files) for drive, files in once.files()
    }
    assert [len(each) for each in often.world.stage.gitlab.written.values()] == [2]


@pytest.mark.parametrize("name", ["nothing", "a byte of the archive"])
def test_a_backup_beside_a_drill_is_not_called_damaged(name: str) -> None:
    """It makes the oldest one go, and is drilled itself the next time."""
    found = {}
    for seed in range(SEED, SEED + SEEDS):
        made, relay = damaged(name), Relay(seed)
        made.strike(relay.attack)
        ended: list[DrillReport | None] = []
        relay.run([lambda made=made, ended=ended: ended.append(deliver(made)), made.deliver])  # type: ignore[misc]
        (drilled,) = ended
        lines = [line for line in drilled.lines if str(line.verdict) == "damaged"] if drilled else []
        lying = [line.drive for line in lines if name == "nothing" or line.drive == DRIVES[0].drive]
        made.strike(peace)
        again = deliver(made, number=10)
        found[f"{name} {seed}"] = [
            *(f"{drive} was told damaged" for drive in lying),
            *(f"{line.drive} is {line.verdict}" for line in (again.lines if again else ()) if line.verdict != "proven"),
        ]

    assert shown(found) == ""


@pytest.mark.parametrize("number", [9, 10], ids=["the same", "another"])
def test_a_drill_that_comes_wholly_inside_another_harms_none(number: int) -> None:
    """Before each single call of the one the other one runs from its beginning to its end."""
    found = {}
    for at in some(range(len(quiet("nothing"))), INSIDE, of=f"drill {number}"):
        made = damaged("nothing")
        made.strike(blows.before(at, partial(deliver, made, number=number)))
        found[f"{number} at {at}"] = wrong(made, "nothing", deliver(made), calm=True)

    assert shown(found) == ""


def _kept(made: Trial) -> dict[str, dict[str, bytes]]:
    """All but the proofs."""
    return {
        drive: {path: data for path, data in each.items() if "/proven/" not in path} for drive, each in made.files()
    }


def _blows(call: Call) -> list[Blow]:
    before = [*CRASHES, *(Blow(kind) for kind in FIRST)]
    return [*before, Blow("500", after=True), Blow("late", later=3)] if call.name in WRITES else before
