"""The people of `test_both_ways` go back as well: rollbacks, restores, forced deploys; runs die, and are crossed.

The judge stays the same: it looks at texts, and knows nothing of the rules.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.capture import Mode
from shared.domain.errors import ServiceError
from shared.domain.messages.command import Restore, Rollback
from shared.domain.run import Run
from shared.domain.side_branch import ROLLBACKS
from shared.flows.answering import Asker
from shared.flows.restoring import restore
from shared.flows.rollback import rollback
from tests.faults import test_both_ways
from tests.faults.oracle import live
from tests.faults.sampling import FULL
from tests.faults.test_both_ways import TITLES
from tests.faults.world import LAST, Killed
from tests.stage import QA

ACTS = 18
CASES = 4000 if FULL else 30
MOMENT = datetime(2026, 11, 20, 9, tzinfo=UTC)
WRITES = ("update", "create", "commit", "propose", "edit_proposal")
"""Between a look and these are the windows that docs/lifecycle.md names."""
ALONE = ("edits", "deletes in AIC", "goes back in AIC", "merges", "merges a deletion", "reverts", "lands a capture")
"""What somebody does in the middle of a run; no other run begins by it."""


@dataclass
class World(test_both_ways.World):
    """Each message is delivered until it is acknowledged, and what it asks for after it."""

    def acts(self) -> dict[str, Callable[[], object]]:
        return {
            **super().acts(),
            "rolls back": self._roll_back,
            "rolls back now": lambda: self._roll_back(now=True),
            "restores": self._restore,
            "forces": lambda: self._deploy(force=True, confirm=QA, by_hand=True),
            "forces some": lambda: self._deploy(force=True, confirm=QA, by_hand=True, pipelines=self._some()),
            "renames in AIC": self._rename,
            "a run dies": self._die,
            "somebody acts meanwhile": self._meanwhile,
            "somebody acts meanwhile, too": self._meanwhile,
        }

    def calm(self) -> None:
        """Nothing goes wrong any more."""
        self._quiet()
        super().calm()

    def _roll_back(self, *, now: bool = False) -> None:
        wanted = Rollback(
            project="pin/fusion", branch="develop", to=self._past(), pipelines=self._few(), now=now, confirm=QA
        )
        ask = self._asker()
        self._run(lambda final: rollback(wanted, ask(final), self.stage.outside()))

    def _restore(self) -> None:
        wanted = Restore(project="pin/fusion", workspace=QA, origin=self._past(), pipelines=self._few(), confirm=QA)
        ask = self._asker()
        self._run(lambda final: restore(wanted, ask(final), (), self.stage.outside()))

    def _asker(self) -> Callable[[bool], Asker]:
        """The same for each delivery of one message, but for the last."""
        name = f"{next(self.texts):08x}"
        return lambda final: Asker(frozenset({QA}), Run(name, MOMENT), name, "ann", final)

    def _past(self) -> str:
        recorded = [commit for commit, status in self.stage.records() if status == "success"]
        return self.dice.choice(["previous", *recorded])

    def _some(self) -> list[str]:
        return self.dice.sample(TITLES, self.dice.randint(1, 3))

    def _few(self) -> tuple[str, ...] | None:
        return self.dice.choice([None, tuple(self._some())])

    def _rename(self) -> None:
        title, other = self._title(), self.dice.choice([*TITLES, "e"])
        job = self.stage.aic.id_of(title)
        if job and not self.stage.aic.id_of(other):
            text = live(self.stage.aic)[title]
            self.stage.aic.configs[job]["title"] = other
            if text in self.typed:
                self.typed[text] = other

    def _die(self) -> None:
        """The next run, at one of its calls."""

        def dies(call: str) -> None:
            self.trace.append(f"died before {call}")
            raise Killed

        self._soon(dies, self.dice.randint(1, 40))

    def _meanwhile(self) -> None:
        """At some call of the next run."""
        name = self.dice.choice(ALONE)

        def acts(call: str) -> None:
            self.trace.append(f"{name} before {call}")
            test_both_ways.World.acts(self)[name]()
            self._note()

        self._soon(acts, self.dice.randint(1, 60), never=WRITES)

    def _soon(self, act: Callable[[str], None], number: int, *, never: tuple[str, ...] = ()) -> None:
        """At the call of that number, or the first one after it that is not `never` meant."""
        left = number

        def before(call: str) -> None:
            nonlocal left
            left -= 1
            if left <= 0 and call not in never:
                self._quiet()
                act(call)

        self.stage.gitlab.before = self.stage.aic.before = before

    def _quiet(self) -> None:
        self.stage.gitlab.before = self.stage.aic.before = lambda _: None

    def _snapshot(self) -> None:
        message = self._text()
        self._run(lambda final: self.stage.snapshot(mode=self.mode, message=message, final=final))

    def _deploy(self, **said: Any) -> None:
        self._run(lambda final: self.stage.deploy(**said, final=final))

    def _close(self) -> None:
        """GitLab's hook tells of it."""
        for each in self._open()[:1]:
            self.stage.gitlab.close(each)
            if self.stage.gitlab.request(each).source_branch.startswith(ROLLBACKS):
                self._deploy(full=True)

    def _run(self, call: Callable[..., object]) -> None:
        self._delivered(call)
        published = self.stage.publisher.published
        while published:
            topic, said, _, attributes, _ = published.pop(0)
            if topic == "aic-deploy":
                self.trace.append(f"asked: {said}")
                self._delivered(self._asked(said, by_hand=attributes["origin"] == "command"))

    def _asked(self, said: dict[str, Any], *, by_hand: bool) -> Callable[[bool], object]:
        more = {key: said[key] for key in said.keys() - {"project", "branch", "by"}}
        return lambda final: self.stage.deploy(**more, by_hand=by_hand, final=final)

    def _delivered(self, call: Callable[[bool], object]) -> None:
        for attempt in range(1, LAST + 1):
            try:
                call(attempt == LAST)
                break
            except Killed:
                self._note()
            except ServiceError as error:
                self.trace.append(error.reason)
        self._quiet()

    def _check_parked(self, made: str) -> None:
        """A rollback brings what Git had, which is its sense."""
        names = [name for name, tip in self.stage.gitlab.branches.items() if tip == made]
        if not any(name.startswith(ROLLBACKS) for name in names):
            super()._check_parked(made)


@pytest.mark.parametrize("mode", Mode)
def test_whatever_people_take_back_nothing_is_lost_and_both_sides_agree_in_the_end(mode: Mode) -> None:
    """A failing case is named by its seed, which replays it."""
    assert test_both_ways.failed(World, cases=CASES, acts=ACTS, mode=mode) == {}
