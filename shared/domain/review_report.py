"""How a review ended, as one value, and its line in the log."""

from dataclasses import dataclass
from enum import StrEnum

from .review import Review
from .told import Told


class Outcome(StrEnum):
    """`ready` or `stopped`: merging is in order, or not. `failed`: nobody can say."""

    READY = "ready"
    STOPPED = "stopped"
    FAILED = "failed"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class ReviewReport:
    """`reason` and `detail` are those of an error, or why nothing was planned; `untold` the closed channels."""

    outcome: Outcome
    project: str
    merge_request: int
    review: Review | None = None
    by: str = ""
    reason: str = ""
    detail: str = ""
    untold: tuple[str, ...] = ()

    def told(self) -> Told:
        """What stops a merge is the business of its author; an error is for somebody to look at."""
        made = self.review
        problems = dict.fromkeys(each.trouble.value for each in made.problems) if made else {}
        fields = {
            "outcome": self.outcome.value,
            "reason": self.reason,
            "detail": self.detail,
            "project": self.project,
            "merge_request": self.merge_request,
            "by": self.by,
            "branch": made.branch if made else "",
            "workspace": made.workspace if made else "",
            "source": made.source if made else "",
            "target": made.target if made else "",
            "base": made.base if made else "",
            "looked_at": len(made.ours) if made else 0,
            "problems": list(problems),
            "untold": list(self.untold),
        }
        ignored = self.outcome is Outcome.IGNORED
        said = f"ignored: {self.reason}" if ignored else f"plan: {self.outcome.value}"
        return Told(said, fields, bad=self.outcome is Outcome.FAILED or bool(self.untold))


def of_review(made: Review, *, project: str, by: str, untold: tuple[str, ...]) -> ReviewReport:
    """A merge that Git can't make, or that is refused, is stopped; anything else that keeps us from looking failed."""
    if made.aside:
        outcome = Outcome.IGNORED
    elif made.reason:
        outcome = Outcome.STOPPED if made.refused else Outcome.FAILED
    else:
        outcome = Outcome.STOPPED if made.problems else Outcome.READY
    return ReviewReport(outcome, project, made.merge_request, made, by, made.reason or made.aside, made.detail, untold)
