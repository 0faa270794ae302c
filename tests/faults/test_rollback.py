"""A rollback attacked at each of its calls: one merge request comes of it, with exactly what goes back, or nothing."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from shared.domain.errors import ServiceError
from shared.domain.layout import config_path
from shared.domain.messages.command import Rollback
from shared.domain.return_report import Returned
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.rollback import rollback
from tests.fake_workspace import stored
from tests.faults import blows
from tests.faults.blows import CRASHES, FIRST, Blow
from tests.faults.sampling import shown, some
from tests.faults.world import LAST, Call, Killed, World, peace
from tests.stage import QA, Stage, stage

REQUEST = Rollback(project="pin/fusion", branch="develop", now=True, confirm=QA)
RUN = Run("0123abcd", datetime(2026, 11, 20, 9, tzinfo=UTC))
WRITES = ("commit", "propose", "write_note", "publish")
PAIRS = 100


@dataclass(frozen=True, slots=True)
class Trial:
    """A world in which a bad merge is live, and what there was before anybody asked to take it back."""

    world: World
    bad: int
    before: Mapping[str, bytes]
    commits: int
    configs: str

    def deliver(self, *, attempts: int = LAST) -> Returned | None:
        """The message until it is acknowledged or a dead letter."""
        for attempt in range(1, attempts + 1):
            asker = Asker(frozenset({QA}), RUN, "r-1", "ann", attempt == attempts)
            with suppress(ServiceError, Killed):
                return rollback(REQUEST, asker, self.world.outside())
        return None


def trial() -> Trial:
    made = stage(a="one", b="one")
    made.gitlab.branches["feature/bad"] = made.head
    made.put(branch="feature/bad", a="two", b="two", new="two")
    bad = made.gitlab.merge("feature/bad", "develop")
    made.deploy()
    world = World(made)
    return Trial(world, bad, _files(made, "develop"), len(made.gitlab.commits), str(made.aic.configs))


def struck(hits: Mapping[int, Blow], *, attempts: int = LAST) -> tuple[Trial, list[str]]:
    """What was wrong after the attack, and after the same message in peace."""
    found = trial()
    found.world.attack = blows.at(found.world, hits)
    ended = found.deliver(attempts=attempts)
    wrong = _halfway(found, ended)
    found.world.attack = peace
    found.world.settle()
    found.deliver()
    return found, [*wrong, *(f"afterwards: {each}" for each in _wrong(found))]


def quiet() -> list[Call]:
    """The calls of a rollback that nothing disturbs."""
    found = trial()
    found.deliver()
    assert _wrong(found) == []
    return found.world.calls


def test_a_crash_at_any_call_is_made_good() -> None:
    """By the next delivery, or by the same question once more."""
    cases = [(call.number, blow, attempts) for call in quiet() for blow in CRASHES for attempts in (LAST, 1)]

    found = {f"{at} {blow} {attempts}": struck({at: blow}, attempts=attempts)[1] for at, blow, attempts in cases}

    assert len(found) > 40
    assert shown(found) == ""


@pytest.mark.parametrize("attempts", [LAST, 1], ids=["delivered again", "last delivery"])
def test_a_fault_at_any_call_is_made_good(attempts: int) -> None:
    """Lost answers and answers that come too late included."""
    cases = [(call.number, blow) for call in quiet() for blow in _faults(call)]

    found = {f"{at} {blow}": struck({at: blow}, attempts=attempts)[1] for at, blow in cases}

    assert shown(found) == ""


def test_two_faults_are_made_good() -> None:
    """The second one in the recovery from the first."""
    calls = quiet()
    pairs = [
        (one.number, blow, other)
        for one in calls
        for blow in _faults(one)
        for other in range(one.number + 1, one.number + len(calls))
    ]

    found = {}
    for at, blow, again in some(pairs, PAIRS, of="rollback"):
        for second in (*CRASHES, Blow("500", after=True)):
            found[f"{at} {blow}, {again} {second}"] = struck({at: blow, again: second})[1]

    assert shown(found) == ""


def _faults(call: Call) -> list[Blow]:
    if call.name not in WRITES:
        return [Blow(kind) for kind in FIRST]
    return [*(Blow(kind) for kind in FIRST), Blow("500", after=True), Blow("late", later=3), Blow("late", later=10_000)]


def _halfway(found: Trial, ended: Returned | None) -> list[str]:
    """What must hold even where nothing came of it."""
    made, wrong = found.world.stage, []
    if _files(made, "develop") != found.before:
        wrong.append("the branch itself was changed")
    if str(made.aic.configs) != found.configs:
        wrong.append("AIC was changed")
    if made.publisher.published and not _ours(made):
        wrong.append("a deploy was asked for before the merge request stood")
    if ended is not None and ended.iid is not None and ended.iid not in _ours(made):
        wrong.append("a merge request is told of that isn't there")
    return wrong


def _wrong(found: Trial) -> list[str]:
    made = found.world.stage
    wrong = _halfway(found, None)
    ours = _ours(made)
    if len(ours) != 1:
        return [*wrong, f"{len(ours)} merge requests"]
    source = made.gitlab.request(ours[0]).source_branch
    after = _files(made, source)
    expected = {config_path(title): stored("one").encode() for title in ("a", "b")}
    if after != {**found.before, **expected}:
        wrong.append("another content is proposed")
    if len(made.gitlab.commits) - found.commits != 1:
        wrong.append(f"{len(made.gitlab.commits) - found.commits} commits")
    if not made.publisher.published:
        wrong.append("no deploy was asked for")
    return wrong


def _ours(made: Stage) -> list[int]:
    return [
        each.proposal.iid
        for each in made.gitlab.requests
        if each.proposal.source_branch.startswith("aic-rollback/") and each.proposal.state == "opened"
    ]


def _files(made: Stage, branch: str) -> Mapping[str, bytes]:
    there = made.gitlab.commits[made.gitlab.branches[branch]].files
    return {path: data for path, data in there.items() if path.startswith(("config/", "code/"))}
