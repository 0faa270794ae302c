"""What people read about going back, in GitLab's Markdown: the merge request, the notes beside it, and refusals."""

from collections.abc import Iterable
from itertools import accumulate

from .answer import Outcome
from .markdown import code, sentence
from .return_report import Returned

_NAMES = {"copy_pipelines": "copy"}
_HEADLINES = {Outcome.REFUSED: "❌ No {}", Outcome.FAILED: "❌ The {} failed", Outcome.NOTHING: "⏭️ No {} was needed"}
_MOST = 60_000
"""Characters of a list; GitLab takes a million."""


def answer(report: Returned, *, first_line: str) -> str:
    """The note on the branch's newest commit, where nothing else answers."""
    name = _NAMES.get(report.workflow, report.workflow)
    detail = f": {sentence(report.detail)}" if report.detail else ""
    return _joined(
        first_line,
        f"### {_HEADLINES[report.outcome].format(name)}: {code(report.workspace or report.branch)}",
        _asker(report),
        f"**Reason** {code(report.reason)}{detail}" if report.reason else sentence(report.detail),
        f"!{report.iid} is open and holds its pipelines, but the older version was not put live: ask once more."
        if report.iid
        else "Nothing was changed by this.",
        _section("Left as they are", report.left_out),
    )


def description(report: Returned, *, first_line: str) -> str:
    """The merge request of a rollback."""
    live = (
        "It is put live at once, so that merging leaves nothing to do."
        if report.now
        else "Nothing is put live before that: merging deploys the older version."
    )
    return _joined(
        first_line,
        f"These pipelines of {code(report.branch)}, which is deployed to {code(report.workspace)}, go back to what "
        f"commit {_commit(report)} has. No other file is touched.",
        _asker(report) or sentence(report.why),
        _section("Go back, and are held while this merge request is open", ((title, "") for title in report.titles)),
        "Held means that nothing brings the newer version live: no deploy, no message that is sent again, no sweep and "
        "no snapshot.",
        f"- **Merging** ends the hold, and Git has the older version. {live}\n"
        "- **Closing** ends the hold, too, and asks for a deploy, which goes forward again to what the branch has.",
        _section("Left as they are", report.left_out),
    )


def on_bringer(report: Returned, *, first_line: str) -> str:
    """The note on a merge request that brought what is taken back."""
    what = (
        f"is being put live at once, and !{report.iid} says what becomes of that"
        if report.now
        else "will be deployed when that is merged"
    )
    return _joined(
        first_line,
        f"### ↩️ Taken back in {code(report.workspace)} by !{report.iid}",
        f"The version of commit {_commit(report)} {what}. While !{report.iid} is open these pipelines are held: the "
        "version that came with this merge request is not brought live, whatever is sent again. Closing "
        f"!{report.iid} asks for a deploy, which goes forward.",
        _section("Held", ((title, "") for title in report.titles)),
    )


def _commit(report: Returned) -> str:
    return code(report.source.removeprefix("commit:")[:8])


def _asker(report: Returned) -> str:
    return f"Asked for by {code(report.by)}." if report.by else ""


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _section(heading: str, lines: Iterable[tuple[str, str]]) -> str:
    items = [f"- {code(title)}{f': {sentence(why)}' if why else ''}" for title, why in lines]
    ends = accumulate(len(item) + 1 for item in items)
    shown = items[: sum(end <= _MOST for end in ends)]
    more = [f"- … and {len(items) - len(shown)} more"] if len(items) > len(shown) else []
    return "\n".join([f"**{heading}**", "", *shown, *more]) if items else ""
