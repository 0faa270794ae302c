"""What was edited in the workspace of production becomes a branch to be merged back there."""

import json
from datetime import UTC, datetime

import pytest

from shared.domain import trailers
from shared.domain.answer import Outcome
from shared.domain.errors import Refused
from shared.domain.gitlab import OnCommit
from shared.domain.layout import config_path, title_of
from shared.domain.messages.promotion import CreateHotfixBranch
from shared.domain.promotion_report import Promoted
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.hotfix import create_hotfix_branch

from ..fake_workspace import stored
from ..stage import ALLOWED, MAPPING, QA, Stage, stage

NAME = "hotfix/pin-13"
PRODUCTION = f"{MAPPING}roles:\n  production: develop\n"


def asked(
    world: Stage, *pipelines: str, run: str = "0123abcd", allowed: frozenset[str] = ALLOWED, dry_run: bool = False
) -> Promoted:
    """The report of a hotfix branch that Ann asks for."""
    request = CreateHotfixBranch(project="pin/fusion", name="PIN-13", pipelines=pipelines or None, dry_run=dry_run)
    asker = Asker(allowed, Run(run, datetime(2026, 11, 20, 9, tzinfo=UTC)), "r-1", "ann")
    return create_hotfix_branch(request, asker=asker, outside=world.outside())


def production() -> Stage:
    """Three pipelines, two of which somebody has edited in AIC."""
    world = stage(mapping=PRODUCTION, a="one", b="one", c="one")
    world.aic.put("a", "fixed")
    world.aic.put("b", "tried")
    return world


def changed(world: Stage) -> dict[str, str]:
    """What merging the branch would change in the configs: title to code."""
    commits, branches = world.gitlab.commits, world.gitlab.branches
    before, after = (commits[branches[name]].files for name in ("develop", NAME))
    paths = [path for path in before.keys() | after.keys() if path.startswith("config/")]
    return {title_of(path) or "": _code(after[path]) for path in paths if before.get(path) != after.get(path)}


def _code(config: bytes) -> str:
    found: str = json.loads(config)["stages"][0]["tasks"][0]["config"]["query"]
    return found


def test_a_hotfix_brings_exactly_the_named_pipelines_as_aic_runs_them() -> None:
    """One commit upon what was last proven to be live, which says where it comes from."""
    world = production()

    report = asked(world, "a")

    tip = world.gitlab.commits[world.gitlab.branches[NAME]].commit
    assert (report.outcome, report.titles, report.name) == (Outcome.MADE, ("a",), NAME)
    assert changed(world) == {"a": "fixed"}
    assert tip.parents == (world.head,)
    assert tip.message.startswith(f"Capture 1 pipeline of {QA} from AIC\n\n")
    assert trailers.parse(tip.message) == trailers.Trailers(QA, "0123abcd")


def test_without_names_all_that_was_edited_there_goes_along() -> None:
    """And nothing else."""
    world = production()

    assert asked(world).titles == ("a", "b")
    assert changed(world) == {"a": "fixed", "b": "tried"}


def test_the_answer_says_where_it_comes_from_and_how_to_go_on() -> None:
    """On the new branch, since there is no merge request yet."""
    world = production()

    asked(world, "a", "c")

    (note,) = world.gitlab.written[OnCommit(world.gitlab.branches[NAME])]
    assert f"Edited in AIC, in the workspace `{QA}`. Asked for by `ann`." in note.body
    assert "- `c`: it is in Git as AIC runs it" in note.body
    assert '"workflow":"create_merge_request"' in note.body


def test_production_and_aic_are_left_as_they_are() -> None:
    """It is merging that changes production."""
    world = production()
    head = world.head

    asked(world, "a")

    assert world.head == head
    assert world.writes() == []


def test_a_pipeline_that_others_changed_in_git_meanwhile_is_cut_where_both_were_the_same() -> None:
    """So that Git itself shows what there is to decide."""
    world = production()
    base = world.head
    world.put(a="of somebody else")

    report = asked(world, "a")

    assert report.outcome is Outcome.MADE
    assert world.gitlab.commits[world.gitlab.branches[NAME]].commit.parents == (base,)


def test_where_nothing_was_edited_no_branch_is_made() -> None:
    """The answer is on production's newest commit."""
    world = stage(mapping=PRODUCTION, a="one")

    report = asked(world, "a")

    assert (report.outcome, report.detail) == (Outcome.NOTHING, "`develop` has what AIC runs")
    assert NAME not in world.gitlab.branches
    assert "Nothing to do" in world.gitlab.body(OnCommit(world.head))


def test_what_can_not_go_to_git_is_named_with_its_reason() -> None:
    """A secret that somebody typed, for one."""
    world = production()
    world.aic.put("a", "password = 'glpat-AbCdEfGhIjKlMnOpQrSt'")

    report = asked(world)

    assert report.titles == ("b",)
    assert [title for title, _ in report.left_out] == ["a"]


def test_a_dry_run_makes_nothing_and_says_what_it_would() -> None:
    """On production's newest commit."""
    world = production()

    report = asked(world, "a", dry_run=True)

    assert (report.outcome, report.titles) == (Outcome.PLANNED, ("a",))
    assert NAME not in world.gitlab.branches


def test_the_same_message_once_more_makes_nothing_more() -> None:
    """Nor does the same question in another message."""
    world = production()
    asked(world, "a")
    tip = world.gitlab.branches[NAME]

    again, later = asked(world, "a"), asked(world, "a", run="aaaaaaaa")

    assert [each.outcome for each in (again, later)] == [Outcome.NOTHING, Outcome.NOTHING]
    assert world.gitlab.branches[NAME] == tip


def test_a_delivery_goes_on_where_an_earlier_one_died() -> None:
    """Its commits are its own; what is missing is added."""
    world = production()
    asked(world, "a")
    world.aic.put("a", "fixed better")

    report = asked(world, "a")

    assert report.outcome is Outcome.MADE
    assert changed(world) == {"a": "fixed better"}


@pytest.mark.parametrize("whose", ["other pipelines", "other content", "a person"])
def test_a_branch_with_other_content_is_never_written_to(whose: str) -> None:
    """Its name is taken."""
    world = production()
    asked(world, *(("a", "b") if whose == "other pipelines" else ("a",)), run="bbbbbbbb")
    if whose == "other content":
        world.aic.put("a", "fixed better")
    if whose == "a person":
        world.gitlab.push(NAME, {config_path("c"): stored("by hand")})
    tip = world.gitlab.branches[NAME]

    report = asked(world, "a")

    assert (report.outcome, report.reason) == (Outcome.REFUSED, "branch-exists")
    assert world.gitlab.branches[NAME] == tip


def test_a_branch_that_was_set_back_behind_what_is_live_is_refused() -> None:
    """Nobody knows what was edited then."""
    world = production()
    world.gitlab.branches["develop"] = world.gitlab.branches["main"]

    assert asked(world, "a").reason == "superseded"


def test_a_workspace_that_the_settings_do_not_name_is_not_looked_at() -> None:
    """Nor one of no role."""
    with pytest.raises(Refused) as caught:
        asked(production(), "a", allowed=frozenset())

    assert caught.value.reason == "workspace-not-allowed"
