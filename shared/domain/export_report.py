"""What became of an export, as one value, and what people read of it."""

from dataclasses import dataclass

from .answer import Answer, Outcome
from .bounded import section
from .markdown import code, sentence
from .told import Told

_MOST = 200
_HEADLINES = {
    Outcome.DONE: "📤 {} is exported",
    Outcome.PLANNED: "🔎 What an export of {} would bring",
    Outcome.REFUSED: "❌ No export of {}",
    Outcome.FAILED: "❌ No complete export of {}",
}


@dataclass(frozen=True, slots=True)
class Exported(Answer):
    """`titles` are the pipelines whose files are in the `folder` on the `drive`, `left_out` others with the reason."""

    titles: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    files: int = 0
    drive: str = ""
    folder: str = ""

    def told(self) -> Told:
        """The line of the log."""
        fields = {
            **self.facts(),
            "pipelines": list(self.titles[:_MOST]),
            "left_out": [title for title, _ in self.left_out[:_MOST]],
            "files": self.files,
            "drive": self.drive,
            "folder": self.folder,
        }
        return Told(f"{self.workflow}: {self.outcome.value}", fields, bad=self.bad)


def answer(report: Exported, *, first_line: str) -> str:
    """The note on the newest commit of the workspace's branch."""
    detail = f": {sentence(report.detail)}" if report.detail else ""
    asker = f"Asked for by {code(report.by)}." if report.by else ""
    count = f"{len(report.titles)} pipelines, {report.files} files"
    parts = [
        first_line,
        f"### {_HEADLINES[report.outcome].format(code(report.workspace))}",
        asker,
        f"**Reason** {code(report.reason)}{detail}" if report.reason else "",
        f"{count}, in {code(report.folder)} on {code(report.drive)}." if report.folder else "",
        section("Left out", report.left_out),
    ]
    return "\n\n".join(part for part in parts if part)
