"""Merge requests of the Git flow: one for each branch, in words that people choose or in ours."""

from typing import Any

import pytest

from shared.domain.answer import Outcome
from shared.domain.errors import Refused, Transient
from shared.domain.gitlab import Care, OnCommit
from shared.domain.layout import config_path
from shared.domain.messages.promotion import CreateMergeRequest, Promote
from shared.domain.promotion_report import Promoted
from shared.flows.promote import promote
from shared.flows.proposing import create_merge_request

from ..failing import failing
from ..fake_workspace import stored
from ..stage import ALLOWED, Stage
from .test_branching import NAME, asker, changed, files, flow
from .test_branching import asked as branched


def asked(world: Stage, source: str = NAME, *, run: str = "0123abcd", **said: Any) -> Promoted:
    """The report of the merge request that Ann asks for."""
    request = CreateMergeRequest(project="pin/fusion", source=source, **said)
    return create_merge_request(request, asker=asker(run), outside=world.outside())


def promoted(world: Stage, *pipelines: str, run: str = "0123abcd", **said: Any) -> Promoted:
    """The report of a promotion from staging to production that Ann asks for."""
    request = Promote(
        **{
            "project": "pin/fusion",
            "origin": "staging",
            "to": "production",
            "ticket": "PIN-12",
            "pipelines": pipelines or None,
            **said,
        }
    )
    return promote(request, asker=asker(run), outside=world.outside())


def released() -> Stage:
    world = flow()
    branched(world, "a", "new")
    return world


def test_a_branch_goes_where_the_flow_merges_it() -> None:
    """Its text names what it brings."""
    world = released()

    report = asked(world)

    assert report.iid is not None
    proposal = world.gitlab.request(report.iid)
    assert (proposal.source_branch, proposal.target_branch) == (NAME, "main")
    assert proposal.title == "release/pin-12: 2 pipelines"
    assert proposal.description.startswith("<!-- aic-promotion release/pin-12 -->\n\n")
    assert "From `release/pin-12` to `main`. Asked for by `ann`." in proposal.description
    assert "**Brings**\n\n- `a`\n- `new`" in proposal.description
    assert "Merging changes these pipelines of `main` and no others" in proposal.description
    assert (report.outcome, report.told().fields["merge_request"]) == (Outcome.PROPOSED, report.iid)
    assert not report.told().bad


def test_title_description_labels_and_target_are_the_askers_to_choose() -> None:
    """No word of theirs has power in GitLab: a line that begins with a slash would be a command."""
    world = released()

    report = asked(
        world,
        target="develop",
        title="Dealers",
        description="Please look.\n/merge\n@all",
        labels=("release", "qa"),
        assignees=("ann",),
        squash=True,
    )

    assert report.iid is not None
    proposal = world.gitlab.request(report.iid)
    assert (proposal.target_branch, proposal.title) == ("develop", "Dealers")
    assert "\nPlease look.\n`/merge`\n`@all`\n" in proposal.description
    assert world.gitlab.requests[report.iid - 1].care == Care(("release", "qa"), ("ann",), squash=True)


def test_the_same_question_again_brings_the_open_one_up_to_date() -> None:
    """There is one for the two branches."""
    world = released()
    first = asked(world)
    world.put(branch=NAME, b="by hand")

    again = asked(world, title="Dealers", labels=("late",))

    assert again.iid == first.iid is not None
    assert len(world.gitlab.requests) == 1
    proposal = world.gitlab.request(first.iid)
    assert proposal.title == "Dealers"
    assert "- `a`\n- `b`\n- `new`" in proposal.description
    edits = world.gitlab.calls.count("edit_proposal")
    asked(world, title="Dealers")
    assert world.gitlab.calls.count("edit_proposal") == edits


def test_a_description_that_people_wrote_is_only_replaced_when_people_ask() -> None:
    """Theirs is worth more than ours."""
    world = released()
    number = world.gitlab.open(NAME, "main", title="By hand")

    assert asked(world).iid == number
    assert (world.gitlab.request(number).title, world.gitlab.request(number).description) == ("By hand", "")
    asked(world, description="New words")
    assert "New words" in world.gitlab.request(number).description
    assert world.gitlab.request(number).title == "By hand"


def test_a_dry_run_opens_nothing() -> None:
    """The answer stands on the branch."""
    world = released()

    report = asked(world, dry_run=True)

    assert (report.outcome, world.gitlab.requests) == (Outcome.PLANNED, [])
    notes = [each.body for each in world.gitlab.written[OnCommit(world.gitlab.branches[NAME])]]
    assert any("### 🔎 What `release/pin-12` would bring" in each for each in notes)


