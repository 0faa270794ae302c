"""What became of a question about interactive branches, as one value, and what people read of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from . import copies
from .answer import Answer, Outcome
from .bounded import section
from .markdown import code, sentence
from .told import Told

_MOST = 200
_HEADLINES = {
    "push_interactive_branch": "Interactive branches of {}",
    "delete_interactive_branches": "Interactive branches of {} deleted",
    "convert_datasets": "Tables of {} converted",
}
_SIGNS = {Outcome.DONE: "✅", Outcome.PLANNED: "🔎 Not done yet:", Outcome.NOTHING: "⏭️ Nothing to do:"}
_DONE = {Outcome.DONE: "Done", Outcome.PLANNED: "Would be done", Outcome.FAILED: "Done all the same"}


@dataclass(frozen=True, slots=True)
class Handled(Answer):
    """`done` are titles with the names of the branches that were made or deleted, or would be in a dry run.

    `there` are those that hold the same already, `left_out` titles with the reason. `source` is the commit that it came
    from. `known` is what is remembered of the branches that are ours: what one holds, to its name.
    """

    done: tuple[tuple[str, str], ...] = ()
    there: tuple[tuple[str, str], ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    source: str = ""
    known: Mapping[str, str] = field(default_factory=dict, hash=False, repr=False)

    def told(self) -> Told:
        """The line of the log."""
        fields = {
            **self.facts(),
            "source": self.source,
            "done": _listed(self.done),
            "there": _listed(self.there),
            "left_out": [title for title, _ in self.left_out[:_MOST]],
        }
        return Told(f"{self.workflow}: {self.outcome.value}", fields, bad=self.bad)


def answer(report: Handled, *, first_line: str) -> str:
    """The note on the newest commit of the workspace's branch."""
    headline = _HEADLINES[report.workflow].format(code(report.workspace))
    detail = f": {sentence(report.detail)}" if report.detail else ""
    asker = f"Asked for by {code(report.by)}." if report.by else ""
    source = f"The pipelines come from commit {code(report.source[:8])}." if report.source else ""
    parts = [
        first_line,
        f"### {_SIGNS.get(report.outcome, '❌ Failed:')} {headline}",
        " ".join(part for part in (asker, source) if part),
        f"**Reason** {code(report.reason)}{detail}" if report.reason else sentence(report.detail),
        section(_DONE.get(report.outcome, ""), _named(report.done)),
        section("There already", _named(report.there)),
        section("Left out", report.left_out),
        copies.hide(report.known) if report.known else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _named(lines: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return ((title, f"`{name.replace('`', chr(39))}`") for title, name in lines)


def _listed(lines: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{title}: {name}" for title, name in lines][:_MOST]
