"""What a snapshot did, as one value; every channel tells it in its own way."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from .backup_report import BackupLine
from .capture import Action, Decision
from .credentials import hide_in_text as hide


class Outcome(StrEnum):
    """How a snapshot ended. `planned` is no end: nothing was meant to be written.

    The gravest holds: what could not be read weighs more than a conflict, that more than a proposal.
    """

    CLEAN = "clean"
    CAPTURED = "captured"
    PROPOSED = "proposed"
    CONFLICT = "conflict"
    WITHHELD = "withheld"
    INCOMPLETE = "incomplete"
    REFUSED = "refused"
    FAILED = "failed"
    IGNORED = "ignored"
    PLANNED = "planned"


FAILURES = frozenset({Outcome.INCOMPLETE, Outcome.REFUSED, Outcome.FAILED})


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """One pipeline that is not in Git as it is live, or was not: what was done and why; `iid` of its merge request."""

    title: str
    action: Action
    why: str = ""
    iid: int | None = None


@dataclass(frozen=True, slots=True)
class SnapshotReport:
    """`reason` and `detail` are those of the error, empty where all went well; commits are full shas.

    `commit` is the capture onto the branch; `crossed`: a commit of somebody else came right before it, so that a file
    which it created may have replaced theirs. `proposals` are numbers and URLs of merge requests. `asked` says which
    deploys were asked for, `pipeline` which one of GitLab's was started, `looked_at` how many there are. `by`,
    `untold`: as in the report of a deploy.
    """

    outcome: Outcome
    project: str
    workspace: str
    branch: str = ""
    head: str = ""
    base: str = ""
    run: str = ""
    rows: tuple[SnapshotRow, ...] = ()
    looked_at: int = 0
    commit: str = ""
    crossed: bool = False
    proposals: tuple[tuple[int, str], ...] = ()
    asked: tuple[str, ...] = ()
    pipeline: int | None = None
    backups: tuple[BackupLine, ...] = ()
    reason: str = ""
    detail: str = ""
    by: str = ""
    untold: tuple[str, ...] = ()

    @property
    def uneventful(self) -> bool:
        """Whether nobody has to hear of it unless they asked."""
        ahead = {Action.AHEAD}
        quiet = self.outcome is Outcome.CLEAN and all(row.action in ahead for row in self.rows)
        return quiet and not self.crossed and all(line.ok for line in self.backups)


def rows(decisions: Iterable[Decision], proposed: Mapping[str, int]) -> tuple[SnapshotRow, ...]:
    """What there is to tell; `proposed` is the number of the merge request by title. A title may hold a secret too."""
    return tuple(
        SnapshotRow(hide(each.title), each.action, hide(each.why), proposed.get(each.moved_to or each.title))
        for each in decisions
        if each.action is not Action.NONE
    )


def outcome(decisions: Iterable[Decision]) -> Outcome:
    """The gravest thing that a snapshot found."""
    found = {each.action for each in decisions}
    grave = {
        Action.UNREADABLE: Outcome.INCOMPLETE,
        Action.WITHHOLD: Outcome.WITHHELD,
        Action.CONFLICT: Outcome.CONFLICT,
        Action.DELETE: Outcome.PROPOSED,
    }
    worst = next((ending for action, ending in grave.items() if action in found), None)
    if worst is not None:
        return worst
    writes = [each for each in decisions if each.action in (Action.CAPTURE, Action.MOVE)]
    if any(not each.direct for each in writes):
        return Outcome.PROPOSED
    return Outcome.CAPTURED if writes else Outcome.CLEAN
