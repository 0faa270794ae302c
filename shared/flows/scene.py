"""Everything of GitLab that a deploy decides on, pinned once: head, base, what lies between, what was recorded."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..domain.errors import Permanent, Refused
from ..domain.gitlab import Changes, Commit, Deployment
from ..domain.journal import Entry
from ..domain.lineage import Capture
from . import journals
from .outside import Outside
from .pace import both
from .target import Order, Target
from .touched import touched

STATUS = "aic/deploy"
_MAPPING = re.compile(r"mapping ([0-9a-f]{40}|[0-9a-f]{64})$")
_MARGIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Scene:
    """`base` is None in an adoption. `touched` is None where every pipeline has to be looked at.

    `captures` are what the service itself has brought into Git since base. `own` are our records, newest first, down to
    the newest success; `entries` is what those that still run meant to write.
    """

    target: Target
    branch: str
    head: str
    base: str | None = None
    commits: tuple[Commit, ...] = ()
    touched: frozenset[str] | None = None
    own: tuple[Deployment, ...] = ()
    entries: tuple[Entry, ...] = ()
    captures: Mapping[str, Capture] = field(default_factory=dict)

    @property
    def recorded(self) -> str | None:
        """The commit of the newest success, also when it can't serve as base."""
        return newest_success(self.own)

    @property
    def running(self) -> tuple[Deployment, ...]:
        """Records of runs that did not come to their end, this head's own included."""
        return tuple(each for each in self.own if each.status == "running")

    @property
    def before(self) -> str | None:
        """An ancestor of head that was live: base, or in an adoption what was recorded under another mapping."""
        return self.base or (self.recorded if self.commits else None)

    @property
    def landed(self) -> frozenset[str]:
        """The commits whose merge requests want to hear of this deploy."""
        return frozenset(commit.sha for commit in self.commits) or frozenset({self.head})

    @property
    def since(self) -> str | None:
        """No merge request that is new to the workspace was last updated before (ISO 8601)."""
        success = next((each for each in self.own if each.status == "success"), None)
        if success is None:
            return None
        return (datetime.fromisoformat(success.created) - _MARGIN).isoformat()


@dataclass(frozen=True, slots=True)
class Superseded:
    """Head is an ancestor of what is live already."""

    scene: Scene


@dataclass(frozen=True, slots=True)
class Preview:
    """A commit that the branch is not at yet. `changes` are what it has beyond `tip`, where the branch is."""

    head: str
    tip: str
    changes: Changes


def look(order: Order, target: Target, outside: Outside, *, at: Preview | None = None) -> Scene | Superseded:
    """`at` is looked at as if the branch were there already; raises Refused `branch-missing` or `history-rewritten`."""
    branch = order.request.branch
    head, own = (
        _tip_and_records(branch, target.environment, outside)
        if at is None
        else (at.head, own_records(target.environment, outside))
    )
    if head is None:
        raise Refused("branch-missing", f"GitLab has no branch `{branch}`")
    bare = Scene(target, branch, head, own=own)
    bare = replace(bare, entries=journals.of_deploys(bare.running, outside.repository))
    success = bare.recorded
    if success is None or target.fresh:
        return bare
    changes, same_mapping = both(
        outside.together,
        lambda: at.changes if at and at.tip == success else _since(success, head, outside),
        lambda: _same_mapping(success, target, branch, outside),
    )
    behind = changes is None or (not changes.commits and success != head)
    if order.source is not None and behind:
        return bare  # where base is says nothing of what is wanted
    if changes is None:
        return _rewritten(order, bare, outside)
    if behind:
        # Going back on purpose is a history that was rewritten, too.
        return Superseded(bare) if order.request.confirm is None else _rewritten(order, bare, outside)
    if not same_mapping:
        return replace(bare, commits=changes.commits)
    found = touched(success, head, changes, workspace=target.workspace, outside=outside)
    return replace(bare, base=success, commits=changes.commits, touched=found.titles, captures=found.captures)


def own_records(environment: str, outside: Outside) -> tuple[Deployment, ...]:
    """The service's own records of the environment, newest first, down to the newest success."""
    own, found = outside.repository.own_id(), []
    for deployment in outside.repository.deployments(environment):
        if deployment.user == own:
            found.append(deployment)
            if deployment.status == "success":
                break
    return tuple(found)


def newest_success(records: tuple[Deployment, ...]) -> str | None:
    """The commit that was last proven to be live."""
    return next((each.commit for each in records if each.status == "success"), None)


def still(scene: Scene, outside: Outside) -> bool:
    """Whether head and the newest success are what they were when the scene was looked at."""
    head, records = _tip_and_records(scene.branch, scene.target.environment, outside)
    return newest_success(records) == scene.recorded and head == scene.head


def _tip_and_records(branch: str, environment: str, outside: Outside) -> tuple[str | None, tuple[Deployment, ...]]:
    return both(outside.together, lambda: outside.repository.head(branch), lambda: own_records(environment, outside))


def remembered(mapping: str) -> str:
    """What the commit status of a success ends with, so that a later run sees that the mapping has changed."""
    return f"mapping {mapping}"


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
    try:
        statuses = outside.repository.statuses(base, branch=branch, name=STATUS)
    except Permanent as error:
        if error.reason != "gitlab-not-found":
            raise
        return False  # the commit is gone
    for status in statuses:
        found = _MAPPING.search(status.description)
        if status.user == own and status.state == "success" and found:
            return found.group(1) == target.commit
    return False


def _rewritten(order: Order, bare: Scene, outside: Outside) -> Scene:
    """With `confirm`: upon the newest base that still counts, looking at everything.

    What the dropped commits put live is no longer between base and head; history still knows it.
    """
    if order.request.confirm is None:
        raise Refused(
            "history-rewritten",
            f"`{(bare.recorded or '')[:8]}`, the commit that is live, is not part of `{bare.branch}`; "
            f"if that is meant, deploy by hand with the workspace's name as `confirm`: `{bare.target.workspace}`",
        )
    own = outside.repository.own_id()
    for deployment in outside.repository.deployments(bare.target.environment):
        if deployment.user == own and deployment.status == "success":
            changes = _since(deployment.commit, bare.head, outside)
            if changes is not None and (changes.commits or deployment.commit == bare.head):
                return replace(bare, base=deployment.commit, commits=changes.commits)
    return bare
