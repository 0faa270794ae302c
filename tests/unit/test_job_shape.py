"""What is wrong with a jobConfig that parses, said by the checks and by the schema alike."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shared.domain import job_shape
from shared.domain.job_shape import Flaw
from tests.fake_workspace import config

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/job-config.schema.json").read_text(encoding="utf-8"))
TASK: dict[str, Any] = {"id": "a", "type": "SQL", "config": {"query": "SELECT 1"}}


def of(*tasks: object, **more: object) -> dict[str, object]:
    """A config of one stage with these tasks."""
    return {"stages": [{"tasks": list(tasks)}], **more}


def said(job_config: dict[str, object]) -> list[str]:
    """The flaws in words."""
    return [f"{each.place} {each.why}" for each in job_shape.flaws(job_config)]


SHAPES = [
    ({}, "stages must be a list of stages"),
    ({"stages": None}, "stages must be a list of stages"),
    ({"stages": {}}, "stages must be a list of stages"),
    ({"stages": [1]}, "stages[0] must be an object"),
    ({"stages": [{}]}, "stages[0].tasks must be a list of tasks"),
    ({"stages": [{"tasks": None}]}, "stages[0].tasks must be a list of tasks"),
    (of(7), "stages[0].tasks[0] must be an object"),
    (of({"id": "a"}), "stages[0].tasks[0].type must be the kind of task, as `SQL` or `PYSPARK`"),
    (of({"type": ""}), "stages[0].tasks[0].type must be the kind of task, as `SQL` or `PYSPARK`"),
    (of({"type": 1}), "stages[0].tasks[0].type must be the kind of task, as `SQL` or `PYSPARK`"),
    (of({**TASK, "id": 5}), "stages[0].tasks[0].id must be a text that is not empty"),
    (of({**TASK, "id": ""}), "stages[0].tasks[0].id must be a text that is not empty"),
    (of({**TASK, "config": []}), "stages[0].tasks[0].config must be an object"),
    (of(sourceStage=[]), "sourceStage must be an object"),
    (of(sinkStage={"tasks": {}}), "sinkStage.tasks must be a list of tasks"),
    (of(sinkStage={"tasks": [{}]}), "sinkStage.tasks[0].type must be the kind of task, as `SQL` or `PYSPARK`"),
    (of(variables={}), "variables must be a list of variables"),
    (of(variables=["QA"]), "variables[0] must be an object"),
]
SOUND: list[dict[str, object]] = [
    config("SELECT 1"),
    {"stages": []},
    of(),
    of(TASK, {"type": "sql"}, {"id": "b", "type": "PYSPARK", "config": None}),
    of(TASK, variables=None, sourceStage=None, sinkStage={}, schedule={"cron": "* * * * *"}),
    of(TASK, variables=[{"id": "QA", "value": "True"}], sourceStage={"tasks": [{"id": "src", "type": "DATASET"}]}),
    {"$id": "1", "title": "Tides", "stages": [{"stageId": "s", "description": None, "tasks": []}]},
]


@pytest.mark.parametrize(("job_config", "flaw"), SHAPES)
def test_a_part_that_is_missing_or_has_another_shape_is_named(job_config: dict[str, object], flaw: str) -> None:
    """With its place; the schema takes none of these either."""
    assert said(job_config) == [flaw]
    assert not Draft202012Validator(SCHEMA).is_valid(job_config)


@pytest.mark.parametrize("job_config", SOUND)
def test_what_aic_gives_is_sound(job_config: dict[str, object]) -> None:
    """By the checks and by the schema: tasks without id or config are known to be there."""
    assert said(job_config) == []
    assert list(Draft202012Validator(SCHEMA).iter_errors(job_config)) == []


def test_the_schema_is_a_schema() -> None:
    """Editors read it."""
    Draft202012Validator.check_schema(SCHEMA)


def test_ids_are_those_of_one_task_or_stage_alone() -> None:
    """Wherever in the pipeline they stand; each one more is a flaw."""
    group = {"id": "g", "type": "GROUP", "tasks": [TASK, {**TASK, "id": "b"}]}

    assert said(of(TASK, group, sinkStage={"tasks": [{"id": "b", "type": "DATASET"}]})) == [
        "tasks the id `a` is that of several tasks",
        "tasks the id `b` is that of several tasks",
    ]
    assert said({"stages": [{"stageId": "s", "tasks": []}] * 3}) == ["stages the id `s` is that of several stages"] * 2


def test_references_lead_somewhere() -> None:
    """To tasks and stages of the same pipeline."""
    good = {**TASK, "id": "b", "dependsOn": ["a", "s"], "stageId": "s", "inputTaskId": "a", "config": {"taskId": "?"}}
    bad = {**TASK, "id": "c", "depends_on": "gone", "nextStageId": "t", "inputTaskIds": ["a", "z", 5, ""]}
    stage = {"stageId": "s", "afterStageId": "u", "tasks": [TASK, good, bad]}

    assert said({"stages": [stage, {"tasks": []}]}) == [
        "stages[0].afterStageId no stage has the id `u`",
        "stages[0].c.depends_on no task has the id `gone`",
        "stages[0].c.nextStageId no stage has the id `t`",
        "stages[0].c.inputTaskIds no task has the id `z`",
    ]


def test_what_was_there_before_is_no_new_flaw() -> None:
    """Wherever it has moved to; one more of the same kind is."""
    old = job_shape.flaws(of({"id": "x"}, TASK, TASK))
    new = job_shape.flaws(of(TASK, {"id": "x"}, {"id": "y"}, TASK, TASK))

    assert [each.why for each in job_shape.new(new, before=old)] == [
        "must be the kind of task, as `SQL` or `PYSPARK`",
        "the id `a` is that of several tasks",
    ]
    assert job_shape.new(old, before=old) == ()


def test_a_thousand_flaws_are_not_told() -> None:
    """Nobody reads them."""
    assert len(job_shape.flaws(of(*range(1000)))) == 20
    assert job_shape.flaws(of(3)) == (Flaw("stages[0].tasks[0]", "must be an object"),)
