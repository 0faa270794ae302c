"""SQL of Spark → the tables that it reads and writes. What can't be told is said, never guessed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

MAX_SQL = 50_000
"""Characters of one text: the slowest of this length are parsed in half a second."""
UNKNOWN = "aic_unknown_"
"""How a name begins that stands for something which is only known when the pipeline runs."""
_TEMPLATE = re.compile(r"\$\{[^{}]*+\}|\{\{[^{}]*+\}\}")
_TARGETS = (exp.Insert, exp.Create, exp.Merge, exp.Update, exp.Delete, exp.Alter, exp.Copy, exp.LoadData)
_LISTS: Mapping[type[exp.Expr], str] = {exp.Drop: "tables", exp.TruncateTable: "expressions"}
_READING: tuple[type[exp.Expr], ...] = (exp.Query, exp.MultitableInserts, *_TARGETS, *_LISTS, exp.Cache)
_QUIET = (exp.Uncache, exp.Refresh, exp.Describe, exp.Set, exp.Analyze)
_QUIET_WORDS = frozenset({"OPTIMIZE", "VACUUM", "SHOW", "MSCK REPAIR", "EXPLAIN", "RESET", "ADD", "LIST"})


@dataclass(frozen=True, slots=True)
class Tables:
    """Names as they stand there, each once whatever its case; `views` live no longer than the run.

    `unclear` are sentences about what could not be told.
    """

    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    views: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()


def of(sql: str, *, place: str) -> Tables:
    """`place` says in the sentences where the text stands."""
    if len(sql) > MAX_SQL:
        return Tables(unclear=(f"{place}: more than {MAX_SQL} characters of SQL are not looked into",))
    try:
        statements = sqlglot.parse(_TEMPLATE.sub(UNKNOWN, sql), read="spark")
    except (SqlglotError, RecursionError, ValueError) as error:
        return Tables(unclear=(f"{place}: {_why(error)}",))
    return together(_statement(each, place) for each in statements if each is not None)


def together(parts: Iterable[Tables]) -> Tables:
    """All of them as one, sorted. A name that is a view in one of them is no table in any."""
    each = list(parts)
    views = _unique(name for part in each for name in part.views)
    hidden = {name.casefold() for name in views}

    def tables(names: Iterator[str]) -> tuple[str, ...]:
        return tuple(name for name in _unique(names) if name.casefold() not in hidden)

    return Tables(
        tables(name for part in each for name in part.reads),
        tables(name for part in each for name in part.writes),
        views,
        tuple(dict.fromkeys(sentence for part in each for sentence in part.unclear)),
    )


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.casefold(), name)
    return tuple(found[key] for key in sorted(found))


def _why(error: Exception) -> str:
    """The library's own sentence quotes the text; where it stands is enough."""
    places: list[dict[str, object]] = getattr(error, "errors", [])
    if places and "line" in places[0]:
        return f"SQL that can't be understood, line {places[0]['line']}"
    return "SQL that is too deep to be understood" if isinstance(error, RecursionError) else "SQL that can't be read"


def _statement(statement: exp.Expr, place: str) -> Tables:
    if isinstance(statement, _QUIET):
        return Tables()
    if isinstance(statement, exp.Use):
        return Tables(unclear=(f"{place}: `USE` changes what names without a schema mean",))
    if isinstance(statement, exp.Command) and str(statement.this).upper() in _QUIET_WORDS:
        return Tables()
    if not isinstance(statement, _READING):
        return Tables(unclear=(f"{place}: a statement that is not known",))
    written_to = list(targets(statement))
    written = {id(table) for table in written_to}
    read = [each for each in statement.find_all(exp.Table) if id(each) not in written and not is_local(each)]
    views = {id(table) for table in written_to if _makes_view(table)}
    reads, unclear = _named(read, place)
    writes, more = _named([each for each in written_to if id(each) not in views], place)
    made, _ = _named([each for each in written_to if id(each) in views], place)
    return Tables(reads, writes, made, (*unclear, *more))


def targets(statement: exp.Expr) -> Iterator[exp.Table]:
    """What statements write, those within others as well."""
    for node in statement.find_all(*_TARGETS, exp.Cache, *_LISTS):
        under = node.args.get(_LISTS[type(node)], []) if type(node) in _LISTS else [node.this]
        for each in under:
            table = each.this if isinstance(each, exp.Schema) else each
            if isinstance(table, exp.Table):
                yield table


def _makes_view(table: exp.Table) -> bool:
    """A view that is gone after the run; one that stays is as good as a table."""
    above = table.parent.parent if isinstance(table.parent, exp.Schema) else table.parent
    if isinstance(above, exp.Cache):
        return True
    properties = above.args.get("properties") if isinstance(above, exp.Create) else None
    return properties is not None and properties.find(exp.TemporaryProperty) is not None


def is_local(table: exp.Table) -> bool:
    """Whether it is a name that a `WITH` around it gives; within itself a name is still that of the table."""
    if table.args.get("db") is not None:
        return False
    name, node = table.name.casefold(), table.parent
    inner: exp.Expr = table
    while node is not None:
        clause = node.args.get("with_")
        if isinstance(clause, exp.With) and name in _visible(clause, inner):
            return True
        if isinstance(node, exp.With) and name in _visible(node, inner):
            return True
        inner, node = node, node.parent
    return False


def _visible(clause: exp.With, inner: exp.Expr) -> set[str]:
    """The names of the clause that count in that part of it, or of the statement that it belongs to."""
    names = [each.alias.casefold() for each in clause.expressions]
    if inner is clause:
        return set()  # the parts of the clause were looked at one by one
    place = next((number for number, each in enumerate(clause.expressions) if each is inner), len(names))
    return set(names[: place + 1] if clause.args.get("recursive") else names[:place])


def _named(tables: Iterable[exp.Table], place: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names, unclear = [], []
    for table in tables:
        if not isinstance(table.this, exp.Identifier):
            if table.this.name.upper() == "IDENTIFIER":
                unclear.append(f"{place}: the name of a table is made when it runs")
            continue
        name = ".".join(part.name for part in table.parts)
        if UNKNOWN in name or "?" in name:
            unclear.append(f"{place}: the name of a table is made when it runs")
        else:
            names.append(name)
    return tuple(names), tuple(unclear)
