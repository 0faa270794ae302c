"""What became of a test gate, as one value; the note and the log tell it."""

from dataclasses import dataclass

from .gate import State
from .told import Told

_MOST = 50


@dataclass(frozen=True, slots=True)
class Gated:
    """`commit` is what was deployed, `deployment` the id of its record, `pipeline` that of the test and `url` its page.

    `state` is None where nothing is tested; `titles` are the pipelines that the deploy wrote, `jobs` those that failed.
    `returned` are titles that go back to the content of commit `before`, by the merge request `iid`; `left_out` those
    that stay, with the reason. `rolls_back` says whether that was to be done. `reason` and `detail` are those of an
    error, or why nothing was done. `untold` are the reasons of channels that could not be used.
    """

    project: str
    branch: str
    workspace: str = ""
    commit: str = ""
    deployment: int = 0
    pipeline: int = 0
    url: str = ""
    state: State | None = None
    titles: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    rolls_back: bool = False
    before: str = ""
    iid: int | None = None
    returned: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    detail: str = ""
    error: bool = False
    untold: tuple[str, ...] = ()

    def told(self) -> Told:
        """The line of the log; tests that failed, or could not be started, are for somebody to look at."""
        outcome = self.state.value if self.state else "failed" if self.error else "ignored"
        fields = {
            "outcome": outcome,
            "reason": self.reason,
            "detail": self.detail,
            "project": self.project,
            "branch": self.branch,
            "workspace": self.workspace,
            "head": self.commit,
            "deployment": self.deployment,
            "ci_pipeline": self.pipeline,
            "pipelines": list(self.titles[:_MOST]),
            "jobs_failed": list(self.jobs[:_MOST]),
            "taken_back": list(self.returned[:_MOST]),
            "left_out": [title for title, _ in self.left_out[:_MOST]],
            "merge_request": self.iid,
            "untold": list(self.untold),
        }
        bad = self.error or self.state in (State.FAILED, State.NOT_STARTED) or bool(self.untold)
        return Told(f"after_deploy: {outcome}", fields, bad=bad)
