"""SQL of Spark → tables; what can't be told is said."""

import time

import pytest

from shared.domain import sql_tables
from shared.domain.sql_tables import MAX_SQL, Tables

MADE = ("t: the name of a table is made when it runs",)
CASES = [
    ("SELECT * FROM a.b JOIN c ON 1 = 1", Tables(("a.b", "c"))),
    ("SELECT * FROM `a`.`b c`", Tables(("a.b c",))),
    ("INSERT OVERWRITE TABLE a.b PARTITION (x) SELECT * FROM c", Tables(("c",), ("a.b",))),
    ("INSERT INTO a.b (x, y) SELECT 1, 2", Tables((), ("a.b",))),
    ("CREATE OR REPLACE TABLE a AS SELECT * FROM b", Tables(("b",), ("a",))),
    ("CREATE TABLE a (x INT) USING delta", Tables((), ("a",))),
    ("CREATE TABLE a LIKE b", Tables(("b",), ("a",))),
    ("CREATE VIEW v AS SELECT * FROM a", Tables(("a",), ("v",))),
    ("CREATE OR REPLACE TEMP VIEW v AS SELECT * FROM a; SELECT * FROM V", Tables(("a",), (), ("v",))),
    ("CREATE TEMPORARY VIEW v (x INT) USING parquet OPTIONS (path '/a')", Tables((), (), ("v",))),
    ("CACHE TABLE v AS SELECT * FROM a", Tables(("a",), (), ("v",))),
    (
        "MERGE INTO a USING b ON a.x = b.x WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *",
        Tables(("b",), ("a",)),
    ),
    ("UPDATE a SET x = 1 WHERE y IN (SELECT z FROM b)", Tables(("b",), ("a",))),
    ("DELETE FROM a WHERE x = 1", Tables((), ("a",))),
    ("TRUNCATE TABLE a", Tables((), ("a",))),
    ("DROP TABLE IF EXISTS a.b", Tables((), ("a.b",))),
    ("ALTER TABLE a ADD COLUMNS (x INT)", Tables((), ("a",))),
    ("COPY INTO a.b FROM 's3://x/y'", Tables((), ("a.b",))),
    ("LOAD DATA INPATH '/x' INTO TABLE a", Tables((), ("a",))),
    ("FROM a INSERT OVERWRITE TABLE b SELECT * INSERT INTO c SELECT *", Tables(("a",), ("b", "c"))),
    ("SELECT * FROM range(10), VALUES (1) AS t(x)", Tables()),
    ("SELECT 1;; SELECT * FROM a; SELECT * FROM A", Tables(("a",))),
    ("OPTIMIZE a; VACUUM a; SHOW TABLES; REFRESH TABLE a; SET x = 1; DESCRIBE TABLE a", Tables()),
    # A name that a WITH gives is no table, but within itself it still is.
    ("WITH x AS (SELECT * FROM x), y AS (SELECT * FROM x) SELECT * FROM x JOIN y JOIN r.x", Tables(("r.x", "x"))),
    ("WITH x AS (SELECT * FROM y), y AS (SELECT 1) SELECT * FROM X", Tables(("y",))),
    ("WITH RECURSIVE x AS (SELECT * FROM x) SELECT * FROM x", Tables()),
    ("WITH q AS (SELECT * FROM a) INSERT INTO b SELECT * FROM q", Tables(("a",), ("b",))),
    ("SELECT * FROM (WITH k AS (SELECT 1) SELECT * FROM k) JOIN k", Tables(("k",))),
    # What can't be told is said.
    ("INSERT INTO ${CATALOG}.a SELECT * FROM {{ SCHEMA }}.b JOIN c", Tables(("c",), unclear=MADE)),
    ("SELECT * FROM IDENTIFIER('a')", Tables(unclear=MADE)),
    ("SELECT *\nFROM (", Tables(unclear=("t: SQL that can't be understood, line 2",))),
    ("SELECT 'x", Tables(unclear=("t: SQL that can't be read",))),
    ("SELECT " + "(" * 500 + "1" + ")" * 500, Tables(unclear=("t: SQL that is too deep to be understood",))),
    ("USE gold", Tables(unclear=("t: `USE` changes what names without a schema mean",))),
    ("CREATE USER a IDENTIFIED BY 'b'", Tables(unclear=("t: a statement that is not known",))),
    ("TABLE a", Tables(unclear=("t: a statement that is not known",))),
    (" " * (MAX_SQL + 1), Tables(unclear=("t: more than 50000 characters of SQL are not looked into",))),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "tables"), CASES, ids=[sql[:40].strip() for sql, _ in CASES])
def test_tables_are_those_that_stand_there(sql: str, tables: Tables) -> None:
    """Read or written, by their full names."""
    assert sql_tables.of(sql, place="t") == tables


def test_the_sentences_never_quote_the_text() -> None:
    """It may hold anything."""
    found = sql_tables.of("SELECT hunter2 FROM ( hunter2 WHERE", place="t")

    assert found.unclear
    assert not any("hunter2" in sentence for sentence in found.unclear)


def test_a_view_of_one_part_is_no_table_in_another() -> None:
    """Whatever the case; the rest is told once."""
    parts = [Tables(("b", "V"), ("x",), ("a",), ("?",)), Tables(("a", "B"), ("X",), ("v",), ("?", "!"))]

    assert sql_tables.together(parts) == Tables(("b",), ("x",), ("a", "v"), ("?", "!"))


HOSTILE = [
    "SELECT " + "f(" * 20_000,
    "SELECT * FROM " + "(SELECT * FROM " * 3000 + "a",
    "SELECT " + "CASE WHEN a THEN " * 2500 + "1",
    "SELECT " + "NOT " * 12_000 + "1",
    "SELECT " + "- " * 24_000 + "1",
    "SELECT " + "x -> " * 9000 + "1",
    "SELECT 1 WHERE " + " AND ".join(f"a{number}=1" for number in range(4000)),
    " UNION ALL ".join(f"SELECT 1 FROM t{number}" for number in range(1600)),  # noqa: S608
    "WITH " + ",".join(f"a{number} AS (SELECT * FROM a{number - 1})" for number in range(1200)) + " SELECT 1",  # noqa: S608
    "SELECT 1;" * 5500,
    "'" * MAX_SQL,
    "/*" * (MAX_SQL // 2),
    "${" * (MAX_SQL // 2),
    "SELECT [" + "[" * 40_000,
    "CREATE TABLE a (x " + "STRUCT<a:" * 5000,
]


@pytest.mark.no_cover
@pytest.mark.parametrize("sql", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_ends_soon(sql: str) -> None:
    """In processor time, which a busy machine doesn't stretch; the longest takes a fraction of it."""
    start = time.process_time()

    assert len(sql) <= MAX_SQL
    assert isinstance(sql_tables.of(sql, place="t"), Tables)
    assert time.process_time() - start < 20
