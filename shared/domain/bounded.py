"""Lists and tables of a note, bounded to what people read and GitLab takes."""

from collections.abc import Iterable, Sequence
from itertools import accumulate

from .markdown import code, row, sentence

MAX_ROWS = 300
MAX_LIST = 60_000
"""Characters of a table, and of each list: GitLab takes a million, and a journal of 5,000 writes is 700,000."""


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Cells are Markdown; nothing where there are no lines. What is left out is counted as pipelines."""
    if not lines:
        return ""
    shown = _first([row(*cells) for cells in lines[:MAX_ROWS]])
    more = ["", f"… and {len(lines) - len(shown)} more pipelines."] if len(lines) > len(shown) else []
    return "\n".join([row(*head), row(*["---"] * len(head)), *shown, *more])


def section(heading: str, lines: Iterable[tuple[str, str]]) -> str:
    """A list of titles with a sentence each; nothing where there are none."""
    items = [f"- {code(title)}: {sentence(text)}" for title, text in lines]
    shown = _first(items)
    more = [f"- … and {len(items) - len(shown)} more"] if len(items) > len(shown) else []
    return "\n".join([f"**{heading}**", "", *shown, *more]) if items else ""


def _first(lines: Sequence[str]) -> Sequence[str]:
    ends = accumulate(len(line) + 1 for line in lines[:MAX_ROWS])
    return lines[: sum(end <= MAX_LIST for end in ends)]
