"""What became of a force push, as one value, and what people read of it."""

from dataclasses import dataclass

from .answer import Answer, Outcome
from .bounded import section
from .markdown import code, sentence
from .told import Told

_MOST = 200
_HEADLINES = {
    Outcome.MADE: "⚠️ Git was made to have what AIC runs in {}",
    Outcome.PROPOSED: "⚠️ Merging this makes Git have what AIC runs in {}",
    Outcome.PLANNED: "🔎 What a force push of {} would change",
    Outcome.NOTHING: "⏭️ Git has what AIC runs in {}",
    Outcome.REFUSED: "❌ No force push of {}",
    Outcome.FAILED: "❌ The force push of {} failed",
}


@dataclass(frozen=True, slots=True)
class Forced(Answer):
    """`changed` are titles with what gives way in Git, `left_out` those with the reason why they stay as they are.

    `commit` is the new one on the branch. `iid` and `url` are those of the merge request.
    """

    changed: tuple[tuple[str, str], ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    commit: str = ""
    iid: int | None = None
    url: str = ""

    @property
    def told_elsewhere(self) -> bool:
        """The commit that was made has a note of its own, which no later answer takes the place of."""
        return self.outcome in (Outcome.MADE, Outcome.PROPOSED)

    def told(self) -> Told:
        """The line of the log."""
        fields = {
            **self.facts(),
            "pipelines": [title for title, _ in self.changed[:_MOST]],
            "left_out": [title for title, _ in self.left_out[:_MOST]],
            "commit": self.commit,
            "merge_request": self.iid,
            "url": self.url,
        }
        return Told(f"{self.workflow}: {self.outcome.value}", fields, bad=self.bad)


def answer(report: Forced, *, first_line: str) -> str:
    """The note on the branch's newest commit, or the text of the merge request."""
    detail = f": {sentence(report.detail)}" if report.detail else ""
    asker = f"Asked for by {code(report.by)}." if report.by else ""
    parts = [
        first_line,
        f"### {_HEADLINES[report.outcome].format(code(report.workspace))}",
        asker,
        f"**Reason** {code(report.reason)}{detail}" if report.reason else sentence(report.detail),
        section("From AIC", report.changed),
        section("Left as they are", report.left_out),
    ]
    return "\n\n".join(part for part in parts if part)
