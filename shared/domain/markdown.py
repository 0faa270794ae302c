"""Text from outside, made harmless in GitLab's Markdown.

Everything of that kind stands in code: there GitLab finds no quick action, mention, link, image or HTML.
"""

import html
import re
import unicodedata
from collections.abc import Iterable

_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_LOADED = re.compile(r"[^\w ,.:;()'+=…·–-]|(?<!\d)\.(?=\w)|\.(?=[^\W\d])")
"""What may begin something in Markdown or GitLab; a dot inside a word may begin a link."""


def code(text: str, *, limit: int = 200) -> str:
    """The text as a code span on one line; control and formatting characters become `·`."""
    shown = visible(text, limit=limit)
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if not shown or shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{padding}{shown}{padding}{fence}"


def visible(text: str, *, limit: int) -> str:
    """The text on one line, every control and formatting character as `·`; it has its power still."""
    shown = text[: limit + 1]
    if not shown.isprintable():
        shown = "".join("·" if unicodedata.category(each) in _UNSEEN else each for each in shown)
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def block(lines: Iterable[str], *, language: str) -> str:
    """Lines as a block of code, each without a line break; none may begin with a slash."""
    text = "\n".join(lines)
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def fold(title: str, facts: str, body: str) -> str:
    """Markdown that is shown when somebody opens it; the title is from outside, `facts` are plain words of ours."""
    name = html.escape(visible(title, limit=200))
    return f"<details>\n<summary><code>{name}</code> {facts}</summary>\n\n{body}\n\n</details>"


def row(*cells: str) -> str:
    """A row of a table. Only here a `|` has a meaning, in code spans too."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def sentence(text: str, *, limit: int = 500) -> str:
    """A sentence of ours that may quote names from outside: the quotes stay code spans, the rest loses its power.

    Quotes are marked by backticks. A text with an odd number of them is shown as one code span.
    """
    parts = text.split("`")
    if len(parts) % 2 == 0 or len(text) > limit:
        return code(text.replace("`", "'"), limit=limit)
    spans = "".join(code(part) if index % 2 else _plain(part) for index, part in enumerate(parts))
    return spans.replace("``", "` `")  # two spans that touch would be read as one


def _plain(text: str) -> str:
    words = re.sub(r"\s+", " ", text).split(" ")
    return " ".join(code(word) if _LOADED.search(word) else word for word in words)
