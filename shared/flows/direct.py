"""Captures that go onto the branch itself: one commit, each file guarded by the commit that touched it last."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..domain import batches
from ..domain.content import Content
from ..domain.gitlab import FileAction
from ..domain.run import Run
from ..domain.side_branch import CAPTURES
from ..domain.titles import Titles
from ..ports.aic import Workspace
from .draft import Parcel, draft
from .outside import Moved, Outside
from .pace import all_of
from .park import commit
from .side import Anchor
from .versions import live_content

_WIDTH = 16


@dataclass(frozen=True, slots=True)
class Stored:
    """The commit, and whether others came in between the last look and it: what it created may be theirs as well."""

    commit: str
    crossed: bool = False


def store(
    parcels: Sequence[Parcel],
    anchor: Anchor,
    *,
    configs: Mapping[str, str],
    titles: Titles,
    unchanged: Callable[[], None],
    run: Run,
    outside: Outside,
) -> Stored | None:
    """None where the files are as they should be. `configs` are those below config/ at head, path to blob.

    `unchanged` raises Moved where live, the branch or its record are not what they were; it is asked just before.
    """
    groups = draft(parcels, anchor.head, configs=configs, titles=titles, outside=outside)
    commits = batches.split(groups, most=outside.commit_bytes)
    if not commits:
        return None
    unchanged()
    if len(commits) == 1:
        made = commit(anchor.branch, commits[0], anchor, start=None, run=run, outside=outside)
    else:
        made = _in_one_step(commits, anchor, run, outside)
    return Stored(made, _crossed(anchor, made, outside))


def reread(planned: Mapping[str, tuple[str, Content]], workspace: Workspace, outside: Outside) -> None:
    """Title to id and content: each must be live as it was; raises Moved."""
    all_of(outside.together, lambda title: _same(title, *planned[title], workspace, outside), planned, width=_WIDTH)


def _same(title: str, job_id: str, content: Content, workspace: Workspace, outside: Outside) -> None:
    with outside.pace.turn():
        outside.deadline.check()
        config = workspace.read(job_id)
    found = None if config is None else live_content(title, config)
    if found != content or (found.title not in (None, title)):
        raise Moved(f"`{title}` was changed in AIC while it was being captured")


def _in_one_step(commits: Sequence[Sequence[FileAction]], anchor: Anchor, run: Run, outside: Outside) -> str:
    """More than one request holds goes onto a branch of this run's own, and from there at once.

    One that an interrupted delivery has left is begun anew.
    """
    repository, name = outside.repository, f"{CAPTURES}run-{run.id}"
    repository.delete_branch(name)
    tip, start = "", anchor.head
    for actions in commits:
        outside.deadline.check()
        tip = commit(name, actions, anchor, start=None if tip else start, run=run, outside=outside)
    title = f"Changes made in AIC: {anchor.workspace} [skip ci]"
    proposal = repository.propose(name, anchor.branch, title=title, description=f"Run {run.id}, merged by itself.")
    return repository.accept(proposal.iid, head=tip)


def _crossed(anchor: Anchor, made: str, outside: Outside) -> bool:
    """Whether the commit came upon another head than the one that was looked at."""
    changes = outside.repository.compare(anchor.head, made)
    return not any(each.sha == made and each.parents[:1] == (anchor.head,) for each in changes.commits)
