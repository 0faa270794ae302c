"""An open merge request → what a deploy would decide if it were merged now. Nothing is written anywhere."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ..domain.errors import Refused
from ..domain.gitlab import Changes, Proposal
from ..domain.layout import CODE_FOLDER, CONFIG_FOLDER, titles_of
from ..domain.messages.deploy import DeployRequest
from ..domain.plan import Decision, Plan
from ..domain.run import Run
from ..ports.gitlab import Repository
from . import planning, scene
from .outside import Moved, Outside
from .pace import both
from .scene import Preview, Scene, Superseded
from .target import Elsewhere, Order, Target


@dataclass(frozen=True, slots=True)
class Question:
    """Which merge request of which project; `allowed` are the workspaces that the settings let it touch.

    `requires` are those whose pipelines have to be proven first, with the role of where; `gates` those that are tested.
    """

    project: str
    merge_request: int
    allowed: Collection[str]
    run: Run
    requires: Mapping[str, str] = field(default_factory=dict)
    gates: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Foresight:
    """`seen` is the scene as it would be: its head is the commit that the merge would make upon `tip`.

    `paths` are all that the merge changes below config/ and code/, and mostly others, too.
    `ours` are the decisions on pipelines that the merge request changes, `waiting` those that are due beside it.
    """

    proposal: Proposal
    tip: str
    seen: Scene
    paths: frozenset[str]
    ours: tuple[Decision, ...]
    waiting: tuple[Decision, ...]


def find(question: Question, repository: Repository) -> Proposal | Elsewhere:
    """The merge request, if it is open; raises Refused `merge-request-missing`."""
    found = repository.proposal(question.merge_request)
    if found is None:
        raise Refused("merge-request-missing", f"the project has no merge request !{question.merge_request}")
    return found if found.state == "opened" else Elsewhere("merge-request-not-open")


def would_be(found: Proposal, question: Question) -> Order:
    """What the deploy that follows the merge would be asked for."""
    request = DeployRequest(project=question.project, branch=found.target_branch, dry_run=True)
    return Order(request, question.allowed, question.run)


def foresee(found: Proposal, order: Order, target: Target, outside: Outside) -> Foresight:
    """Raises Refused `branch-missing`, `merge-conflict` and what a deploy is refused for, Moved where somebody pushed
    meanwhile, and what the ports raise.
    """
    tip, result = both(
        outside.together,
        lambda: outside.repository.head(found.target_branch),
        lambda: outside.repository.merge_result(found.iid),
    )
    if tip is None:
        raise Refused("branch-missing", f"GitLab has no branch `{found.target_branch}`")
    changes = _changes(found, tip, result, outside)
    seen = scene.look(order, target, outside, at=Preview(result or tip, tip, changes))
    paths = frozenset(changes.paths) if changes.complete else _between(tip, result or tip, outside)
    if isinstance(seen, Superseded):
        return Foresight(found, tip, seen.scene, paths, (), ())
    made, _ = planning.decided(order, seen, outside, frozenset())
    return Foresight(found, tip, seen, paths, *_parted(made, titles_of(tuple(paths))))


def _changes(found: Proposal, tip: str, result: str | None, outside: Outside) -> Changes:
    """What the merge brings; raises Refused `merge-conflict`, Moved where it is not that of these two commits."""
    if result is None:
        if outside.repository.proposal(found.iid) != found:
            raise Moved("the merge request was merged, closed or changed while it was looked at")
        brought = outside.repository.compare(tip, found.head)
        if brought.commits:
            raise Refused(
                "merge-conflict", f"Git can't merge `{found.source_branch}` by itself: settle that there first"
            )
        return Changes((), (), complete=True)
    changes = outside.repository.compare(tip, result)
    if not any(each.sha == result and each.parents == (tip, found.head) for each in changes.commits):
        raise Moved("the merge request or its target moved on while it was looked at")
    return changes


def _between(old: str, new: str, outside: Outside) -> frozenset[str]:
    before, after = (
        {
            path: blob
            for folder in (CONFIG_FOLDER, CODE_FOLDER)
            for path, blob in outside.repository.tree(commit, folder).items()
        }
        for commit in (old, new)
    )
    return frozenset(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def _parted(made: Plan, mine: Collection[str]) -> tuple[tuple[Decision, ...], tuple[Decision, ...]]:
    """A rename belongs to whom one of its names belongs."""
    ours = tuple(each for each in made.decisions if any(title in mine for title in each.titles))
    return ours, tuple(each for each in made.decisions if each not in ours)
