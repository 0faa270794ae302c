"""An issue of GitLab is resolved by pipelines as AIC runs them, by one message."""

from datetime import UTC, datetime

import pytest

from shared.domain.answer import Outcome
from shared.domain.errors import Permanent, Refused
from shared.domain.gitlab import Issue, OnIssue, Proposal
from shared.domain.layout import MAPPING_FILE, config_path
from shared.domain.messages.promotion import ResolveIssue
from shared.domain.promotion_report import Promoted
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.resolve import resolve_issue

from ..failing import failing
from ..fake_workspace import stored
from ..stage import ALLOWED, MAPPING, QA, Stage, stage

NAME = "feature/7-numbers-are-off"
URL = "https://gitlab.test/-/issues/7"
DEVELOPMENT = f"{MAPPING}roles:\n  development: develop\n  staging: main\n"
PRODUCTION = f"{MAPPING}roles:\n  production: develop\n  staging: main\n"


def asked(
    world: Stage, *pipelines: str, issue: int = 7, workspace: str = QA, run: str = "0123abcd", dry_run: bool = False
) -> Promoted:
    """The report of an issue that Ann resolves."""
    request = ResolveIssue(project="pin/fusion", issue=issue, workspace=workspace, pipelines=pipelines, dry_run=dry_run)
    asker = Asker(ALLOWED, Run(run, datetime(2026, 11, 20, 9, tzinfo=UTC)), "r-1", "ann")
    order = world.snapshot_order(pipelines=list(pipelines), message=run, dry_run=dry_run)
    return resolve_issue(request, order, asker=asker, outside=world.outside())


def scene(mapping: str = DEVELOPMENT, *, state: str = "opened") -> Stage:
    """Two pipelines that were edited in AIC, and an issue about it."""
    world = stage(mapping=mapping, a="one", b="one")
    files = world.gitlab.commits[world.head].files
    world.gitlab.push("main", {path: files[path] for path in files if path != MAPPING_FILE})
    world.gitlab.issues[7] = Issue(7, "Numbers are off", state, URL)
    world.aic.put("a", "two")
    world.aic.put("b", "two")
    return world


def opened(world: Stage, target: str = "main") -> Proposal:
    (found,) = [
        each for each in world.gitlab.proposals(target=target, state="opened") if "7-numbers" in each.source_branch
    ]
    return found


def comments(world: Stage) -> list[str]:
    return [each.body for each in world.gitlab.written.get(OnIssue(7), [])]


def test_the_branch_is_named_after_the_issue_and_its_merge_request_closes_it() -> None:
    """The issue hears of it by one comment."""
    world = scene()

    report = asked(world, "a")

    proposal = opened(world)
    assert (report.outcome, report.issue, report.iid) == (Outcome.PROPOSED, 7, proposal.iid)
    assert proposal.source_branch == NAME
    assert "\n\nCloses #7\n\n" in proposal.description
    (comment,) = comments(world)
    assert f"!{proposal.iid} resolves this" in comment
    assert "- `a`" in comment
    assert report.told().fields["issue"] == 7


def test_sent_again_it_brings_branch_merge_request_and_comment_up_to_date() -> None:
    """What an earlier message brought stays on it."""
    world = scene()
    first = asked(world, "a")

    second = asked(world, "b", run="aaaaaaaa")

    assert (second.iid, second.titles) == (first.iid, ("a", "b"))
    files = world.gitlab.commits[world.gitlab.branches[NAME]].files
    assert all("two" in files[config_path(title)].decode() for title in ("a", "b"))
    assert "- `b`" in opened(world).description
    (comment,) = comments(world)
    assert "- `b`" in comment


def test_the_same_message_twice_changes_nothing_the_second_time() -> None:
    """Neither the branch nor the comment."""
    world = scene()
    asked(world, "a")
    before = (world.gitlab.branches[NAME], comments(world), opened(world))

    asked(world, "a")

    assert (world.gitlab.branches[NAME], comments(world), opened(world)) == before


def test_in_production_it_becomes_a_hotfix() -> None:
    """Upon what production has, also when it is sent again."""
    world = scene(PRODUCTION)

    asked(world, "a")
    report = asked(world, "b", run="aaaaaaaa")

    proposal = opened(world, "develop")
    assert proposal.source_branch == "hotfix/7-numbers-are-off"
    assert report.titles == ("a", "b")


@pytest.mark.parametrize("mapping", [DEVELOPMENT, PRODUCTION])
def test_a_branch_on_which_people_committed_is_left_to_them(mapping: str) -> None:
    """Their work is never mixed with ours."""
    world = scene(mapping)
    asked(world, "a")
    branch = NAME if mapping == DEVELOPMENT else "hotfix/7-numbers-are-off"
    tip = world.gitlab.push(branch, {config_path("b"): stored("by hand")})

    report = asked(world, "b", run="aaaaaaaa")

    assert (report.outcome, report.reason) == (Outcome.REFUSED, "branch-exists")
    assert world.gitlab.branches[branch] == tip


def test_a_dry_run_makes_nothing() -> None:
    """The issue hears nothing either."""
    world = scene()

    report = asked(world, "a", dry_run=True)

    assert report.outcome is Outcome.PLANNED
    assert (NAME in world.gitlab.branches, comments(world)) == (False, [])


@pytest.mark.parametrize(
    ("issue", "state", "workspace", "reason"),
    [
        (8, "opened", QA, "issue-unknown"),
        (7, "closed", QA, "issue-closed"),
        (7, "opened", "Elsewhere", "route-unknown"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_captured(
    issue: int, state: str, workspace: str, reason: str
) -> None:
    """With a reason."""
    world = scene(state=state)
    head = world.head

    with pytest.raises(Refused) as caught:
        asked(world, "a", issue=issue, workspace=workspace)

    assert caught.value.reason == reason
    assert world.head == head


def test_an_issue_that_takes_no_comment_changes_nothing_of_the_rest() -> None:
    """The line of the log says that it wasn't told."""
    world = scene()
    asked(world, "a")
    world.gitlab.before = failing("write_note", Permanent("gitlab-forbidden"), times=9)

    report = asked(world, "b", run="aaaaaaaa")

    assert (report.outcome, report.untold) == (Outcome.PROPOSED, ("gitlab-forbidden",))
