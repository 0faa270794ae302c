"""Interactive branches are made once for each content, and deleted when nobody needs them any more."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain import copies
from shared.domain.copy_report import Handled
from shared.domain.errors import Permanent, Refused, ServiceError, Transient
from shared.domain.gitlab import OnCommit
from shared.domain.layout import config_path
from shared.domain.messages.manual import DeleteInteractiveBranches, PushInteractiveBranch
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.interactive import delete, push

from ..failing import failing
from ..fake_desk import FakeDesk
from ..fake_workspace import config, stored
from ..stage import ALLOWED, QA, Stage, stage

MOMENT = datetime(2026, 11, 29, 8, 45, tzinfo=UTC)
ASKER = Asker(ALLOWED, Run("0123abcd", MOMENT), "r-1", "ann")
LATER = replace(ASKER, run=Run("4567abcd", MOMENT.replace(hour=10)))
LAST = replace(ASKER, final=True)
NAME, NEXT = "PUSH_20261129084500", "PUSH_20261129104500"


def pushed(world: Stage, *pipelines: str, asker: Asker = ASKER, **said: Any) -> Handled:
    request = PushInteractiveBranch(project="pin/fusion", workspace=QA, pipelines=pipelines, **said)
    return push(request, asker, world.outside())


def deleted(world: Stage, *pipelines: str, asker: Asker = ASKER, **said: Any) -> Handled:
    request = DeleteInteractiveBranches(project="pin/fusion", workspace=QA, pipelines=pipelines, **said)
    return delete(request, asker, world.outside())


def desk(world: Stage) -> FakeDesk:
    return world.open_desk(QA)


def names(world: Stage, title: str) -> list[str]:
    return desk(world).names(str(world.aic.id_of(title)))


def feature() -> Stage:
    """QA runs what its branch has; a feature branch has changed `a`, and AIC knows more of it than Git."""
    world = stage(a="one", b="uno")
    world.aic.put("a", "one", schedule="daily")
    world.gitlab.branches["feature/x"] = world.head
    world.put(branch="feature/x", a="two")
    return world


def note(world: Stage, kind: str = "push_interactive_branch") -> str:
    notes = world.gitlab.written[OnCommit(world.head)]
    (found,) = [each for each in notes if each.body.startswith(f"<!-- aic-{kind} ")]
    return found.body


def test_a_pipeline_of_a_branch_lies_beside_what_runs() -> None:
    """With what AIC has beside the content, and nothing else changes; a note says where to look."""
    world = feature()
    before = dict(world.aic.configs)
    job_id = str(world.aic.id_of("a"))

    report = pushed(world, "a", branch="feature/x")

    (made,) = desk(world).configs(job_id)
    assert names(world, "a") == [NAME]
    assert made == {"$id": job_id, "title": "a", "schedule": "daily", **config("two")}
    assert (world.aic.configs, world.writes(), names(world, "b")) == (before, [], [])
    told = report.told()
    assert (told.said, told.bad, told.fields["done"]) == ("push_interactive_branch: done", False, [f"a: {NAME}"])
    assert f"- `a`: `{NAME}`" in note(world)
    assert f"come from commit `{world.gitlab.branches['feature/x'][:8]}`" in note(world)
    assert "Asked for by `ann`." in note(world)


def test_without_a_branch_it_is_that_of_the_workspace() -> None:
    """What Git has beside what somebody typed into AIC."""
    world = feature()
    world.aic.put("a", "typed in AIC")

    pushed(world, "a", "b", "a")

    assert names(world, "a") == names(world, "b") == [NAME]
    assert config("one").items() <= dict(desk(world).configs(str(world.aic.id_of("a")))[0]).items()  # type: ignore[call-overload]


def test_a_message_that_comes_again_makes_nothing_again() -> None:
    """Also where the run died between making and telling."""
    world = feature()
    world.gitlab.before = failing("write_note", Transient("gitlab-unavailable", "busy"))
    with pytest.raises(Transient):
        pushed(world, "a", branch="feature/x")

    report = pushed(world, "a", branch="feature/x")

    assert (names(world, "a"), report.outcome) == ([NAME], "done")


def test_the_same_question_twice_is_answered_with_the_same_branch() -> None:
    """Until the content is another, or somebody has deleted it."""
    world = feature()
    pushed(world, "a", branch="feature/x")

    again = pushed(world, "a", branch="feature/x", asker=LATER)
    assert (again.outcome, again.there, names(world, "a")) == ("nothing", (("a", NAME),), [NAME])
    assert "### ⏭️ Nothing to do: Interactive branches of" in note(world)
    other = pushed(world, "a", asker=LATER)
    assert (other.outcome, names(world, "a")) == ("done", [NAME, NEXT])
    desk(world).kept.clear()
    third = pushed(world, "a", branch="feature/x", asker=LATER)
    assert (third.done, names(world, "a")) == ((("a", "PUSH_20261129104501"),), ["PUSH_20261129104501"])


def test_what_is_remembered_outlives_refusals_and_dry_runs() -> None:
    """They are answered in the same note."""
    world = feature()
    pushed(world, "a", branch="feature/x")

    assert pushed(world, "typo", asker=LATER).reason == "unknown-pipeline"
    assert pushed(world, "b", dry_run=True, asker=LATER).outcome == "planned"
    assert pushed(world, "a", branch="feature/x", asker=LATER).outcome == "nothing"


def test_a_dry_run_says_what_would_be_made() -> None:
    """And makes nothing."""
    world = feature()

    report = pushed(world, "a", branch="feature/x", dry_run=True)

    assert (report.done, names(world, "a"), report.told().bad) == ((("a", NAME),), [], False)
    assert "Would be done" in note(world)


@pytest.mark.parametrize(
    ("said", "reason", "text"),
    [
        ({"pipelines": ("a", "typo")}, "unknown-pipeline", "`develop` has no pipeline `typo`"),
        ({"pipelines": ("new",), "branch": "feature/x"}, "unknown-pipeline", f"`{QA}` has no pipeline `new`"),
        ({"pipelines": ("bad",), "branch": "feature/x"}, "config-invalid", "`config/bad.json`"),
        ({"branch": "feature/y"}, "branch-missing", "GitLab has no branch `feature/y`"),
    ],
)
def test_a_question_that_cannot_be_granted_is_answered(said: dict[str, Any], reason: str, text: str) -> None:
    """In a note on the newest commit of the workspace's branch."""
    world = feature()
    world.gitlab.push("feature/x", {config_path("new"): stored("new"), config_path("bad"): "no JSON"})

    report = pushed(world, *said.pop("pipelines", ("a",)), **said)

    assert (report.reason, report.outcome, names(world, "a")) == (reason, "refused", [])
    assert text in note(world)


