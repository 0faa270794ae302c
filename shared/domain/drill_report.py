"""What reading backups back has shown, as values, and as people read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .bounded import table
from .markdown import code, sentence
from .told import Told

_MOST = 20
DAMAGED, MISSING, EXTRA = "damaged", "missing", "extra"


class Verdict(StrEnum):
    """What a drill found on a drive."""

    PROVEN = "proven"
    DAMAGED = "damaged"
    UNREADABLE = "unreadable"
    NONE = "none"
    FAILED = "failed"


class Outcome(StrEnum):
    """How a drill ended."""

    DRILLED = "drilled"
    DAMAGED = "damaged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Damage:
    """A file of a backup, by its path, and what is wrong with it: `damaged`, `missing` or `extra`."""

    path: str
    what: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A backup beside Git at the manifest's commit. Differences are no damage: live may have been edited since, or Git
    ahead. Titles; `equal` is how many pipelines are the same."""

    equal: int = 0
    differing: tuple[str, ...] = ()
    only_in_git: tuple[str, ...] = ()
    only_in_backup: tuple[str, ...] = ()
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """The newest backup that was ever found to be whole, and when that was."""

    moment: datetime
    folder: str


@dataclass(frozen=True, slots=True)
class DrillLine:
    """One drive of one workspace. `files` is how many files were read back, `commit` what Git was compared at."""

    project: str
    workspace: str
    drive: str
    verdict: Verdict
    folder: str = ""
    pipelines: int = 0
    files: int = 0
    commit: str = ""
    damages: tuple[Damage, ...] = ()
    compared: Compared = Compared()
    proof: Proof | None = None
    reason: str = ""
    detail: str = ""

    @property
    def bad(self) -> bool:
        """Whether somebody has to look at it. That AIC's drives can't be read is known, and no news."""
        return self.verdict in (Verdict.DAMAGED, Verdict.FAILED)


@dataclass(frozen=True, slots=True)
class DrillReport:
    """All drives of the workspaces that were looked at; `failed` is what else could not be done, with the reasons."""

    lines: tuple[DrillLine, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    by: str = ""

    @property
    def outcome(self) -> Outcome:
        """The gravest thing that was found."""
        if any(each.verdict is Verdict.DAMAGED for each in self.lines):
            return Outcome.DAMAGED
        return Outcome.FAILED if self.failed or any(each.bad for each in self.lines) else Outcome.DRILLED

    def told(self) -> Told:
        """The end of a drill in the log."""
        fields = {
            "outcome": self.outcome.value,
            "by": self.by,
            "proven": self._of(Verdict.PROVEN),
            "damaged": [f"{_place(each)}: {_shown(each.damages)}" for each in self.lines if each.damages][:_MOST],
            "unreadable": self._of(Verdict.UNREADABLE),
            "without_backup": self._of(Verdict.NONE),
            "failed": [f"{_place(each)}: {each.reason}" for each in self.lines if each.verdict is Verdict.FAILED]
            + [f"{where}: {reason}" for where, reason in self.failed],
            "last_proven": [f"{_place(each)}: {_when(each.proof)}" for each in self.lines if each.proof][:_MOST],
        }
        return Told(f"drill: {summary(self.lines)}", fields, bad=self.outcome is not Outcome.DRILLED)

    def _of(self, verdict: Verdict) -> list[str]:
        return [_place(each) for each in self.lines if each.verdict is verdict][:_MOST]


def summary(lines: Sequence[DrillLine]) -> str:
    """One line."""
    counts = {verdict: sum(each.verdict is verdict for each in lines) for verdict in Verdict}
    told = [f"{count} {verdict.value}" for verdict, count in counts.items() if count]
    return ", ".join(told) or "no drives"


def markdown(lines: Sequence[DrillLine]) -> str:
    """A table for a note, empty where there are no drives."""
    rows = [(code(each.workspace), code(each.drive), _told(each), _when(each.proof)) for each in lines]
    return table(("Workspace", "Drive", "Backup", "Last proven restore"), rows)


def _told(line: DrillLine) -> str:
    match line.verdict:
        case Verdict.PROVEN:
            return f"✅ {code(line.folder)}: {line.files} files of {line.pipelines} pipelines read back{_beside(line)}"
        case Verdict.DAMAGED:
            return f"❌ {code(line.folder)}: {_marked(line.damages)}"
        case Verdict.UNREADABLE:
            return f"⚠️ {code(line.folder) or 'nothing'} is listed, but can't be read back: {sentence(line.detail)}"
        case Verdict.NONE:
            return "⚠️ no complete backup"
        case _:
            return f"❌ {code(line.reason)}: {sentence(line.detail or 'it failed')}"


def _beside(line: DrillLine) -> str:
    found = line.compared
    if found.skipped:
        return f"; not compared with Git: {sentence(found.skipped)}"
    parts = (("differ from", found.differing), ("only in", found.only_in_git), ("not in", found.only_in_backup))
    told = [f"{len(titles)} {words} Git: {_titles(titles)}" for words, titles in parts if titles]
    return f"; {found.equal} equal Git" + "".join(f", {each}" for each in told)


def _marked(damages: Sequence[Damage]) -> str:
    shown = ", ".join(f"{code(each.path)} is {each.what}" for each in damages[:_MOST])
    return shown + (f" and {len(damages) - _MOST} more" if len(damages) > _MOST else "")


def _shown(damages: Sequence[Damage]) -> str:
    return ", ".join(f"{each.path} {each.what}" for each in damages[:_MOST])


def _titles(titles: Sequence[str]) -> str:
    more = f" and {len(titles) - _MOST} more" if len(titles) > _MOST else ""
    return ", ".join(map(code, titles[:_MOST])) + more


def _when(proof: Proof | None) -> str:
    return "never" if proof is None else f"{proof.moment:%Y-%m-%d %H:%M} UTC ({proof.folder})"


def _place(line: DrillLine) -> str:
    return f"{line.project}:{line.workspace}:{line.drive}"
