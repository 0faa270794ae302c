"""The requests of one deploy as a picture: what waits for what, and what goes side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from bench.requests_log import Span

_WORDS = (
    ("GitLab", "GET", "/repository/files/:path", "mapping"),
    ("GitLab", "GET", "/repository/files/:path/raw", "config in Git"),
    ("GitLab", "GET", "/repository/branches/:branch", "head"),
    ("GitLab", "GET", "/deployments", "records"),
    ("GitLab", "GET", "/repository/compare", "what changed"),
    ("GitLab", "GET", "/statuses", "status of the base"),
    ("GitLab", "GET", "/merge_requests", "merge requests"),
    ("GitLab", "GET", "/discussions", "journal"),
    ("GitLab", "GET", "/notes", "note"),
    ("GitLab", "GET", "/user", "own user"),
    ("GitLab", "POST", "/deployments", "open the record"),
    ("GitLab", "PUT", "/deployments/:deployment_id", "record the success"),
    ("GitLab", "POST", "/statuses/:sha", "status"),
    ("GitLab", "POST", "/discussions", "journal"),
    ("GitLab", "PUT", "/notes/:note_id", "note of the commit"),
    ("GitLab", "POST", "/notes", "note of the merge request"),
    ("AIC", "GET", "/projects", "project"),
    ("AIC", "GET", "/workspaces", "workspace"),
    ("AIC", "GET", "/jobs", "pipelines"),
    ("AIC", "GET", "/jobs/:job", "read"),
    ("AIC", "PUT", "/jobs/:job", "write"),
    ("AIC", "POST", "/jobs", "create"),
)
_LEFT, _TOP, _ROW, _WIDTH, _RIGHT = 70, 74, 22, 860, 190
_STYLE = """
svg { color-scheme: light dark; font: 13px system-ui, sans-serif }
.paper { fill: #ffffff } .text { fill: #1f2328 } .faint { fill: #59636e } .line { stroke: #d1d9e0 }
.read { fill: #6ea8e0 } .write { fill: #d9822b }
@media (prefers-color-scheme: dark) {
  .paper { fill: #0d1117 } .text { fill: #f0f6fc } .faint { fill: #9198a1 } .line { stroke: #3d444d }
  .read { fill: #4184c4 } .write { fill: #e0913f }
}"""


@dataclass(frozen=True, slots=True)
class Row:
    """Requests of one kind that follow one another or go side by side: `times` of them, in seconds from the start."""

    system: str
    words: str
    writes: bool
    start: float
    end: float
    times: int


def rows(spans: Sequence[Span], *, begun: float) -> list[Row]:
    """In the order of their starts; equal requests that overlap are one row."""
    found: list[Row] = []
    for span in spans:
        fresh = _row(span, begun)
        index = next((number for number, row in enumerate(found) if _is_same(row, fresh)), None)
        if index is None:
            found.append(fresh)
        else:
            old = found[index]
            found[index] = Row(old.system, old.words, old.writes, old.start, max(old.end, fresh.end), old.times + 1)
    return found


def svg(spans: Sequence[Span], *, begun: float, title: str) -> str:
    """A picture that can be read on light and dark paper."""
    drawn = rows(spans, begun=begun)
    longest = max(row.end for row in drawn)
    scale = (_WIDTH - _LEFT) / longest
    width, height = _WIDTH + _RIGHT, _TOP + _ROW * len(drawn) + 34
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<title>{escape(title)}</title><style>{_STYLE}\n</style>",
        f'<rect class="paper" width="{width}" height="{height}" rx="6"/>',
        f'<text class="text" x="16" y="28" font-size="15" font-weight="600">{escape(title)}</text>',
        _key(),
        *_scale(longest, scale, height),
        *(line for number, row in enumerate(drawn) for line in _bar(row, scale, _TOP + _ROW * number)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _row(span: Span, begun: float) -> Row:
    return Row(span.system, _words(span), span.method != "GET", span.start - begun, span.end - begun, 1)


def _is_same(old: Row, new: Row) -> bool:
    """Whether they begin together, give or take what the machine needs to send them one after the other."""
    return (old.system, old.words, old.writes) == (new.system, new.words, new.writes) and new.start < old.end - 0.005


def _words(span: Span) -> str:
    fitting = (
        (len(ending), words)
        for system, method, ending, words in _WORDS
        if (system, method) == (span.system, span.method) and span.route.endswith(ending)
    )
    return max(fitting, default=(0, f"{span.method} {span.route}"))[1]


def _key() -> str:
    return (
        '<rect class="read" x="16" y="42" width="12" height="12" rx="2"/>'
        '<text class="faint" x="34" y="53">reads</text>'
        '<rect class="write" x="84" y="42" width="12" height="12" rx="2"/>'
        '<text class="faint" x="102" y="53">writes</text>'
    )


def _scale(longest: float, scale: float, height: int) -> Iterable[str]:
    for tenth in range(0, int(longest * 10) + 1, 2):
        x = _LEFT + tenth / 10 * scale
        yield f'<line class="line" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 8}" y2="{height - 24}"/>'
        yield f'<text class="faint" x="{x:.1f}" y="{height - 8}" text-anchor="middle">{tenth * 100} ms</text>'


def _bar(row: Row, scale: float, y: int) -> Iterable[str]:
    x, length = _LEFT + row.start * scale, max((row.end - row.start) * scale, 2)
    kind = "write" if row.writes else "read"
    times = f" × {row.times}" if row.times > 1 else ""
    yield f'<text class="faint" x="16" y="{y + 13}">{row.system}</text>'
    yield f'<rect class="{kind}" x="{x:.1f}" y="{y + 2}" width="{length:.1f}" height="{_ROW - 7}" rx="2"/>'
    yield f'<text class="text" x="{x + length + 6:.1f}" y="{y + 13}">{escape(row.words)}{times}</text>'
