"""A copy asks for the deploy that puts live in one workspace what another one has."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.errors import Refused, Transient
from shared.domain.gitlab import OnCommit
from shared.domain.layout import config_path
from shared.domain.messages.manual import CopyPipelines
from shared.domain.return_report import Returned
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.copying import copy_pipelines

from ..fakes import FakePublisher
from ..stage import ALLOWED, QA, Stage, stage

PROD = "PIN FUSION 2.0"
PROJECT = "pin/fusion"
RUN = Run("0123abcd", datetime(2026, 11, 29, 9, tzinfo=UTC))


def asked(world: Stage, *pipelines: str, final: bool = False, by: str = "ann", **said: Any) -> Returned:
    """What becomes of it when Ann wants production to have what QA has."""
    request = CopyPipelines(
        **{"project": PROJECT, "origin": QA, "to": PROD, "pipelines": pipelines, "confirm": PROD, **said}
    )
    return copy_pipelines(request, Asker(ALLOWED | {"Other"}, RUN, "r-1", by, final), world.outside())


def messages(world: Stage) -> list[dict[str, Any]]:
    return [said for _, said, *_ in world.publisher.published]


def note(world: Stage) -> str:
    """The answer on production's newest commit."""
    return world.gitlab.body(OnCommit(world.gitlab.branches["main"]))


@pytest.mark.parametrize("origin", [QA, "develop"])
def test_a_copy_asks_for_a_deploy_of_what_git_has_of_the_other_workspace(origin: str) -> None:
    """Of exactly these pipelines, pinned to a commit; nothing is written by the copy itself."""
    world = stage(a="one", b="two", c="three")

    report = asked(world, "b", "a", "a", origin=origin)

    ((topic, said, key, attributes, _),) = world.publisher.published
    assert (topic, key) == ("aic-deploy", f"{PROJECT}:main")
    assert said == {
        "project": PROJECT,
        "branch": "main",
        "pipelines": ["a", "b"],
        "confirm": PROD,
        "source": f"commit:{world.head}",
        "by": "ann",
    }
    assert (attributes["origin"], attributes["request_id"]) == ("command", "r-1")
    told = report.told()
    assert (told.said, told.bad, told.fields["pipelines"]) == ("copy_pipelines: asked", False, ["a", "b"])
    assert world.writes() == []
    assert world.gitlab.written == {}


def test_a_dry_run_stays_one() -> None:
    """The deploy says what it would do."""
    world = stage(a="one")

    asked(world, "a", dry_run=True, by="")

    (said,) = messages(world)
    assert (said["dry_run"], "by" in said) == (True, False)


def test_f38_a_copy_upon_a_pipeline_that_is_there_is_a_deploy_like_any_other() -> None:
    """It is found by its title in the workspace that it goes to, whatever its id elsewhere; the edit there is kept."""
    world = stage(a="one")
    world.gitlab.branches["feature/x"] = world.gitlab.branches["main"]
    other = world.gitlab.push("main", {config_path("a"): "{}"})
    world.gitlab.push("main", {config_path("a"): world.gitlab.content(config_path("a"), world.head) or b""})
    world.aic.put("a", "typed in AIC")

    asked(world, "a", origin="main", to=QA, confirm=QA)
    (said,) = messages(world)
    report = world.deploy(by_hand=True, **{name: value for name, value in said.items() if name != "project"})

    assert other != world.head
    assert world.aic.code() == {"a": "one"}
    assert [row.done for row in report.rows] == ["updated"]
    assert any(name.startswith("aic-sync/") for name in world.gitlab.branches)


