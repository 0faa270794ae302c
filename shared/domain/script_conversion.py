"""Bare names of tables in the SQL inside a PySpark script → placeholders. The script is never run.

Only a text that stands there as it is used is touched: one that is put together when it runs, or written with escapes,
is said to need a look. Whatever is no SQL, such as the argument of `spark.table`, stays as it is.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator

from .code import SQL_WORDS, first_word
from .script_tables import MAX_SCRIPT
from .sql_conversion import Conversion, Lookup, convert, made

_LITERAL = re.compile(r"[rRuU]?(?P<quote>\"\"\"|'''|\"|')")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_SAVING = frozenset({"saveAsTable", "createTempView", "createOrReplaceTempView", "registerTempTable"})


def of_script(script: str, lookup: Lookup, *, place: str) -> Conversion:
    """`place` says in the sentences where the script stands."""
    tree = _tree(script)
    if tree is None:
        return Conversion(script, (), (f"{place}: a script that can't be understood",))
    pieces, at, replaced, unclear = list[str](), 0, list[tuple[str, str]](), list[str]()
    starts = _line_starts(script)
    for node in sorted(_texts(tree), key=lambda each: (each.lineno, each.col_offset)):
        where = f"{place} line {node.lineno}"
        span = _inside(script, node, starts)
        if span is None:
            unclear.append(f"{where}: SQL that is made when it runs, or written with escapes")
            continue
        found = convert(script[slice(*span)], lookup, place=where)
        pieces += [script[at : span[0]], found.text]
        at = span[1]
        replaced += found.replaced
        unclear += found.unclear
    return Conversion("".join([*pieces, script[at:]]), tuple(replaced), tuple(dict.fromkeys(unclear)))


def made_by(script: str) -> Iterator[str]:
    """The names that the script itself makes: by its calls, and by the SQL in it."""
    tree = _tree(script) or ast.Module([], [])
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SAVING:
            yield from filter(None, map(_plain, node.args[:1]))
    for text in map(_plain, _texts(tree)):
        yield from made(text)


def _tree(script: str) -> ast.Module | None:
    if len(script) > MAX_SCRIPT:
        return None
    try:
        return ast.parse(script)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _texts(tree: ast.Module) -> list[ast.expr]:
    """What is given to `.sql(…)`, itself or by the name of a constant, and other texts of several lines with SQL."""
    nodes = list(ast.walk(tree))
    stored = Counter(each.id for each in nodes if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))
    constants = {
        target.id: each.value
        for each in nodes
        if isinstance(each, ast.Assign) and isinstance(target := each.targets[0], ast.Name) and stored[target.id] == 1
    }
    found: dict[int, ast.expr] = {}
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "sql":
            for given in node.args[:1]:
                text = constants.get(given.id, given) if isinstance(given, ast.Name) else given
                found[id(text)] = text
    return list(({id(each): each for each in _loose(tree)} | found).values())


def _loose(tree: ast.Module) -> Iterator[ast.expr]:
    """Texts that stand alone are comments, those that are part of another text or call are made when it runs."""
    left: list[ast.AST] = [tree]
    while left:
        node = left.pop()
        if isinstance(node, ast.Constant):
            text = _plain(node)
            if "\n" in text and first_word(text) in SQL_WORDS:
                yield node
        elif not isinstance(node, ast.JoinedStr | ast.BinOp) and not _is_comment(node) and not _is_filled(node):
            left += ast.iter_child_nodes(node)


def _is_comment(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant | ast.JoinedStr)


def _is_filled(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Constant)


def _plain(node: ast.expr) -> str:
    """The text that it is, empty where it is none."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _inside(script: str, node: ast.expr, starts: list[int]) -> tuple[int, int] | None:
    """Where the text stands between its quotes; None for one that isn't written just as it is."""
    start, end = (
        _offset(script, starts, line, column)
        for line, column in ((node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0))
    )
    opening = _LITERAL.match(script, start)
    if opening is None:
        return None
    span = opening.end(), end - len(opening["quote"])
    return span if script[slice(*span)] == _plain(node) else None


def _line_starts(script: str) -> list[int]:
    return [each.start() for each in _LINE.finditer(script)]


def _offset(script: str, starts: list[int], line: int, column: int) -> int:
    """Columns are counted in bytes."""
    start = starts[line - 1]
    return start + len(script[start : start + column].encode()[:column].decode(errors="ignore"))
