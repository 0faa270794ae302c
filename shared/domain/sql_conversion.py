"""Bare names of tables in SQL → placeholders. Everything else of the text stays as it is, byte for byte.

The parser says where a name stands that is one of a table: never in comments, texts, aliases or columns.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from . import sql_tables

_TEMPLATE = re.compile(r"\$\{[^{}]*+\}|\{\{[^{}]*+\}\}")
_FILLER = "µ"
"""Stands for each character of a placeholder that is there already, so that nothing moves."""
_PLAIN = frozenset({"this", "db", "catalog", "alias", "joins", "laterals"})
Lookup = Callable[[str], str]
"""The placeholder for the name of a table, empty for none."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """`replaced` are names with their placeholders, in the order of the text; `unclear` are sentences."""

    text: str
    replaced: tuple[tuple[str, str], ...] = ()
    unclear: tuple[str, ...] = ()


def convert(sql: str, lookup: Lookup, *, place: str) -> Conversion:
    """`place` says in the sentences where the text stands."""
    statements, unclear = _parsed(sql, place)
    if any(isinstance(each, exp.Use) for each in statements):
        return Conversion(sql, (), unclear)
    edits: list[tuple[int, int, str, str]] = []
    for statement in statements:
        written = {id(each) for each in sql_tables.targets(statement)}
        columns = {each.table.casefold() for each in statement.find_all(exp.Column) if each.table}
        for table in _bare(statement):
            name, (start, end) = table.name, _span(table)
            placeholder = lookup(name)
            if not placeholder or sql[start:end].strip("`") != name:
                continue
            shown = _with_alias(table, placeholder, columns, is_target=id(table) in written)
            if shown:
                edits.append((start, end, name, shown))
            else:
                unclear = (*unclear, f"{place}: `{name}` is named by its columns where it can't have an alias")
    return _edited(sql, edits, unclear)


def made(sql: str) -> Iterator[str]:
    """The names that the text itself makes or drops: they are no tables of a dataset."""
    for statement in _parsed(sql, "")[0]:
        for node in statement.find_all(exp.Create, exp.Drop, exp.Cache):
            yield from (each.name for each in sql_tables.targets(node))


def _parsed(sql: str, place: str) -> tuple[list[exp.Expr], tuple[str, ...]]:
    """The statements, none where the text can't be understood, and what is unclear about them."""
    masked = _TEMPLATE.sub(lambda each: _FILLER * len(each[0]), sql)
    unclear = sql_tables.of(masked, place=place).unclear
    if len(sql) > sql_tables.MAX_SQL:
        return [], unclear
    try:
        found = sqlglot.parse(masked, read="spark")
    except (SqlglotError, RecursionError, ValueError):
        return [], unclear
    return [each for each in found if each is not None], unclear


def _bare(statement: exp.Expr) -> Iterator[exp.Table]:
    """Tables without a schema that no `WITH` gives."""
    for table in statement.find_all(exp.Table):
        if len(table.parts) == 1 and isinstance(table.this, exp.Identifier) and not sql_tables.is_local(table):
            yield table


def _span(table: exp.Table) -> tuple[int, int]:
    meta: Mapping[str, int] = table.this.meta
    return (meta["start"], meta["end"] + 1) if "start" in meta else (0, 0)


def _with_alias(table: exp.Table, placeholder: str, columns: set[str], *, is_target: bool) -> str:
    """With the old name as an alias, where columns are named by it; empty where it can't have one."""
    if table.alias or table.name.casefold() not in columns:
        return placeholder
    if is_target or any(value for key, value in table.args.items() if key not in _PLAIN):
        return ""
    return f"{placeholder} AS {table.name}" if table.name.isidentifier() else f"{placeholder} AS `{table.name}`"


def _edited(sql: str, edits: Iterable[tuple[int, int, str, str]], unclear: tuple[str, ...]) -> Conversion:
    pieces, at = [], 0
    ordered = sorted(edits)
    for start, end, _, shown in ordered:
        pieces += [sql[at:start], shown]
        at = end
    text = "".join([*pieces, sql[at:]])
    replaced = tuple((name, shown) for _, _, name, shown in ordered)
    return Conversion(text, replaced, tuple(dict.fromkeys(unclear)))
