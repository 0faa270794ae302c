"""GitLab's Markdown as safe HTML: HTML stays text (but for folds, and comments vanish), no link is a script."""

import html as entities
import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape

_COMMENT = re.compile(r"<!--.*?(-->|$)", re.DOTALL)
_FOLD = re.compile(r"(</?(?:details|summary|code)>)")
"""What GitLab lets through among others; never with attributes."""

_SIGNS = {"+": "added", "-": "removed"}


def html(text: str) -> Markup:
    """Tables, code, lists, links; no images, as nothing is fetched from elsewhere."""
    return Markup(_MARKDOWN.render(text))  # noqa: S704 - the renderer escapes all that it is given


def _as_text(_renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
    pieces = _FOLD.split(_COMMENT.sub("", tokens[index].content).strip("\n"))
    return "".join(piece if _FOLD.fullmatch(piece) else escape(entities.unescape(piece)) for piece in pieces)


def _coloured(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    """A fenced block; what came and went in a diff has its colour."""
    token = tokens[index]
    signs = _SIGNS if token.info == "diff" else {}
    lines = ((signs.get(line[:1]), escape(line)) for line in token.content.splitlines(keepends=True))
    shown = (f'<span class="{sign}">{line}</span>' if sign else str(line) for sign, line in lines)
    return f"<pre><code>{''.join(shown)}</code></pre>\n"


def _renderer() -> MarkdownIt:
    made = MarkdownIt("js-default", {"html": True}).disable("image")
    made.add_render_rule("fence", _coloured)
    for kind in ("html_block", "html_inline"):
        made.add_render_rule(kind, _as_text)
    return made


_MARKDOWN = _renderer()