def test_one_of_two_pipelines_of_a_title_can_not_be_meant() -> None:
    """Nobody knows which."""
    world = feature()
    world.aic.add_twin("a", "other")

    assert pushed(world, "a").detail == f"`{QA}` has several pipelines `a`"


def test_a_workspace_without_a_branch_needs_one_to_be_named() -> None:
    """The log alone tells, and a later question can't know what is there."""
    world = feature()
    world.gitlab.push("main", {"branch_to_workspace.yaml": "mapping:\n  main: PIN FUSION 2.0\n"})

    refused = pushed(world, "a")
    made = pushed(world, "a", branch="feature/x")

    assert (refused.reason, made.outcome, made.branch) == ("workspace-not-mapped", "done", "")
    assert OnCommit(world.head) not in world.gitlab.written


@pytest.mark.parametrize("ask", [pushed, deleted])
def test_a_workspace_that_the_settings_do_not_allow_is_refused(ask: Callable[..., Handled]) -> None:
    """As ever."""
    with pytest.raises(Refused) as caught:
        ask(feature(), "a", asker=replace(ASKER, allowed=frozenset()))

    assert caught.value.reason == "workspace-not-allowed"


def test_one_that_fails_stops_no_other_and_is_named() -> None:
    """What was made is there."""
    world = feature()
    desk(world).before = failing("add_copy", Permanent("aic-write-refused", "AIC answered 400 to a write"))

    report = pushed(world, "a", "b")

    assert (report.outcome, report.reason, report.done) == ("failed", "aic-copies-failed", (("b", NAME),))
    assert report.told().bad
    assert "- `a`: AIC answered 400 to a write" in note(world)
    assert f"- `b`: `{NAME}`" in note(world)


