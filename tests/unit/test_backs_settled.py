"""A back-merge that nothing is left of to be done is closed by the sweep, and no other merge request is."""

from collections.abc import Callable

import pytest

from shared.domain.answer import Outcome
from shared.domain.errors import Transient
from shared.domain.gitlab import Proposal
from shared.domain.layout import config_path
from shared.domain.messages.promotion import Promote
from shared.domain.promotion_report import Promoted
from shared.domain.sweep_report import SweepReport
from shared.flows.answering import Asker
from shared.flows.promote import promote
from shared.flows.sweep import Sweeper, Unswept, sweep

from ..failing import failing
from ..fake_workspace import stored
from ..stage import ALLOWED, RUN, OneByOne, Stage, bare

MAPPING = "mapping:\n  main: PIN FUSION 2.0\n  develop: PIN FUSION 2.0 QA\nignore:\n  - 'scratch*'\n"
BRANCH = "back-merge/staging/night"


def hotfixed(*, develop: dict[str, str] | None = None, **fixes: str) -> Stage:
    """Both branches have a and b; then staging got its own changes, and production the fixes. All is deployed."""
    world = bare(mapping=MAPPING)
    world.gitlab.push("main", {config_path(title): stored("one") for title in ("a", "b")})
    world.gitlab.branches["develop"] = world.gitlab.branches["main"]
    if develop:
        world.put(**develop)
    world.put(branch="main", **fixes)
    return world


def brought(world: Stage, *pipelines: str) -> Promoted:
    request = Promote(
        project="pin/fusion", origin="production", to="staging", ticket="night", pipelines=pipelines or None
    )
    return promote(request, asker=Asker(ALLOWED, RUN, "r"), outside=world.outside())


def swept(world: Stage) -> SweepReport:
    """A sweep after the branch was deployed: what is due goes first."""
    world.deploy(by_hand=True)
    return sweep([Unswept("pin/fusion", ALLOWED, world.outside)], Sweeper(3000.0, "run-1"), together=OneByOne())


def closed(world: Stage) -> list[object]:
    fields = swept(world).told().fields
    assert fields["failed"] == []
    assert isinstance(fields["back_merges_closed"], list)
    return fields["back_merges_closed"]


def proposal(world: Stage, iid: int = 1) -> Proposal:
    found = world.gitlab.proposal(iid)
    assert found is not None
    return found


def test_it_is_closed_once_the_target_has_had_its_versions() -> None:
    """By whatever way they came; what stands there now is newer. Its text says so."""
    world = hotfixed(a="fixed")
    brought(world)
    assert closed(world) == []
    world.put(a="fixed")
    world.put(a="newer")

    assert closed(world) == ["pin/fusion!1"]

    found = proposal(world)
    assert found.state == "closed"
    assert found.description.startswith(f"<!-- aic-promotion {BRANCH} -->\n\n### ✅ Nothing is left to be done\n\n")
    assert "`develop` has had these versions" in found.description
    assert found.description.endswith("deploys them.")
    assert closed(world) == []
    assert BRANCH in world.gitlab.branches


def test_one_that_a_person_opened_again_stays_open() -> None:
    """They know why."""
    world = hotfixed(a="fixed")
    brought(world)
    world.put(a="fixed")
    closed(world)
    world.gitlab.reopen(1)

    assert closed(world) == []
    assert proposal(world).state == "opened"


def _theirs(world: Stage) -> None:
    world.gitlab.edit_proposal(1, description="mine now")


def _more(world: Stage) -> None:
    world.put(branch=BRANCH, b="by hand")


def _a_file(world: Stage) -> None:
    world.gitlab.push(BRANCH, {"README.md": "by hand"})


def _a_deletion(world: Stage) -> None:
    world.put(branch=BRANCH, b=None)


def _no_branch(world: Stage) -> None:
    del world.gitlab.branches[BRANCH]


@pytest.mark.parametrize("act", [_theirs, _more, _a_file, _a_deletion, _no_branch])
def test_what_people_made_of_it_is_never_closed(act: Callable[[Stage], None]) -> None:
    """A text of their own, another pipeline, another file, a deletion; nor one whose branch is gone."""
    world = hotfixed(a="fixed")
    brought(world)
    world.put(a="fixed")
    act(world)

    assert closed(world) == []
    assert proposal(world).state == "opened"


def test_other_merge_requests_are_left_alone() -> None:
    """One that a person opened from such a branch, and a feature of ours."""
    world = hotfixed(a="fixed")
    for branch, text in ((BRANCH, f"<!-- aic-promotion {BRANCH} -->"), ("feature/x", "")):
        world.gitlab.branches[branch] = world.head
        world.gitlab.edit_proposal(world.gitlab.open(branch, "develop"), description=text)

    assert closed(world) == []


def test_a_closing_that_fails_is_tried_by_the_next_sweep() -> None:
    """The sweep says that it failed."""
    world = hotfixed(a="fixed")
    brought(world)
    world.put(a="fixed")
    world.gitlab.before = failing("edit_proposal", Transient("gitlab-unavailable"))

    assert swept(world).told().fields["failed"] == ["pin/fusion:develop: gitlab-unavailable"]
    assert closed(world) == ["pin/fusion!1"]


def test_of_a_hotfix_what_can_goes_back_and_the_conflict_is_told_with_both_versions() -> None:
    """A release goes as a whole or not at all; each fix that comes back is one that the next release won't undo."""
    world = hotfixed(develop={"b": "of staging"}, a="fixed", b="fixed too")

    report = brought(world)

    assert (report.outcome, report.titles, report.conflicts) == (Outcome.PROPOSED, ("a",), ("b",))
    files = world.gitlab.commits[world.gitlab.branches[BRANCH]].files
    assert files[config_path("a")].decode() == stored("fixed")
    assert files[config_path("b")].decode() == stored("of staging")
    text = proposal(world).description
    assert "**Changed on `develop` and not on `main`**\n\n- `b`: " in text
    assert "<summary><code>b</code> · +1" in text
    assert "These are left out. Put the change of `main` into the version of `develop` by hand" in text
    again = brought(world)
    assert (again.outcome, again.iid, proposal(world).description) == (Outcome.PROPOSED, 1, text)


def test_where_all_are_in_conflict_nothing_is_made() -> None:
    """The note on production's newest commit tells, with both versions."""
    world = hotfixed(develop={"b": "of staging"}, b="fixed too")

    report = brought(world)

    assert (report.outcome, report.reason) == (Outcome.REFUSED, "promotion-conflict")
    assert BRANCH not in world.gitlab.branches