def test_what_runs_but_is_in_no_git_is_not_spread() -> None:
    """Nobody could say later what it was; each pipeline is named, with the way out."""
    world = stage(a="one", b="two", c="three")
    world.aic.put("b", "typed in AIC")
    world.gitlab.push("develop", {config_path("c"): "no JSON"})

    report = asked(world, "a", "b", "c")

    assert (report.reason, [title for title, _ in report.left_out], messages(world)) == (
        "live-not-in-git",
        ["b", "c"],
        [],
    )
    assert report.told().bad
    assert "### ❌ No copy: `PIN FUSION 2.0`" in note(world)
    assert "ask for a snapshot of `PIN FUSION 2.0 QA` first" in note(world)
    assert "- `b`: what runs there is not what its branch has" in note(world)


def test_git_s_version_can_be_brought_whatever_runs() -> None:
    """By naming the branch: AIC is not asked then."""
    world = stage(a="one")
    world.aic.put("a", "typed in AIC")
    world.aic.calls.clear()

    report = asked(world, "a", origin="develop")

    assert (report.outcome, world.aic.calls) == ("asked", [])


def twin(world: Stage) -> None:
    world.aic.add_twin("a", "other")


def missing_branch(world: Stage) -> None:
    del world.gitlab.branches["develop"]


def nothing(_: Stage) -> None:
    pass


@pytest.mark.parametrize(
    ("prepared", "said", "reason", "text"),
    [
        (nothing, {"confirm": QA}, "confirm-mismatch", f"`confirm` must be the name of the workspace, `{PROD}`"),
        (nothing, {"pipelines": ("a", "typo")}, "unknown-pipeline", f"`{QA}` has no pipeline `typo`"),
        (
            nothing,
            {"pipelines": ("typo",), "origin": "develop"},
            "unknown-pipeline",
            "has no pipeline `typo`",
        ),
        (nothing, {"origin": PROD}, "message-invalid", f"`{PROD}` can't be copied onto itself"),
        (nothing, {"origin": "main"}, "message-invalid", f"`{PROD}` can't be copied onto itself"),
        (nothing, {"origin": "Secret"}, "workspace-not-allowed", "the settings don't let this project touch `Secret`"),
        (nothing, {"origin": "Other"}, "workspace-not-mapped", "the mapping file maps no branch to `Other`"),
        (nothing, {"origin": "feature/x"}, "workspace-not-allowed", "`feature/x`"),
        (twin, {}, "unknown-pipeline", f"`{QA}` has several pipelines `a`"),
        (missing_branch, {}, "branch-missing", "GitLab has no branch `develop`"),
    ],
)
def test_a_question_that_cannot_be_granted_is_answered_on_the_newest_commit(
    prepared: Callable[[Stage], None], said: dict[str, Any], reason: str, text: str
) -> None:
    """Of the branch that the workspace belongs to; nothing is asked for."""
    world = stage(a="one")
    prepared(world)

    report = asked(world, **{"pipelines": ("a",), **said})

    assert (report.reason, messages(world)) == (reason, [])
    assert text in note(world)


@pytest.mark.parametrize(("to", "reason"), [("Secret", "workspace-not-allowed"), ("Other", "workspace-not-mapped")])
def test_a_workspace_that_no_deploy_reaches_is_refused_in_the_log(to: str, reason: str) -> None:
    """There is no place for a note."""
    world = stage(a="one")

    with pytest.raises(Refused) as caught:
        asked(world, "a", to=to, confirm=to)

    assert (caught.value.reason, messages(world)) == (reason, [])


def test_a_pipeline_that_aic_does_not_give_is_asked_for_again() -> None:
    """And named at last."""
    world = stage(a="one")
    world.aic.configs[str(world.aic.id_of("a"))]["stages"] = "broken"

    with pytest.raises(Transient):
        asked(world, "a")
    report = asked(world, "a", final=True)

    assert (report.outcome, report.reason) == ("failed", "aic-odd-answer")
    assert "❌ The copy failed" in note(world)


def test_a_closed_pub_sub_is_tried_again() -> None:
    """Nothing was asked for, so nothing is told yet."""
    world = stage(a="one")
    world.publisher = FakePublisher(closed=True)

    with pytest.raises(Transient):
        asked(world, "a")
