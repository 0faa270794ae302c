"""A PySpark script → the tables that it reads and writes, by its calls and by the SQL in it. It is never run.

Only what stands there as text is believed; what is put together when it runs is said to be unknown.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from . import sql_tables
from .code import SQL_WORDS, first_word, sql_within
from .sql_tables import UNKNOWN, Tables

MAX_SCRIPT = 200_000
"""Characters; the parser takes a second for them."""
_READS = frozenset({"table"})
_WRITES = frozenset({"saveAsTable", "insertInto", "writeTo"})
_VIEWS = frozenset({"createTempView", "createOrReplaceTempView", "registerTempTable"})
_EITHER = frozenset({"forName"})
"""`DeltaTable.forName` gives a table that may be read or written."""
_NAMING = _READS | _WRITES | _VIEWS | _EITHER

_PERCENT, _BRACES = re.compile(r"%(?:\(\w+\))?[sdr]"), re.compile(r"\{[^{}]*+\}")

Texts = Mapping[str, str]


def of(script: str, *, place: str) -> Tables:
    """`place` says in the sentences where the script stands."""
    if len(script) > MAX_SCRIPT:
        return Tables(unclear=(f"{place}: more than {MAX_SCRIPT} characters of a script are not looked into",))
    try:
        tree = ast.parse(script)
        return sql_tables.together(_parts(tree, place))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        quoted = [sql_tables.of(text, place=place) for text in sql_within(script).values()]
        said = Tables(unclear=(f"{place}: a script that can't be understood; only the SQL in it was looked at",))
        return sql_tables.together([said, *quoted])


def _parts(tree: ast.Module, place: str) -> Iterator[Tables]:
    texts = _constants(tree)
    asked: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, argument, where = node.func.attr, _argument(node), f"{place} line {node.lineno}"
            if argument is not None and name == "sql":
                asked.add(id(argument))
                yield _sql(argument, texts, where)
            elif argument is not None and name in _NAMING:
                yield _call(name, argument, texts, where)
    for node, text in _loose(tree):
        if id(node) not in asked and "\n" in text and first_word(text) in SQL_WORDS:
            yield sql_tables.of(text, place=f"{place} line {node.lineno}")


def _argument(call: ast.Call) -> ast.expr | None:
    """The first, or of `DeltaTable.forName(spark, name)` the last."""
    given = [*call.args, *(each.value for each in call.keywords)]
    last = isinstance(call.func, ast.Attribute) and call.func.attr in _EITHER
    return given[-1 if last else 0] if given else None


def _sql(argument: ast.expr, texts: Texts, where: str) -> Tables:
    text = _text(argument, texts)
    if text is None:
        return Tables(unclear=(f"{where}: SQL that is made when it runs",))
    return sql_tables.of(text, place=where)


def _call(name: str, argument: ast.expr, texts: Texts, where: str) -> Tables:
    text = _text(argument, texts)
    if text is None or UNKNOWN in text:
        return Tables() if name in _VIEWS else Tables(unclear=(f"{where}: the name of a table is made when it runs",))
    found = (text.replace("`", "").strip(),)
    if name in _EITHER:
        return Tables(unclear=(f"{where}: `{found[0]}` may be read or written",))
    return Tables(found if name in _READS else (), found if name in _WRITES else (), found if name in _VIEWS else ())


def _constants(tree: ast.Module) -> Texts:
    """Names that are given a text, and nothing else anywhere."""
    stored = Counter(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not _is_load(node))
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(target := node.targets[0], ast.Name):
            text = _text(node.value, {})
            if text is not None and stored[target.id] == 1:
                found[target.id] = text
    return found


def _is_load(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def _loose(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    """Texts with what they are put together of, but for those that stand alone: they are comments."""
    left: list[ast.AST] = [tree]
    while left:
        node = left.pop()
        text = _text(node, {})
        if isinstance(node, ast.expr) and text is not None:
            yield node, text
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant | ast.JoinedStr)):
            left += ast.iter_child_nodes(node)


def _text(node: ast.AST, texts: Texts) -> str | None:
    """The text that an expression comes to, unknown pieces of it as `UNKNOWN`; None where it is no text for sure."""
    match node:
        case ast.Constant(value=str(value)):
            return value
        case ast.JoinedStr(values=values):
            return "".join(_text(each, texts) or UNKNOWN for each in values)
        case ast.Name(id=name):
            return texts.get(name)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            one, other = _text(left, texts), _text(right, texts)
            return None if one is None and other is None else f"{one or UNKNOWN}{other or UNKNOWN}"
        case ast.BinOp(left=left, op=ast.Mod()):
            return _filled(_PERCENT, _text(left, texts))
        case ast.Call(func=ast.Attribute(value=value, attr="format")):
            return _filled(_BRACES, _text(value, texts))
        case ast.Call(func=ast.Attribute(value=value, attr="strip"), args=[]):
            return _text(value, texts)
        case _:
            return None


def _filled(pattern: re.Pattern[str], text: str | None) -> str | None:
    return None if text is None else pattern.sub(UNKNOWN, text)
