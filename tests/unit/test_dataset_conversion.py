"""Bare names of tables become placeholders where they are tables, and nowhere else."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import dataset_conversion, sql_conversion, table_catalog
from shared.domain.dataset_conversion import AUDIT_TASK, Converted
from shared.domain.script_conversion import of_script
from shared.domain.script_tables import MAX_SCRIPT
from shared.domain.sql_tables import MAX_SQL

CATALOG = table_catalog.of(
    [("STAGE", "ORDERS"), ("STAGE", "DEALERS"), ("A", "TWICE"), ("B", "TWICE"), ("O'x", "ODD"), ("My Set", "V W")]
)
ORDERS = "${STAGE.ORDERS}"
LONG, LONG_SCRIPT = "select * from ORDERS -- ", "spark.sql(q) # ".ljust(MAX_SCRIPT + 1, "x")


def lookup(name: str) -> str:
    return CATALOG.placeholders.get(name.casefold(), "")


def sql(text: str) -> str:
    return sql_conversion.convert(text, lookup, place="t").text


def script(text: str) -> str:
    return of_script(text, lookup, place="t").text


def job(*tasks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"$id": "1", "title": "P", "stages": [{"tasks": list(tasks)}], "variables": [], **more}


def task(task_id: str, kind: str, **config: Any) -> dict[str, Any]:
    return {"id": task_id, "type": kind, "config": config}


def converted(*tasks: dict[str, Any], **more: Any) -> Converted:
    return dataset_conversion.convert(job(*tasks, **more), CATALOG)


def codes(found: Converted) -> list[str]:
    """The code of the tasks."""
    stages: Any = found.config["stages"]
    return [next(iter(each["config"].values())) for each in stages[0]["tasks"]]


def audit(found: Converted) -> str:
    stage: Any = found.config["sourceStage"]
    return str(stage["tasks"][-1]["config"]["documentationText"])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("select * from ORDERS", "select * from ${STAGE.ORDERS}"),
        ("select * from orders o, `Orders`", "select * from ${STAGE.ORDERS} o, ${STAGE.ORDERS}"),
        ("select * from `V W`", "select * from ${My Set.V W}"),
        (
            "select 1; insert into ORDERS select * from DEALERS;",
            "select 1; insert into ${STAGE.ORDERS} select * from ${STAGE.DEALERS};",
        ),
        (
            "select ORDERS.id from ORDERS join DEALERS",
            "select ORDERS.id from ${STAGE.ORDERS} AS ORDERS join ${STAGE.DEALERS}",
        ),
        ("select `V W`.a from `V W`", "select `V W`.a from ${My Set.V W} AS `V W`"),
        (
            "select o.* from ORDERS as o where o.x = 'ORDERS'",
            "select o.* from ${STAGE.ORDERS} as o where o.x = 'ORDERS'",
        ),
        (
            "with ORDERS as (select * from DEALERS) select * from ORDERS",
            "with ORDERS as (select * from ${STAGE.DEALERS}) select * from ORDERS",
        ),
        (
            "with x as (select * from ORDERS) select * from x",
            "with x as (select * from ${STAGE.ORDERS}) select * from x",
        ),
        ("select ORDERS from DEALERS ORDERS", "select ORDERS from ${STAGE.DEALERS} ORDERS"),
        (
            "select * from ${A.ORDERS} join {{ orders }} join ORDERS",
            "select * from ${A.ORDERS} join {{ orders }} join ${STAGE.ORDERS}",
        ),
        (
            "-- ORDERS\nselect /* ORDERS */ * from ORDERS -- ORDERS",
            "-- ORDERS\nselect /* ORDERS */ * from ${STAGE.ORDERS} -- ORDERS",
        ),
        (
            "merge into ORDERS o using DEALERS d on o.id = d.id when matched then delete",
            "merge into ${STAGE.ORDERS} o using ${STAGE.DEALERS} d on o.id = d.id when matched then delete",
        ),
    ],
)
def test_the_names_of_tables_are_replaced_and_nothing_else(before: str, after: str) -> None:
    """Where columns are named by the table, it keeps its name as an alias; what is converted stays so."""
    assert sql(before) == after
    assert sql(after) == after


@pytest.mark.parametrize(
    "text",
    [
        "select * from x.ORDERS",
        "select * from OTHER",
        "select * from twice",
        "select 'ORDERS', \"ORDERS\" from other",
        "select * from",
        "use x; select * from ORDERS",
        "select * from range(10)",
        "show tables",
        "",
        "update ORDERS set a = 1 where ORDERS.b = 2",
        "select ORDERS.a from ORDERS tablesample (5 rows)",
        LONG + "x" * MAX_SQL,
    ],
)
def test_what_is_no_bare_name_of_a_known_table_stays(text: str) -> None:
    """So does what can't be understood, or can't have an alias that it needs."""
    assert sql(text) == text


def test_what_needs_a_look_is_said_with_its_place() -> None:
    """Not guessed."""
    for text, said in (
        ("update ORDERS set a = 1 where ORDERS.b = 2", "t: `ORDERS` is named by its columns"),
        ("select * from", "t: SQL that can't be understood"),
        ("use x; select * from ORDERS", "t: `USE` changes"),
    ):
        assert sql_conversion.convert(text, lookup, place="t").unclear[0].startswith(said)
    assert sql_conversion.convert("select * from ${a.b}", lookup, place="t").unclear == ()


@settings(deadline=None, max_examples=100)
@given(st.text(alphabet=st.sampled_from("ORDERS select from,()'`\"-;\n$.{}µ*"), max_size=60))
def test_whatever_the_text_is_only_names_are_replaced(text: str) -> None:
    """To put the names back gives the text again."""
    found = sql_conversion.convert(text, lookup, place="t")
    back = found.text
    for name, placeholder in found.replaced:
        assert placeholder in back
        back = back.replace(placeholder, name, 1)

    assert back.replace("`", "") == text.replace("`", "") or "${" in text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("spark.sql('select * from ORDERS')", "spark.sql('select * from ${STAGE.ORDERS}')"),
        ('ä = "é"; spark.sql("select * from ORDERS")', 'ä = "é"; spark.sql("select * from ${STAGE.ORDERS}")'),
        ("df = s.sql('''\n select *\n from ORDERS\n''')", "df = s.sql('''\n select *\n from ${STAGE.ORDERS}\n''')"),
        ("q = r'select * from ORDERS'\r\nspark.sql(q)", "q = r'select * from ${STAGE.ORDERS}'\r\nspark.sql(q)"),
        ('run("""select * from ORDERS\nlimit 1""")', 'run("""select * from ${STAGE.ORDERS}\nlimit 1""")'),
    ],
)
def test_sql_in_scripts_is_converted_where_it_stands(before: str, after: str) -> None:
    """By what `sql` is given, and in texts of several lines."""
    assert script(before) == after
    assert script(after) == after


@pytest.mark.parametrize(
    ("text", "unclear"),
    [
        ('"""select * from ORDERS\nis what this does"""', 0),
        ("# spark.sql('select * from ORDERS')", 0),
        ("spark.table('ORDERS'); x = 'ORDERS'; print('select * from ORDERS')", 0),
        ("x.sql = 'select * from ORDERS'; spark.sql(); sql('select * from ORDERS')", 0),
        ("spark.sql(f'select * from ORDERS where {x}')", 1),
        ("spark.sql('select * from ORDERS where %s' % x)", 1),
        ("spark.sql('select * from ORDERS where x = \\'a\\'')", 1),
        ("spark.sql('select * ' 'from ORDERS')", 1),
        ("spark.sql(b'select * from ORDERS')", 1),
        ("spark.sql(made())", 1),
        ("q = 'select * from ORDERS'\nq = 'select 1'\nspark.sql(q)", 1),
        ("run('''select * from ORDERS\n where {}'''.format(x))", 0),
        ("run('''select * from ORDERS\n where ''' + x)", 0),
        ("spark.sql('''\r\nselect * from ORDERS''')", 1),
        ("spark.sql('select", 1),
        (LONG_SCRIPT, 1),
    ],
)
def test_what_is_no_sql_or_is_made_when_it_runs_stays(text: str, unclear: int) -> None:
    """Comments, texts, names that are given to other calls."""
    found = of_script(text, lookup, place="t")

    assert (found.text, found.replaced, len(found.unclear)) == (text, (), unclear)


def test_f41_code_is_converted_and_ids_are_not() -> None:
    """Nor anything else that only looks like a table: variables, titles, sources."""
    source = {"tasks": [task("src", "DATASET", tables=[{"name": "ORDERS"}])], "stageId": "ORDERS"}
    variables = [{"id": "ORDERS", "value": "ORDERS"}]
    before = job(task("ORDERS", "SQL", query="select * from ORDERS"), sourceStage=source, variables=variables)

    found = dataset_conversion.convert(before, CATALOG)

    after = json.loads(json.dumps(found.config))
    record = after["sourceStage"]["tasks"].pop()
    assert after["stages"][0]["tasks"] == [task("ORDERS", "SQL", query="select * from ${STAGE.ORDERS}")]
    after["stages"] = before["stages"]
    assert after == before
    assert found.replaced == (("ORDERS", "ORDERS", ORDERS),)
    assert (record["id"], record["type"], record["runType"]) == (AUDIT_TASK, "DOCUMENTATION", "SOURCE")
    assert "- Task `ORDERS`: `ORDERS` became `${STAGE.ORDERS}`" in audit(found)


def test_what_the_pipeline_makes_itself_is_no_table_of_a_dataset() -> None:
    """Views and tables of any of its tasks, by SQL or by calls, and what other tasks are called."""
    found = converted(
        task("a", "SQL", sql="create or replace temp view DEALERS as select * from ORDERS"),
        task("b", "PYSPARK", script="spark.sql('select * from DEALERS'); df.write.saveAsTable('x'); df.saveAsTable(y)"),
        task("V W", "SQL", query="select * from `V W` join DEALERS"),
        task("d", "SQL", query="select * from `V W`"),
        task("e", "PYSPARK", script="spark.sql('drop table if exists TWICE')"),
        task("f", "SQL", query="select * from TWICE"),
    )

    assert codes(found) == [
        "create or replace temp view DEALERS as select * from ${STAGE.ORDERS}",
        "spark.sql('select * from DEALERS'); df.write.saveAsTable('x'); df.saveAsTable(y)",
        "select * from ${My Set.V W} join DEALERS",
        "select * from `V W`",
        "spark.sql('drop table if exists TWICE')",
        "select * from TWICE",
    ]
    why = "is left as it is, the pipeline makes it itself, or another task is called so"
    assert f"d: `V W` {why}" in found.unclear
    assert f"f: `TWICE` {why}" in found.unclear


def test_the_record_says_what_was_replaced_and_what_needs_a_look() -> None:
    """Once each, with how often; an earlier record gives way."""
    twice = task("a", "SQL", query="select * from ORDERS union select * from ORDERS join twice join ODD")
    first = converted(twice, task("b", "PYSPARK", script="spark.sql(x)"), task("doc", "DOCUMENTATION", text="ORDERS"))
    again = dataset_conversion.convert(
        {**first.config, "stages": [{"tasks": [task("c", "SQL", query="select * from DEALERS")]}]}, CATALOG
    )

    assert audit(first).splitlines()[2:] == [
        "- Task `a`: `ORDERS` became `${STAGE.ORDERS}`, 2 times",
        "",
        "To be looked at by hand:",
        "",
        "- a: `twice` is left as it is, several datasets have it: A, B",
        "- a: `ODD` is left as it is, its name, or that of its dataset, can't stand in a placeholder",
        "- b line 1: SQL that is made when it runs, or written with escapes",
    ]
    assert len(again.config["sourceStage"]["tasks"]) == 1  # type: ignore[index]
    assert "ORDERS" not in audit(again)


def test_peoples_own_tasks_of_that_name_stay() -> None:
    """Only our own record is replaced."""
    own = [{"id": AUDIT_TASK}, {"id": AUDIT_TASK, "config": {"documentationText": "mine"}}, "odd"]

    found = converted(task("a", "SQL", query="select * from ORDERS"), sourceStage={"tasks": own})

    assert found.config["sourceStage"]["tasks"][:3] == own  # type: ignore[index]


def test_without_a_table_nothing_is_changed() -> None:
    """Not even by a record."""
    before = job(task("a", "SQL", query="select 1"), task("b", "SQL"), task("c", "PYSPARK", script=""))

    assert dataset_conversion.convert(before, CATALOG).config == before
