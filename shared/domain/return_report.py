"""What became of a question to go back: a restore or a rollback, as one value."""

from dataclasses import dataclass
from enum import StrEnum

from .told import Told

_MOST = 50


class Outcome(StrEnum):
    """How it ended."""

    ASKED = "asked"
    PROPOSED = "proposed"
    NOTHING = "nothing"
    REFUSED = "refused"
    FAILED = "failed"


_FAILURES = (Outcome.REFUSED, Outcome.FAILED)


@dataclass(frozen=True, slots=True)
class Returned:
    """`workflow` is `restore` or `rollback`, `source` where the content comes from, `titles` what goes back to it.

    `left_out` are titles with the reason why they stay as they are. `iid` and `url` are those of the merge request;
    with `now` it is put live before that is merged. `messages` are the ids of the deploys that were asked for,
    `untold` the reasons of the channels that could not be used.
    """

    workflow: str
    outcome: Outcome
    project: str
    branch: str = ""
    workspace: str = ""
    head: str = ""
    source: str = ""
    titles: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    iid: int | None = None
    url: str = ""
    now: bool = False
    messages: tuple[str, ...] = ()
    by: str = ""
    reason: str = ""
    detail: str = ""
    untold: tuple[str, ...] = ()

    def told(self) -> Told:
        """A refusal is an error in the log as well: somebody asked, and nothing was done."""
        fields = {
            "outcome": self.outcome.value,
            "reason": self.reason,
            "detail": self.detail,
            "project": self.project,
            "branch": self.branch,
            "workspace": self.workspace,
            "by": self.by,
            "head": self.head,
            "source": self.source,
            "pipelines": list(self.titles[:_MOST]),
            "left_out": [title for title, _ in self.left_out[:_MOST]],
            "merge_request": self.iid,
            "url": self.url,
            "deploys_asked_for": list(self.messages),
            "untold": list(self.untold),
        }
        bad = self.outcome in _FAILURES or bool(self.untold)
        return Told(f"{self.workflow}: {self.outcome.value}", fields, bad=bad)
