"""What there is can be looked at; nothing is written by that."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.errors import Permanent, Refused, ServiceError, Transient
from shared.domain.look_report import MOST, MOST_TEXT, Listed
from shared.domain.messages.looking import List
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.look import look

from ..failing import failing
from ..stage import ALLOWED, QA, Stage, stage

ASKER = Asker(ALLOWED, Run("0123abcd", datetime(2026, 11, 29, 9, tzinfo=UTC)), "r-1", "ann")


def asked(world: Stage, what: Any, *, asker: Asker = ASKER, workspace: str | None = QA, **said: Any) -> Listed:
    """What Ann sees of QA."""
    return look(List(what=what, project="pin/fusion", workspace=workspace, **said), asker, world.outside())


def found(report: Listed) -> dict[str, str]:
    return dict(report.found)


def test_workspaces_are_those_of_the_settings_with_their_branches() -> None:
    """AIC is not asked: what is not in the settings is none of the service's business."""
    asker = Asker(ALLOWED | {"Unmapped"}, ASKER.run, "r-1", "ann")

    report = asked(stage(a="one"), "workspaces", asker=asker, workspace=None)

    assert found(report) == {"PIN FUSION 2.0": "main", QA: "develop", "Unmapped": "no branch"}
    told = report.told()
    assert (told.said, told.bad, told.fields["count"], told.fields["by"]) == ("list: 3 workspaces", False, 3, "ann")
    assert "left_off" not in told.fields


def test_branches_of_a_project_are_gitlabs_with_where_they_are_deployed() -> None:
    """Which is what people mean without a workspace."""
    world = stage(a="one")
    world.gitlab.branches["feature/x"] = world.head

    assert found(asked(world, "branches", workspace=None)) == {
        "develop": QA,
        "feature/x": "not deployed",
        "main": "PIN FUSION 2.0",
    }


def test_pipelines_are_those_that_aic_lists() -> None:
    """Two of one title are one line with both ids; an empty workspace is no error."""
    world = stage(a="one", b="two")
    ids = world.aic.id_of("a"), world.aic.add_twin("a", "other")

    assert found(asked(world, "pipelines")) == {"a": ", ".join(map(str, ids)), "b": world.aic.id_of("b")}
    assert asked(Stage(), "pipelines").told().said == "list: 0 pipelines"


def test_interactive_branches_are_listed_by_pipeline() -> None:
    """Of all, or of those that are named."""
    world = stage(a="one", b="two", c="three")
    for title, name in (("a", "PUSH_1"), ("a", "PUSH_2"), ("b", "mine")):
        world.open_desk(QA).add_copy(str(world.aic.id_of(title)), name, {})

    assert found(asked(world, "branches")) == {"a": "PUSH_1, PUSH_2", "b": "mine"}
    assert found(asked(world, "branches", pipelines=("b", "c"))) == {"b": "mine"}


def test_a_misspelt_pipeline_is_refused() -> None:
    """To list nothing would say that it has no branches."""
    report = asked(stage(a="one"), "branches", pipelines=("a", "typo"))

    assert (report.reason, report.detail) == ("unknown-pipeline", "AIC has no pipeline `typo`; check the spelling")
    assert (report.told().said, report.told().bad) == ("list: refused", True)


def test_datasets_tables_and_drives_are_listed_with_their_ids() -> None:
    """Tables by the name that a placeholder has."""
    world = stage(a="one")
    world.open_desk(QA).sets.update({"SALES": ["VEHICLES", "DEALERS"], "EMPTY": []})
    world.open_desk(QA).stores.append("backups")

    assert found(asked(world, "datasets")) == {"EMPTY": "set-EMPTY", "SALES": "set-SALES"}
    assert found(asked(world, "tables")) == {"SALES.DEALERS": "table-DEALERS", "SALES.VEHICLES": "table-VEHICLES"}
    assert found(asked(world, "drives")) == {"backups": "drive-backups"}


@pytest.mark.parametrize("what", ["pipelines", "branches", "datasets", "tables", "drives"])
def test_a_workspace_that_the_settings_do_not_allow_is_not_looked_into(what: str) -> None:
    """Not even by name."""
    world = stage(a="one")
    opened: list[str] = []
    world.opened = opened.append

    assert (asked(world, what, workspace="Secret").reason, opened) == ("workspace-not-allowed", [])


def test_an_aic_that_does_not_answer_is_asked_again_and_told_at_last() -> None:
    """Nobody else would tell."""
    world = stage(a="one")
    world.open_desk(QA).before = failing("drives", Transient("aic-unavailable", "no answer"), times=2)

    with pytest.raises(Transient):
        asked(world, "drives")
    last = Asker(ALLOWED, ASKER.run, "r-1", "ann", final=True)
    report = asked(world, "drives", asker=last)

    assert (report.told().said, report.told().bad, report.reason) == ("list: failed", True, "aic-unavailable")


@pytest.mark.parametrize("error", [Permanent("aic-unauthorized", "key"), Refused("mapping-invalid", "line 1")])
def test_what_stays_wrong_is_told_at_once(error: ServiceError) -> None:
    """Asking again would not help."""
    world = stage(a="one")
    world.open_desk(QA).before = failing("datasets", error)

    assert asked(world, "datasets").reason == error.reason


@pytest.mark.parametrize(("count", "long"), [(MOST + 5, 3), (30, MOST_TEXT // 10)])
def test_a_long_list_is_cut_and_says_so(count: int, long: int) -> None:
    """The log takes only so much in one piece."""
    world = stage(a="one")
    world.open_desk(QA).stores += [f"{number:05}".ljust(long, "x") for number in range(count)]

    fields = asked(world, "drives").told().fields

    shown = fields["found"]
    assert isinstance(shown, dict)
    assert (fields["count"], fields["left_off"]) == (count, count - len(shown))
    assert sum(len(name) + len(about) for name, about in shown.items()) <= MOST_TEXT
    assert 0 < len(shown) <= MOST
