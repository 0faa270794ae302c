"""What people read about going back: the answer to a question that was refused, in GitLab's Markdown."""

from .markdown import code, sentence
from .return_report import Outcome, Returned

_HEADLINES = {Outcome.REFUSED: "❌ No {}", Outcome.FAILED: "❌ The {} failed", Outcome.NOTHING: "⏭️ No {} was needed"}


def answer(report: Returned, *, first_line: str) -> str:
    """The note on the branch's newest commit, where nothing else answers."""
    asker = f"asked for by {code(report.by)}" if report.by else ""
    detail = f": {sentence(report.detail)}" if report.detail else ""
    parts = [
        first_line,
        f"### {_HEADLINES[report.outcome].format(report.workflow)}: {code(report.workspace or report.branch)}",
        asker,
        f"**Reason** {code(report.reason)}{detail}" if report.reason else sentence(report.detail),
        "Nothing was changed by this.",
    ]
    return "\n\n".join(part for part in parts if part)
