"""A jobConfig as stages and tasks."""

from shared.domain import tasks
from shared.domain.tasks import PYTHON, SQL


def test_stages_come_in_the_order_in_which_they_run() -> None:
    """The source first, whatever the order of keys; ends without tasks are left out."""
    job = {
        "sinkStage": {"tasks": []},
        "stages": [{"description": "Clean", "tasks": []}, {"stageId": 7, "tasks": []}, {"name": True}, "odd"],
        "sourceStage": {"tasks": [{"id": "src", "type": "dataset"}]},
    }

    assert [(each.place, each.name) for each in tasks.stages(job)] == [
        ("sourceStage", "sourceStage"),
        ("stages[0]", "Clean"),
        ("stages[1]", "7"),
        ("stages[2]", "stages[2]"),
        ("stages[3]", "stages[3]"),
    ]
    assert tasks.stages({}) == ()


def test_tasks_have_their_code_and_a_key_of_their_own() -> None:
    """Nested ones too, and those without an id or with that of another."""
    inner = {"type": "sql", "config": {"sql": " SELECT 1 "}}
    job = {
        "stages": [
            {"tasks": [{"id": "a", "type": "PySpark", "config": {"script": "x = 1"}}, {"id": "a", "tasks": [inner]}]},
            {"tasks": [inner, {"id": "b", "type": "SQL", "config": None}, {"id": "c", "type": "GROUP", "tasks": 1}]},
        ]
    }

    found = [(each.key, each.id, each.kind, each.language, each.code) for each in tasks.every(job)]
    assert found == [
        ("a", "a", "PYSPARK", PYTHON, "x = 1"),
        ("a~2", "a", "", "", ""),
        ("unknown_id", "unknown_id", "SQL", SQL, "SELECT 1"),
        ("unknown_id~2", "unknown_id", "SQL", SQL, "SELECT 1"),
        ("b", "b", "SQL", "", ""),
        ("c", "c", "GROUP", "", ""),
    ]
