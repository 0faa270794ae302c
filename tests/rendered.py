"""An independent look at Markdown: what there is in it beside code spans and plain text."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

_HARMLESS = {
    "paragraph_open", "paragraph_close", "heading_open", "heading_close", "inline", "text", "code_inline", "softbreak",
    "strong_open", "strong_close", "em_open", "em_close", "bullet_list_open", "bullet_list_close", "list_item_open",
    "ordered_list_open", "ordered_list_close", "hr",
    "list_item_close", "table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close", "tr_open",
    "tr_close", "th_open", "th_close", "td_open", "td_close",
}  # fmt: skip
_POWER = re.compile(r"[@#!~&%$^<>\[\]*`\\{}\"]|://|www\.\w|\w@\w", re.IGNORECASE)
_LANGUAGES = frozenset({"diff", "mermaid", "python", "sql"})
_COMMENT = re.compile(r"<!-- [^<>\n]* -->\n?")
_FOLD = re.compile(r"<details>\n<summary><code>[^<>\n]*</code>(?P<facts>[^<>\n]*)</summary>\n|</details>\n?")


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or [])


def tokens(markdown: str) -> list[Token]:
    """Everything that is in the text, with tables as in GitLab; bare links are found by their spelling."""
    return list(_flat(MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)))


def dangers(markdown: str) -> list[str]:
    """What has power: a quick action, a mention, reference, link, image or HTML.

    Comments and folds of ours are taken for what they are where they are a whole line's text; code of several lines has
    no power as long as none of them begins with a slash.
    """
    flat = tokens(markdown)
    code = {line for token in flat if token.type == "fence" and token.map for line in range(*token.map)}
    found = [
        f"quick action: {piece}"
        for number, line in enumerate(markdown.split("\n"))
        for piece in line.splitlines()
        if (piece if number in code else piece.lstrip()).startswith("/")
    ]
    for token in flat:
        is_code = token.type == "fence" and token.info in _LANGUAGES
        if is_code or (token.type == "html_block" and _is_ours(token.content)):
            continue
        if token.type not in _HARMLESS:
            found.append(f"{token.type}: {token.content}")
        elif token.type == "text" and _POWER.search(token.content):
            found.append(f"text: {token.content}")
    return found


def _is_ours(block: str) -> bool:
    fold = _FOLD.fullmatch(block)
    return _COMMENT.fullmatch(block) is not None or (fold is not None and not _POWER.search(fold["facts"] or ""))


def spans(markdown: str) -> list[str]:
    """The texts of the code spans."""
    return [token.content for token in tokens(markdown) if token.type == "code_inline"]


def cells(markdown: str) -> list[list[str]]:
    """The rows of the tables, below their heads, each cell as the reader sees its text."""
    rows: list[list[str]] = []
    inside = False
    for token in tokens(markdown):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("td_open", "th_open", "td_close", "th_close"):
            inside = token.type.endswith("open")
        elif token.type == "inline" and inside:
            rows[-1].append("".join(child.content for child in token.children or []))
    return rows
