"""A pipeline's tables, and who else reads them."""

from shared.domain import pipeline_tables
from shared.domain.pipeline_tables import MAX_CODE, Reader
from shared.domain.sql_tables import Tables
from tests.fake_workspace import config

SOURCES = [{"name": "SALES"}, {}, 1]
JOB = {
    "sourceStage": {"tasks": [{"type": "DATASET", "runType": "SOURCE", "config": {"tables": SOURCES}}]},
    "stages": [
        {
            "tasks": [
                {"id": "a", "type": "SQL", "config": {"query": "SELECT * FROM dealers JOIN clean"}},
                {"id": "b", "type": "PYSPARK", "config": {"script": "spark.table('sales').createTempView('clean')"}},
                {"id": "c", "type": "DOCUMENTATION", "config": {"tables": [{"name": "x"}]}},
                {"id": "d", "type": "dataset", "config": {"tables": "x"}},
                {"id": "e", "type": "SQL", "config": {"query": "SELECT ("}},
            ]
        }
    ],
    "sinkStage": {"tasks": [{"type": "DATASET", "config": {"tables": [{"name": "SCORES"}]}}]},
}  # fmt: skip


def test_tables_are_those_of_all_tasks() -> None:
    """Data sets, SQL and scripts; a view that one task makes is no table for another."""
    assert pipeline_tables.of(JOB) == Tables(
        ("dealers", "SALES"), ("SCORES",), ("clean",), ("e: SQL that can't be understood, line 1",)
    )


def test_code_without_end_is_not_looked_into() -> None:
    """And it is said where looking ended."""
    job = {"stages": [{"tasks": [{"id": "a", "type": "PYSPARK", "config": {"script": "#" * 150_000}}] * 4}]}

    assert pipeline_tables.of(job).unclear == (f"a~3: more than {MAX_CODE} characters of code are not looked into",)


def test_readers_are_those_of_the_same_full_name() -> None:
    """Whatever its case; another schema is another table."""
    others = [
        ("One", Tables(("gold.SCORES", "b"), ("gold.x",))),
        ("Two", Tables(("scores",))),
        ("Three", Tables((), ("gold.scores",))),
    ]

    assert pipeline_tables.readers(["Gold.Scores", "gold.x"], others) == (Reader("One", ("gold.SCORES",)),)


def test_who_doesnt_mention_a_name_can_be_left_out() -> None:
    """A cheap look at the text comes before an expensive one."""
    text = str(config("SELECT * FROM gold.SCORES")).lower()

    assert pipeline_tables.mentions(text, ["x", "Gold.Scores"])
    assert not pipeline_tables.mentions(text, ["gold.dealers"])
    assert not pipeline_tables.mentions(text, [])
