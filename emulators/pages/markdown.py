"""GitLab's Markdown as safe HTML: what looks like HTML stays text (comments vanish), no link leads to a script."""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape

_COMMENT = re.compile(r"<!--.*?(-->|$)", re.DOTALL)


def html(text: str) -> Markup:
    """Tables, code, lists, links; no images, as nothing is fetched from elsewhere."""
    return Markup(_MARKDOWN.render(text))  # noqa: S704 - the renderer escapes all that it is given


def _as_text(_renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
    return escape(_COMMENT.sub("", tokens[index].content).strip("\n"))


def _renderer() -> MarkdownIt:
    made = MarkdownIt("js-default", {"html": True}).disable("image")
    for kind in ("html_block", "html_inline"):
        made.add_render_rule(kind, _as_text)
    return made


_MARKDOWN = _renderer()
