"""Two versions of a pipeline, task by task and setting by setting."""

from typing import Any

from shared.domain import pipeline_diff, settings_diff
from shared.domain.pipeline_diff import Fate
from shared.domain.settings_diff import Setting

OWN = {"$id": "1", "title": "x"}


def sql(name: str, code: str, **more: object) -> dict[str, Any]:
    """A task."""
    return {"id": name, "type": "SQL", "config": {"query": code, **more}}


def job(*tasks: object, **more: object) -> dict[str, object]:
    """A pipeline of one stage."""
    return {"stages": [{"stageId": "s", "tasks": list(tasks)}], **more}


def test_tasks_are_new_changed_or_removed() -> None:
    """Each with the lines of its code; one that only changed its settings has none."""
    before = job(sql("a", "SELECT 1\nFROM x"), sql("b", "SELECT 2"), sql("c", "SELECT 3"), sql("d", "4"))
    after = job(
        sql("a", "SELECT 1\nFROM y"), sql("b", "SELECT 2"), sql("c", "SELECT 3", cached=True), sql("e", "SELECT 5")
    )

    found = pipeline_diff.between(before, after)

    assert [(each.task.key, each.fate, each.difference.added, each.difference.removed) for each in found.tasks] == [
        ("a", Fate.CHANGED, 1, 1),
        ("c", Fate.CHANGED, 0, 0),
        ("e", Fate.NEW, 1, 0),
        ("d", Fate.REMOVED, 0, 1),
    ]
    assert found.fates["d"] is Fate.REMOVED
    assert found.tasks[0].difference.lines[1:] == ("@@ line 1 @@", " SELECT 1", "-FROM x", "+FROM y")


def test_nothing_differs_from_itself() -> None:
    """An empty config stands for none."""
    whole = job(sql("a", "SELECT 1"))

    assert pipeline_diff.between(whole, whole) == pipeline_diff.PipelineDiff()
    assert [each.fate for each in pipeline_diff.between({}, whole).tasks] == [Fate.NEW]
    assert [each.fate for each in pipeline_diff.between(whole, {}).tasks] == [Fate.REMOVED]


def test_settings_are_told_as_paths_by_the_names_of_things() -> None:
    """Code, the title and AIC's own keys are left out, and what only moved is no difference of everything."""
    before = job(
        sql("a", "1", n=1), variables=[{"id": "QA", "value": "True"}], title="x", schedule="daily", **{"$id": "1"}
    )
    after = job(
        {"id": "z", "type": "NOTE", "config": {"script": "now shown"}},
        sql("a", "2", n=True),
        variables=[{"id": "DAY", "value": "x" * 500}, {"id": "QA", "value": None}],
        title="y",
    )

    assert settings_diff.between(before, after) == (
        Setting("stages[s].tasks[z]", "", '{"id": "z", "type": "NOTE", "config": {"script": "now shown"}}'),
        Setting("stages[s].tasks[a].config.n", "1", "true"),
        Setting("variables[DAY]", "", '{"id": "DAY", "value": "' + "x" * 95 + "…"),
        Setting("variables[QA].value", '"True"', "null"),
        Setting("schedule", '"daily"', ""),
    )


def test_lists_without_names_are_told_by_number_and_a_new_order_is_told() -> None:
    """As far as names can be had."""
    assert settings_diff.between({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}, 4]}) == (
        Setting("a[1].b", "2", "3"),
        Setting("a[2]", "", "4"),
    )
    assert settings_diff.between({"a": [{"id": "x"}, {"id": "y"}]}, {"a": [{"id": "y"}, {"id": "x"}]}) == (
        Setting("a", "in one order", "in another"),
    )
    assert settings_diff.between({"a": [{"id": "x"}, {"id": "x"}]}, {"a": [{"id": "x"}]}) == (
        Setting("a[1]", '{"id": "x"}', ""),
    )
    assert settings_diff.between({"a": []}, {"a": {}}) == (Setting("a", "[]", "{}"),)


def test_a_task_that_is_no_task_any_more_still_differs() -> None:
    """Whatever its config is made of."""
    assert settings_diff.between(job(sql("a", "1")), job({"id": "a", "type": "SQL", "config": 5})) == (
        Setting("stages[s].tasks[a].config", "{}", "5"),
    )