@pytest.mark.parametrize("again", [True, False])
def test_an_answer_that_was_lost_is_looked_for(*, again: bool) -> None:
    """By its name: what was made is not made twice. The last delivery tells."""
    world = feature()

    def lost(call: str) -> None:
        raise Transient("aic-write-unknown", call)

    desk(world).after = lost
    with pytest.raises(Transient):
        pushed(world, "a")
    desk(world).after = (lambda _: None) if again else lost
    report = pushed(world, "a", "b", asker=LAST)

    assert names(world, "a") == [NAME]
    assert report.outcome == ("done" if again else "failed")


def test_a_branch_that_aic_does_not_show_is_not_believed() -> None:
    """AIC under load answers with nothing, whatever it did."""
    world = feature()
    desk(world).after = lambda _: desk(world).kept.clear()

    assert pushed(world, "a", asker=LAST).left_out == (("a", f"AIC took `{NAME}` but doesn't list it"),)


def test_a_pipeline_that_goes_meanwhile_or_is_odd_is_named_at_last() -> None:
    """The next delivery may see better."""
    world = feature()
    world.aic.configs[str(world.aic.id_of("b"))]["stages"] = "broken"

    def gone(call: str) -> None:
        if call == "read":
            world.aic.remove("a")

    world.aic.before = gone
    with pytest.raises(Transient):
        pushed(world, "a")
    world.aic.before = lambda _: None
    world.aic.put("a", "one")
    world.aic.before = gone
    report = pushed(world, "a", "b", asker=LAST)

    assert dict(report.left_out).keys() == {"a", "b"}


def test_a_bug_is_no_trouble_of_a_pipeline() -> None:
    """It stays loud."""
    world = feature()
    desk(world).before = failing("copies", ZeroDivisionError())

    with pytest.raises(ZeroDivisionError):
        pushed(world, "a", asker=LAST)


def full() -> Stage:
    """Interactive branches of three ages and makers."""
    world = stage(a="one", b="uno")
    for title in ("a", "b"):
        for name in ("PUSH_20261101000000", "CONVERTED_20261128000000", "my `own`", "PUSH_20269999000000"):
            desk(world).add_copy(str(world.aic.id_of(title)), name, {})
    return world


def test_what_tools_have_made_is_deleted_and_what_people_named_is_kept() -> None:
    """Of the named pipelines alone; twice is once."""
    world = full()

    report = deleted(world, "a")
    again = deleted(world, "a", asker=LATER)

    assert names(world, "a") == ["my `own`", "PUSH_20269999000000"]
    assert len(names(world, "b")) == 4
    assert (report.outcome, again.outcome) == ("done", "nothing")
    assert [name for _, name in report.done] == ["PUSH_20261101000000", "CONVERTED_20261128000000"]
    body = note(world, "delete_interactive_branches")
    assert "only `all` deletes it" in body
    assert world.aic.code() == {"a": "one", "b": "uno"}


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ({"older_than": 7}, 3),
        ({"older_than": 1}, 2),
        ({"all": True}, 0),
        ({"all": True, "dry_run": True}, 4),
        ({"older_than": 3650}, 4),
    ],
)
def test_age_and_names_choose(said: dict[str, Any], left: int) -> None:
    """The age is what the name says."""
    world = full()

    deleted(world, "a", **said)

    assert len(names(world, "a")) == left


def test_all_pipelines_of_a_title_are_meant() -> None:
    """To delete too little would leave what nobody sees."""
    world = stage(a="one")
    twin = world.aic.add_twin("a", "other")
    desk(world).add_copy(twin, NAME, {})

    assert deleted(world, "a").done == (("a", NAME),)
    assert deleted(world, "typo").reason == "unknown-pipeline"


@pytest.mark.parametrize("error", [Permanent("aic-write-refused", ""), Transient("aic-unavailable", "")])
def test_a_deletion_that_fails_is_named(error: ServiceError) -> None:
    """By its reason where there are no words."""
    world = full()
    desk(world).before = failing("delete_copy", error, times=9)

    report = deleted(world, "a", asker=LAST)

    assert (report.outcome, report.left_out) == ("failed", (("a", error.reason),))


def test_what_is_remembered_is_read_from_the_last_line_alone() -> None:
    """A title that spells such a line is none; of too many the newest are kept."""
    known = {f"{number:016x}": NAME for number in range(copies.MOST_REMEMBERED + 5)}
    hidden = copies.hide(known)

    assert copies.find(f"text\n\n{hidden}") == dict(list(known.items())[5:])
    assert copies.find(f"{hidden}\n\nmore") == copies.find("text") == {}
