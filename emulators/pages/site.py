"""Pages of one stand-in as answers: its own templates inside the shared frame, everything escaped, no scripts."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from emulators.pages import markdown, moments
from emulators.routing import Answer

STYLE = "/-/style.css"
_NONE: Mapping[str, Callable[..., object]] = MappingProxyType({})
_HERE = Path(__file__).parent
_POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"{_POLICY}; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Site:
    """`name` stands at the top of every page; templates may `{% extends "frame.html" %}` and import `parts.html`."""

    def __init__(self, templates: Path, *, name: str, filters: Mapping[str, Callable[..., object]] = _NONE) -> None:
        self._templates = Environment(
            loader=ChoiceLoader([FileSystemLoader(templates), FileSystemLoader(_HERE / "templates")]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(site=name, style=STYLE)
        self._templates.filters.update(markdown=markdown.html, moment=moments.shown, **filters)

    def page(self, template: str, /, *, status: int = 200, **values: object) -> Answer:
        """The template filled with these values."""
        text = self._templates.get_template(template).render(values)
        return Answer(status, text.encode("utf-8", "replace"), _HEADERS | {"Content-Type": "text/html; charset=utf-8"})

    def missing(self, what: str) -> Answer:
        """The page that says that something is not there."""
        return self.page("missing.html", status=404, what=what)

    def style(self) -> Answer:
        """The shared style sheet, to be served at `STYLE`."""
        return Answer(200, (_HERE / "style.css").read_bytes(), _HEADERS | {"Content-Type": "text/css; charset=utf-8"})
