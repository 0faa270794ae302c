"""PySpark → tables, without running anything."""

import time
from pathlib import Path

import pytest

from shared.domain import script_tables
from shared.domain.script_tables import MAX_SCRIPT
from shared.domain.sql_tables import Tables

SAMPLES = Path(__file__).parents[1] / "samples/pipelines"
ODD = "SQL that can't be understood"
MADE = ("t line 1: the name of a table is made when it runs",)
CASES = [
    ("df = spark.sql('SELECT * FROM a')", Tables(("a",))),
    ("df = spark.sql(sqlQuery='SELECT * FROM a')", Tables(("a",))),
    ("spark.sql('SELECT * '\n 'FROM a')", Tables(("a",))),
    ("spark.sql('SELECT * ' + 'FROM a').show()", Tables(("a",))),
    ("q = '''\nSELECT * FROM a\n'''.strip()\nspark.sql(q)", Tables(("a",))),
    ("spark.sql(f'SELECT * FROM a WHERE x > {x}')", Tables(("a",))),
    ("spark.sql('SELECT * FROM a WHERE x = %s' % x)", Tables(("a",))),
    ("spark.sql('SELECT * FROM a WHERE x = {}'.format(x))", Tables(("a",))),
    ("spark.table('a').join(spark.read.table(\"`b`.`c`\"))", Tables(("a", "b.c"))),
    ("df.write.mode('append').saveAsTable('a'); df.write.insertInto(tableName='b')", Tables((), ("a", "b"))),
    ("df.writeTo('a').append()", Tables((), ("a",))),
    ("spark.table('a').createOrReplaceTempView('v')\nspark.sql('SELECT * FROM V')", Tables(("a",), (), ("v",))),
    # Texts that nobody passes on to `sql` right there.
    ("RUN = ['''\nINSERT INTO a SELECT * FROM b\n''', 'select x']", Tables(("b",), ("a",))),
    ("log('''\nselect one of (\n''', f'''\n{x}''')", Tables(unclear=(f"t line 1: {ODD}, line 2",))),
    ("'''\nSelect.\n'''\nf'''\nSelect {x}\n'''\nx = 'with\\n'", Tables(unclear=(f"t line 7: {ODD}, line 1",))),
    # What is only known when it runs.
    ("spark.sql(query)", Tables(unclear=("t line 1: SQL that is made when it runs",))),
    ("q = 'SELECT * FROM a'\nq = make()\nspark.sql(q)", Tables(unclear=("t line 3: SQL that is made when it runs",))),
    ("spark.sql(f'SELECT * FROM {schema}.a')", Tables(unclear=MADE)),
    ("spark.sql('SELECT * FROM ' + name)", Tables(unclear=MADE)),
    ("spark.sql(start + ' FROM a')", Tables(unclear=(f"t line 1: {ODD}, line 1",))),
    ("spark.table(name)", Tables(unclear=MADE)),
    ("df.write.saveAsTable(f'a.{name}')", Tables(unclear=MADE)),
    ("df.createTempView(name)", Tables()),
    ("DeltaTable.forName(spark, 'a.b')", Tables(unclear=("t line 1: `a.b` may be read or written",))),
    ("spark.sql(); spark.table(); x.sql; sql('SELECT * FROM a'); 1 + 2; 3 % 4; x.format(1); [1].strip()", Tables()),
    # Scripts that are none.
    (
        "df = spark.sql('''SELECT * FROM a'''",
        Tables(("a",), unclear=("t: a script that can't be understood; only the SQL in it was looked at",)),
    ),
    ("\0", Tables(unclear=("t: a script that can't be understood; only the SQL in it was looked at",))),
    ("#" * (MAX_SCRIPT + 1), Tables(unclear=("t: more than 200000 characters of a script are not looked into",))),
]  # fmt: skip


@pytest.mark.parametrize(("script", "tables"), CASES, ids=[script[:40] for script, _ in CASES])
def test_tables_are_those_that_stand_there(script: str, tables: Tables) -> None:
    """In calls and in the SQL of the script."""
    assert script_tables.of(script, place="t") == tables


def test_a_real_script_is_read() -> None:
    """What SQL it has that Spark doesn't know is said."""
    found = script_tables.of((SAMPLES / "publish.pyspark").read_text(encoding="utf-8"), place="publish")

    assert found == Tables((), ("gold.scores",), (), ("publish line 22: a statement that is not known",))


HOSTILE = [
    "(" * 150 + ")" * 150,
    "(" * 100_000,
    "x=" + "-" * 100_000 + "1",
    "x=" + "1+" * 90_000 + "1",
    "x=" + "'a'+" * 40_000 + "1",
    "x=" + "'a'+" * 600 + "1",
    "x" + ".a" * 90_000,
    "x=" + "lambda: " * 20_000 + "1",
    "x=f'" + "{a}" * 20_000 + "'",
    "spark.sql('select 1')\n" * 9000,
    "if a: pass\n" + "elif b: pass\n" * 15_000,
    "'" * 199_999,
    "'''\nselect 1 '''\n" * 11_000,
]


@pytest.mark.no_cover
@pytest.mark.parametrize("script", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_ends_soon(script: str) -> None:
    """In processor time, which a busy machine doesn't stretch; the longest takes a fraction of it."""
    start = time.process_time()

    assert len(script) <= MAX_SCRIPT
    assert isinstance(script_tables.of(script, place="t"), Tables)
    assert time.process_time() - start < 20
