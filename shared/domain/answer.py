"""What became of something that a person asked for by a command, as far as all such answers have in common."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How it ended."""

    ASKED = "asked"
    MADE = "made"
    PROPOSED = "proposed"
    PLANNED = "planned"
    NOTHING = "nothing"
    LISTED = "listed"
    HEARD = "heard"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


FAILURES = (Outcome.REFUSED, Outcome.FAILED)
_TOLD_ELSEWHERE = (Outcome.ASKED, Outcome.PROPOSED)


@dataclass(frozen=True, slots=True)
class Answer:
    """`workflow` is the word in the message. `branch` is the one whose newest commit, `head`, carries the answer.

    It does so where no deploy and no merge request tells. `by` is who asked, where they said so; `untold` are the
    reasons of the channels that could not be used.
    """

    workflow: str
    outcome: Outcome
    project: str
    branch: str = ""
    workspace: str = ""
    head: str = ""
    by: str = ""
    reason: str = ""
    detail: str = ""
    untold: tuple[str, ...] = ()

    @property
    def told_elsewhere(self) -> bool:
        """Whether a deploy or a merge request says it."""
        return self.outcome in _TOLD_ELSEWHERE

    @property
    def bad(self) -> bool:
        """A refusal is an error in the log as well: somebody asked, and nothing was done."""
        return self.outcome in FAILURES or bool(self.untold)

    def facts(self) -> dict[str, object]:
        """The fields that every such line of the log has."""
        return {
            "outcome": self.outcome.value,
            "reason": self.reason,
            "detail": self.detail,
            "project": self.project,
            "branch": self.branch,
            "workspace": self.workspace,
            "by": self.by,
            "head": self.head,
            "untold": list(self.untold),
        }
