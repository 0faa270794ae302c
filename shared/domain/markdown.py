"""Text from outside, made harmless in GitLab's Markdown.

Everything of that kind goes into a code span: there GitLab finds no quick action, mention, link, image or HTML.
"""

import re
import unicodedata

_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_LOADED = re.compile(r"[^\w ,.:;()'+=…·–-]|(?<!\d)\.(?=\w)|\.(?=[^\W\d])")
"""What may begin something in Markdown or GitLab; a dot inside a word may begin a link."""


def code(text: str, *, limit: int = 200) -> str:
    """The text as a code span on one line; control and formatting characters become `·`."""
    shown = "".join("·" if unicodedata.category(character) in _UNSEEN else character for character in text)
    if len(shown) > limit:
        shown = shown[: limit - 1] + "…"
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if not shown or shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{padding}{shown}{padding}{fence}"


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