def test_f16_a_merge_request_leaves_nobody_on_another_branch() -> None:
    """What is asked for next goes where it always goes: nothing is checked out."""
    world = released()
    tips = dict(world.gitlab.branches)

    asked(world)

    assert world.gitlab.branches == tips
    assert branched(world, "b", name="PIN-13").outcome is Outcome.MADE
    assert changed(world, "release/pin-13") == {config_path("b"): stored("two")}


def test_a_branch_that_brings_nothing_is_not_proposed() -> None:
    """GitLab would show an empty merge request."""
    world = released()
    world.gitlab.branches["release/empty"] = world.gitlab.branches["main"]

    assert asked(world, "release/empty").outcome is Outcome.NOTHING


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"source": "my-branch"}, "route-unknown"),
        ({"source": "main", "target": "main"}, "route-unknown"),
        ({"source": "feature/x"}, "branch-missing"),
        ({"source": NAME, "target": "gone"}, "branch-missing"),
    ],
)
def test_a_way_that_leads_nowhere_is_refused(said: dict[str, str], reason: str) -> None:
    """Before anything is opened."""
    world = released()
    try:
        found = asked(world, **said).reason
    except Refused as error:
        found = error.reason

    assert (found, world.gitlab.requests) == (reason, [])


def test_a_target_whose_workspace_is_not_allowed_is_refused() -> None:
    """The settings alone say what the service may touch."""
    request = CreateMergeRequest(project="pin/fusion", source=NAME)
    only = asker(allowed=ALLOWED - {"PIN FUSION 2.0"})

    with pytest.raises(Refused) as refused:
        create_merge_request(request, asker=only, outside=released().outside())
    assert refused.value.reason == "workspace-not-allowed"


def test_a_name_from_outside_stands_in_no_title() -> None:
    """GitLab would look for references in it."""
    world = released()
    world.gitlab.branches["release/@all"] = world.gitlab.branches[NAME]

    report = asked(world, "release/@all")

    assert report.iid is not None
    assert world.gitlab.request(report.iid).title == "A branch: 2 pipelines"


def test_a_promotion_is_the_branch_and_the_merge_request_in_one() -> None:
    """Exactly what was chosen, named after the ticket."""
    world = flow()

    report = promoted(world, "a", "old")

    assert report.iid is not None
    proposal = world.gitlab.request(report.iid)
    assert (proposal.source_branch, proposal.target_branch) == (NAME, "main")
    assert "From `develop`, upon what `main` has now. Asked for by `ann`." in proposal.description
    assert "**Brings**\n\n- `a`\n\n**Left as they are**\n\n- `old`" in proposal.description
    assert set(changed(world)) == {config_path("a"), "code/a/t1.sql", "code/a/t2.sql", "code/a/gone.sql"}
    world.gitlab.land(report.iid)
    assert (files(world, "main")[config_path("a")], files(world, "main")[config_path("b")]) == (
        stored("two"),
        stored("one"),
    )


def test_a_promotion_may_name_branches_instead_of_roles() -> None:
    """Nobody has to know which role a branch has."""
    assert promoted(flow(), "a", origin="develop", to="main").outcome is Outcome.PROPOSED


def test_a_promotion_sent_twice_is_one() -> None:
    """Also when it is asked for anew, or died before its merge request."""
    world = flow()
    world.gitlab.before = failing("propose", Transient("gitlab-busy", "later"))
    with pytest.raises(Transient):
        promoted(world, "a")

    numbers = [promoted(world, "a", run=run).iid for run in ("0123abcd", "0123abcd", "ffffffff")]

    assert numbers == [1, 1, 1]
    assert len(world.gitlab.requests) == 1


def test_a_promotion_with_a_conflict_opens_nothing() -> None:
    """The branch that it would come from says why."""
    world = flow()
    world.put(branch="main", a="hotfix")

    report = promoted(world, "a")

    assert (report.reason, report.conflicts, world.gitlab.requests) == ("promotion-conflict", ("a",), [])
    assert NAME not in world.gitlab.branches


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_promotion_that_brings_nothing_opens_nothing(dry_run: bool) -> None:
    """A dry run never does."""
    world = flow()
    if not dry_run:
        world.gitlab.branches["main"] = world.head

    assert promoted(world, dry_run=dry_run).outcome is (Outcome.PLANNED if dry_run else Outcome.NOTHING)
    assert world.gitlab.requests == []


@pytest.mark.parametrize(("origin", "to"), [("production", "main"), ("staging", "qa"), ("development", "main")])
def test_nothing_is_promoted_off_the_ways_of_the_flow(origin: str, to: str) -> None:
    """Nothing is done and the ways are named."""
    world = flow()

    with pytest.raises(Refused) as refused:
        promoted(world, origin=origin, to=to)
    assert refused.value.reason == "route-unknown"
