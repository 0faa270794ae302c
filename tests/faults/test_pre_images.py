"""What a deploy overwrites is saved before; whatever hits a drive changes no outcome, and is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.domain.drives import DriveSettings
from tests.faults import blows, drive_oracle
from tests.faults.blows import CRASHES, FIRST, Blow, faults
from tests.faults.sampling import shown, some
from tests.faults.scenarios import SCENARIOS
from tests.faults.trials import problems
from tests.faults.world import LAST, Attack, Call, Effect, World, peace

DRIVES = (DriveSettings(drive="backups"), DriveSettings(drive="gs://team/aic"))
NAMES = ("updates", "forced", "rename", "creation", "restored", "captured", "two-merges")
ON_DRIVES, ELSEWHERE, PAIRS = 12, 6, 4


@dataclass
class Trial:
    """A deploy with drives. `hit`: a drive failed in that run, so that what it overwrites may not be there.

    `unsaved` was overwritten by a run whose drives all worked, and is on one of them not to be found; `saved` was found
    there, by drive, title and code. `said` are notes, and `written` is what came to run in AIC since.
    """

    world: World
    name: str
    hit: set[int] = field(default_factory=set)
    unsaved: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    written: set[tuple[str, str]] = field(default_factory=set)
    saved: set[tuple[str, str, str]] = field(default_factory=set)

    def strike(self, attack: Attack) -> None:
        """From the next call on."""

        def seen(call: Call, effect: Effect) -> object:
            if (call.port, call.name) == ("aic", "update"):
                self._look(call)
            if call.name == "write_note":
                self.said.append(str(call.arguments[1]))
            calm, ran = len(self.world.later), set(_live(self.world))
            try:
                return attack(call, effect)
            except BaseException:
                self.hit |= {call.run} if call.port == "drive" else set()
                raise
            finally:
                self.written |= set(_live(self.world)) - ran
                self.hit |= {call.run} if len(self.world.later) != calm else set()

        self.world.attack = seen

    def _look(self, call: Call) -> None:
        """What the service has put there itself is being taken back."""
        stage = self.world.stage
        title, text = _shown(stage.aic.configs[str(call.arguments[0])])
        if call.run in self.hit or (title, text) in self.written:
            return
        for drive in DRIVES:
            if (title, text) in self._on(drive.drive):
                self.saved.add((drive.drive, title, text))
            else:
                self.unsaved.append(f"{text!r} of {title!r} is not on {drive.drive}")

    def _on(self, drive: str) -> set[tuple[str, str]]:
        return {each for one in drive_oracle.before(self.world.stage.drive(drive).files) for each in one.texts}

    def wrong(self) -> list[str]:
        """On the drives; and each that failed is told."""
        found = list(dict.fromkeys(self.unsaved))
        gone = [each for each in sorted(self.saved) if each[1:] not in self._on(each[0])]
        found += [f"{text!r} of {title!r} is not on {drive} any more" for drive, title, text in gone]
        for drive in DRIVES:
            found += [
                f"{drive.drive}: {each}" for each in drive_oracle.wrong(self.world.stage.drive(drive.drive).files)
            ]
        return found


def _live(world: World) -> Iterator[tuple[str, str]]:
    return map(_shown, world.stage.aic.configs.values())


def _shown(config: Mapping[str, Any]) -> tuple[str, str]:
    """Title and code."""
    return str(config["title"]), str(config["stages"][0]["tasks"][0]["config"]["query"])


def trial(name: str) -> Trial:
    """The scenario of a deploy, with two drives."""
    made = SCENARIOS[name].make()
    made.saved_on = DRIVES
    found = Trial(World(made), name)
    found.strike(peace)
    return found


def quiet(name: str) -> list[Call]:
    """The calls of a deploy that nothing disturbs."""
    made = trial(name)
    for message in SCENARIOS[name].messages:
        made.world.deliver(message)
    assert made.wrong() == []
    assert len(drive_oracle.before(made.world.stage.drive(DRIVES[0].drive).files)) > 0
    return made.world.calls


def struck(name: str, hits: Mapping[int, Blow], *, attempts: int = LAST) -> list[str]:
    """What was wrong with the deploy and with what it saved."""
    made = trial(name)
    made.strike(blows.at(made.world, hits))
    found = [*problems(made.world, SCENARIOS[name], attempts=attempts), *made.wrong()]
    if all(blow.kind in FIRST and not blow.after for blow in hits.values()) and made.hit:
        told = any(f"`{each.drive}`" in text for each in DRIVES for text in made.said)
        found += [] if told else ["nobody is told of it"]
    return found


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("attempts", [LAST, 1], ids=["delivered again", "last delivery"])
def test_a_drive_that_fails_at_any_call_changes_nothing_of_a_deploy(name: str, attempts: int) -> None:
    """Lost and late answers, and a process that dies there, included."""
    on_drives = [call for call in quiet(name) if call.port == "drive"]
    cases = [(call.number, blow) for call in on_drives for blow in (*CRASHES, *faults(call))]

    chosen = some(cases, ON_DRIVES, of=f"{name} {attempts}")
    found = {f"{name} {at} {blow}": struck(name, {at: blow}, attempts=attempts) for at, blow in chosen}

    assert len(on_drives) >= 6
    assert shown(found) == ""


@pytest.mark.parametrize("name", NAMES)
def test_whatever_hits_a_deploy_elsewhere_all_that_it_overwrites_has_been_saved(name: str) -> None:
    """Also by the delivery that goes on where another one died, and never over what that one had saved."""
    calls = quiet(name)
    cases = [(call.number, blow) for call in calls if call.port != "drive" for blow in (*CRASHES, *faults(call))]

    chosen = some(cases, ELSEWHERE, of=name)
    found = {f"{name} {at} {blow}": struck(name, {at: blow}) for at, blow in chosen}

    assert shown(found) == ""


@pytest.mark.parametrize("name", NAMES)
def test_a_drive_that_fails_in_the_recovery_changes_nothing_either(name: str) -> None:
    """A crash at any call, then a drive that gives no answer or a crash there."""
    calls = quiet(name)
    cases = [
        (one.number, blow, other, second)
        for one in calls
        for blow in CRASHES
        for other in range(one.number + 1, one.number + 1 + len(calls))
        for second in (*CRASHES, Blow("500"), Blow("500", after=True))
    ]

    found = {
        f"{name} {at} {blow}, {again} {second}": struck(name, {at: blow, again: second})
        for at, blow, again, second in some(cases, PAIRS, of=name)
    }

    assert shown(found) == ""
