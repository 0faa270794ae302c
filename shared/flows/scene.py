"""Everything of GitLab that a deploy decides on, pinned once: head, base, what lies between, what was recorded."""

import re
from dataclasses import dataclass

from ..domain.errors import Permanent, Refused
from ..domain.gitlab import Changes, Commit, Deployment
from .outside import Outside
from .target import Order, Target
from .touched import touched

STATUS = "aic/deploy"
_MAPPING = re.compile(r"mapping ([0-9a-f]{40})$")


@dataclass(frozen=True, slots=True)
class Scene:
    """`base` is None in an adoption. `touched` is None where every pipeline has to be looked at.

    `recorded` is the commit of the newest success, also when it can't serve as base. `deployments` are our own,
    newest first, down to the newest success.
    """

    target: Target
    branch: str
    head: str
    base: str | None
    recorded: str | None
    commits: tuple[Commit, ...] = ()
    touched: frozenset[str] | None = None
    deployments: tuple[Deployment, ...] = ()

    @property
    def landed(self) -> frozenset[str]:
        """The commits whose merge requests want to hear of this deploy."""
        return frozenset(commit.sha for commit in self.commits) or frozenset({self.head})


@dataclass(frozen=True, slots=True)
class Superseded:
    """Head is an ancestor of what is live already."""

    head: str
    base: str


def look(order: Order, target: Target, outside: Outside) -> Scene | Superseded:
    """Raises Refused `branch-missing` or `history-rewritten`."""
    repository, branch = outside.repository, order.request.branch
    head = repository.head(branch)
    if head is None:
        raise Refused("branch-missing", f"GitLab has no branch `{branch}`")
    deployments = own_deployments(target, outside)
    success = newest_success(deployments)
    bare = Scene(target, branch, head, None, success, deployments=deployments)
    if success is None or target.fresh:
        return bare
    changes = _since(success, head, outside)
    if changes is not None and not changes.commits and success != head:
        return Superseded(head, success)
    if changes is None:
        return _rewritten(order, bare, outside)
    if not _same_mapping(success, target, branch, outside):
        return Scene(target, branch, head, None, success, changes.commits, None, deployments)
    return _standing_on(success, changes, bare, outside)


def own_deployments(target: Target, outside: Outside) -> tuple[Deployment, ...]:
    """The service's own records of the workspace, newest first, down to the newest success."""
    own, found = outside.repository.own_id(), []
    for deployment in outside.repository.deployments(target.environment):
        if deployment.user == own:
            found.append(deployment)
            if deployment.status == "success":
                break
    return tuple(found)


def still(scene: Scene, outside: Outside) -> bool:
    """Whether head and the newest success are what they were when the scene was looked at."""
    return (
        outside.repository.head(scene.branch) == scene.head
        and newest_success(own_deployments(scene.target, outside)) == scene.recorded
    )


def remembered(mapping: str) -> str:
    """What the commit status of a success ends with, so that a later run sees that the mapping has changed."""
    return f"mapping {mapping}"


def newest_success(deployments: tuple[Deployment, ...]) -> str | None:
    """The commit that was last proven to be live."""
    return next((deployment.commit for deployment in deployments if deployment.status == "success"), None)


def _since(base: str, head: str, outside: Outside) -> Changes | None:
    """What came since base, None where base is no ancestor of head and head none of base."""
    if base == head:
        return Changes((), (), complete=True)
    try:
        changes = outside.repository.compare(base, head)
    except Permanent as error:
        if error.reason != "gitlab-not-found":
            raise
        return None
    children = any(base in commit.parents for commit in changes.commits)
    if children or not changes.commits or outside.repository.is_ancestor(base, of=head):
        return changes
    return None


def _same_mapping(base: str, target: Target, branch: str, outside: Outside) -> bool:
    own = outside.repository.own_id()
    for status in outside.repository.statuses(base, branch=branch, name=STATUS):
        found = _MAPPING.search(status.description)
        if status.user == own and status.state == "success" and found:
            return found.group(1) == target.commit
    return False


def _rewritten(order: Order, bare: Scene, outside: Outside) -> Scene:
    if order.request.confirm is None:
        raise Refused(
            "history-rewritten",
            f"`{(bare.recorded or '')[:8]}`, the commit that is live, is no longer part of `{bare.branch}`; "
            "deploy by hand with `confirm` if that is meant",
        )
    own = outside.repository.own_id()
    for deployment in outside.repository.deployments(bare.target.environment):
        if deployment.user == own and deployment.status == "success":
            changes = _since(deployment.commit, bare.head, outside)
            if changes is not None and (changes.commits or deployment.commit == bare.head):
                return _standing_on(deployment.commit, changes, bare, outside)
    return bare


def _standing_on(base: str, changes: Changes, bare: Scene, outside: Outside) -> Scene:
    titles = touched(base, bare.head, changes, outside)
    return Scene(bare.target, bare.branch, bare.head, base, bare.recorded, changes.commits, titles, bare.deployments)
