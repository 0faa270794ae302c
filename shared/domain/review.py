"""What merging a merge request would do to the workspace, as one value; the note and the commit status tell it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from .pipeline_diff import PipelineDiff
from .pipeline_tables import Reader
from .plan import Action, Decision
from .sql_tables import Tables


class Risk(IntEnum):
    """How much people should look at a pipeline before they merge, the gravest first."""

    STOPS = 0
    DELETES = 1
    HIGH = 2
    SOME = 3
    NONE = 4


class Trouble(StrEnum):
    """Why a merge request should not be merged as it is."""

    CONFLICT = "edited in AIC"
    REFUSED = "refused"
    INVALID = "invalid config"
    SECRET = "secret"  # noqa: S105 - the word, not one
    IDLE_CODE = "code without its config"
    DELETION = "deletion not confirmed"
    UNPROVEN = "not proven"


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason against merging, with a sentence that says what to do; it may quote names in backticks."""

    trouble: Trouble
    why: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One pipeline. `deletes`: merging takes its config out of Git while AIC has it.

    `warnings` are sentences that stop nothing. `before` and `after` are its tables; `graph` is Mermaid.
    """

    decision: Decision
    diff: PipelineDiff = field(default_factory=PipelineDiff)
    before: Tables = field(default_factory=Tables)
    after: Tables = field(default_factory=Tables)
    readers: tuple[Reader, ...] = ()
    graph: str = ""
    deletes: bool = False
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The pipeline's title."""
        return self.decision.title

    @property
    def risk(self) -> Risk:
        """What can't be undone, what overwrites another version than the last, and what others read weigh more."""
        if self.problems:
            return Risk.STOPS
        if self.deletes:
            return Risk.DELETES
        if self.decision.action in (Action.CREATE, Action.RENAME) or self.decision.row in (3, 5, 8, 15):
            return Risk.HIGH
        if self.decision.action is Action.UPDATE:
            return Risk.HIGH if self.readers else Risk.SOME
        return Risk.NONE


@dataclass(frozen=True, slots=True)
class Review:
    """`ours` are the pipelines that the merge request changes, `waiting` what its target has beyond what is live.

    Commits are full shas: `source` is the merge request's newest, `target` the branch's, `base` the last one proven to
    be live, empty where there is none yet. `run` is the run that computed it, `moment` says in words when. `reason` and
    `detail` are those of an error where there is no plan, `refused` whether people have to mend something first;
    `aside` is why merging deploys nothing at all, a stable word. `unseen` says why nobody knows who reads the tables,
    empty where they are known.
    """

    merge_request: int
    branch: str
    workspace: str
    source: str
    target: str = ""
    base: str = ""
    moment: str = ""
    run: str = ""
    ours: tuple[Reviewed, ...] = ()
    waiting: tuple[Decision, ...] = ()
    reason: str = ""
    detail: str = ""
    refused: bool = False
    aside: str = ""
    unseen: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that speaks against merging; what waits on the branch can stop a deploy as well."""
        waiting = tuple(_problem(each) for each in self.waiting if each.action in _STOPPING)
        return (*(problem for each in self.ours for problem in each.problems), *waiting)

    @property
    def fails(self) -> bool:
        """Whether the commit status is to be red."""
        return bool(self.reason or self.problems)

    @property
    def counts(self) -> Mapping[Action, int]:
        """How many pipelines would be written, and how; those that wait are written as well."""
        decisions = [*(each.decision for each in self.ours), *self.waiting]
        writing = (Action.UPDATE, Action.RENAME, Action.CREATE)
        return {action: count for action in writing if (count := sum(each.action is action for each in decisions))}


_STOPPING = {Action.CONFLICT: Trouble.CONFLICT, Action.REFUSE: Trouble.REFUSED}


def _with_advice(decision: Decision) -> str:
    advice = "; bring the edit into Git first, by a snapshot of the workspace"
    return f"{decision.why}{advice if decision.action is Action.CONFLICT else ''}"


def _problem(decision: Decision) -> Problem:
    title = decision.title.replace("`", "'")
    return Problem(
        _STOPPING[decision.action], f"`{title}`, which waits on the branch already: {_with_advice(decision)}"
    )


def of_decision(decision: Decision) -> tuple[Problem, ...]:
    """What the decision itself says against merging."""
    trouble = Trouble.INVALID if decision.row == 17 else _STOPPING.get(decision.action)
    return () if trouble is None else (Problem(trouble, _with_advice(decision)),)
