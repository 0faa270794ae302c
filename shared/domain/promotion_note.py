"""What people read about a promotion, in GitLab's Markdown: the answer to who asked, and the merge request."""

import shlex
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from . import code_diff, route
from .answer import Outcome
from .bounded import section
from .code_diff import Difference
from .credentials import hide_in_text
from .markdown import block, code, fold, sentence
from .posting import COMMAND, encode
from .promotion_report import Clash, Promoted

_HEADLINES = {
    Outcome.MADE: "🌱 {name} is made",
    Outcome.PLANNED: "🔎 What {name} would bring",
    Outcome.NOTHING: "⏭️ Nothing to do for {name}",
    Outcome.REFUSED: "❌ {name} was not made",
    Outcome.FAILED: "❌ {name} was not made: it failed",
}
_MOST_NAMED = 300
MOST_LINES = 60
"""Of the diff of one pipeline that is in conflict."""
MOST_BYTES = 100_000
"""Of all of these diffs."""
_MOST_COMPARED = 40_000
"""Lines of all of them; what is more is only named."""


def mark(branch: str) -> str:
    """The first line of the text of the branch's merge request, by which it is known as ours."""
    return f"<!-- aic-promotion {quote(branch, safe='/')} -->"


def answer(report: Promoted, *, first_line: str) -> str:
    """The note on a branch's newest commit, where no merge request answers."""
    detail = f": {sentence(report.detail)}" if report.detail else ""
    return _joined(
        first_line,
        f"### {_HEADLINES[report.outcome].format(name=code(report.name))}",
        _way(report),
        f"**Reason** {code(report.reason)}{detail}" if report.reason else sentence(report.detail),
        _conflicts(report),
        _titles("Brings" if _there(report) else "Would bring", report.titles),
        section("Left as they are", report.left_out),
        _next(report),
    )


def description(report: Promoted, *, first_line: str, words: str = "") -> str:
    """The text of the merge request; `words` are what the asker has to say, line by line."""
    return _joined(
        first_line,
        "\n".join(sentence(line, limit=2000) for line in words.splitlines()[:200]),
        _way(report),
        _titles("Brings", report.titles),
        _conflicts(report),
        section("Left as they are", report.left_out),
        f"Closes #{report.issue}" if report.issue is not None else "",
        f"Merging changes these pipelines of {code(report.target)} and no others, and deploys them.",
    )


def on_issue(report: Promoted, *, first_line: str) -> str:
    """The comment on the issue that the merge request resolves."""
    return _joined(
        first_line,
        f"### 🔀 !{report.iid} resolves this",
        _way(report),
        _titles("Brings", report.titles),
        f"Merging it into {code(report.target)} deploys them.",
    )


SETTLED = "### ✅ Nothing is left to be done"


def settled(text: str, *, target: str) -> str:
    """The text of a merge request that is closed, before what it said until then."""
    why = f"{code(target)} has had these versions of the pipelines meanwhile: whatever stands there now is newer."
    return _joined(SETTLED, f"{why} So this is closed. Opened again, it stays open.", text)


def _way(report: Promoted) -> str:
    asker = f" Asked for by {code(report.by)}." if report.by else ""
    if report.source == report.name:
        return f"From {code(report.name)} to {code(report.target)}.{asker}"
    if report.workspace:
        return f"Edited in AIC, in the workspace {code(report.workspace)}.{asker}"
    return f"From {code(report.source)}, upon what {code(report.target)} has now.{asker}"


def _conflicts(report: Promoted) -> str:
    if not report.clashes:
        return ""
    why = "the version there was never here: bringing this one would undo it"
    return _joined(
        section(
            f"Changed on {code(report.target)} and not on {code(report.source)}",
            ((each.title, why) for each in report.clashes),
        ),
        *_versions(report),
        _solution(report),
    )


def _solution(report: Promoted) -> str:
    if route.of_branch(report.name) in route.BACK:
        return (
            f"These are left out. Put the change of {code(report.source)} into the version of {code(report.target)} by "
            "hand, in AIC or by a merge request: the next release then brings both."
        )
    return f"Bring those changes to {code(report.source)} first, or name the pipelines to promote without these."


def _versions(report: Promoted) -> Iterator[str]:
    """Both versions of each, as many as fit, free of what looks like a secret."""
    room, compared = MOST_BYTES, _MOST_COMPARED
    signs = f"`-` is what {code(report.target)} has, `+` what {code(report.source)} has"
    for each in report.clashes:
        there, here = code_diff.named(each.title, each.there), code_diff.named(each.title, each.here)
        compared -= code_diff.size(there, here)
        found = code_diff.between(there, here) if compared >= 0 else Difference()
        text = _version(each, found, signs) if found.lines else ""
        room -= len(text.encode())
        if text and room >= 0:
            yield text


def _version(clash: Clash, found: Difference, signs: str) -> str:
    shown, more = found.lines[:MOST_LINES], len(found.lines) - MOST_LINES
    rest = f"… and {more} more lines" if more > 0 else ""
    body = _joined(signs, hide_in_text(block(shown, language="diff")), rest)
    return fold(clash.title, f"· +{found.added}\u00a0−{found.removed}", body)


def _next(report: Promoted) -> str:
    if not _there(report):
        return ""
    parameters = {"project": report.project, "source": report.name}
    message = encode({"workflow": "create_merge_request", "parameters": parameters}).decode()
    line = f"gcloud pubsub topics publish {COMMAND} --message {shlex.quote(message)}"
    return f"Nothing changes anywhere until it is merged. To propose that: {code(line, limit=2000)}"


def _there(report: Promoted) -> bool:
    """Whether the branch has it, from now on or already."""
    return report.outcome is Outcome.MADE or report.branch == report.name


def _titles(heading: str, titles: Iterable[str]) -> str:
    names = list(titles)
    more = [f"- … and {len(names) - _MOST_NAMED} more"] if len(names) > _MOST_NAMED else []
    lines = [f"- {code(title)}" for title in names[:_MOST_NAMED]]
    return "\n".join([f"**{heading}**", "", *lines, *more]) if names else ""


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
