"""Captures that go onto the branch itself: one commit, each file guarded by the commit that touched it last."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from ..domain import batches
from ..domain.content import Content
from ..domain.errors import Permanent
from ..domain.gitlab import FileAction
from ..domain.run import Run
from ..domain.titles import Titles
from ..ports.aic import Workspace
from . import side
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


def store(  # noqa: PLR0913 - all of it is looked at
    parcels: Sequence[Parcel],
    anchor: Anchor,
    *,
    have: Mapping[str, str],
    touched: Mapping[str, str],
    titles: Titles,
    reread: Callable[[], None],
    still: Callable[[], bool],
    run: Run,
    outside: Outside,
) -> Stored | None:
    """None where the files are as they should be. `have` and `touched` are as `draft` wants them, of head.

    Before anything is committed live is looked at once more, and then the branch: `reread` raises Moved where
    live is not what it was, `still` says whether the branch and its record are.
    """
    groups = draft(parcels, anchor.head, have=have, touched=touched, titles=titles, outside=outside)
    commits = batches.split(groups, most=outside.commit_bytes)
    first, second = next(commits, None), next(commits, None)
    if first is None:
        return None
    reread()
    _check(still)
    if second is None:
        made = commit(anchor.branch, first, anchor, start=None, run=run, outside=outside)
        ours = [made]
    else:
        name = _free(anchor, outside)
        ours = _aside(name, chain((first, second), commits), anchor, run=run, outside=outside)
        made = _landed(name, ours[-1], anchor, reread=reread, still=still, run=run, outside=outside)
    return Stored(made, bool(_between(anchor.head, made, outside) - {*ours, made}))


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


def _check(still: Callable[[], bool]) -> None:
    if not still():
        raise Moved("the branch or its record moved on before a capture")


def _free(anchor: Anchor, outside: Outside) -> str:
    """The branch beside, gone if a dead run has left one, whose merge request is closed with it.

    One on which somebody else has worked stays with what they did.
    """
    return next(name for name in side.wholes(anchor) if _is_free(name, anchor, outside))


def _is_free(name: str, anchor: Anchor, outside: Outside) -> bool:
    outside.deadline.check()
    tip = outside.repository.head(name)
    if tip is not None and side.is_ours(tip, anchor, outside):
        outside.repository.delete_branch(name)
        return True
    return tip is None


def _aside(
    name: str, commits: Iterable[Sequence[FileAction]], anchor: Anchor, *, run: Run, outside: Outside
) -> list[str]:
    """More than one request holds goes onto a branch beside, from where it lands at once.

    Raises Moved where somebody else has committed there meanwhile.
    """
    ours = list[str]()
    for actions in commits:
        outside.deadline.check()
        start = None if ours else anchor.head
        ours.append(commit(name, actions, anchor, start=start, run=run, outside=outside))
    if _between(anchor.head, ours[-1], outside) != {*ours}:
        raise Moved("another run captured the same workspace meanwhile")
    return ours


def _landed(
    name: str,
    tip: str,
    anchor: Anchor,
    *,
    reread: Callable[[], None],
    still: Callable[[], bool],
    run: Run,
    outside: Outside,
) -> str:
    """The branch's new commit; where it can't be merged nothing of it stays, and whether to look again is asked.

    The commits took their time: another run may have landed the same meanwhile, which GitLab would merge once more.
    """
    repository = outside.repository
    title = f"Changes made in AIC: {anchor.workspace} [skip ci]"
    proposal = repository.propose(name, anchor.branch, title=title, description=f"Run {run.id}, merged by itself.")
    try:
        _check(still)
        return repository.accept(proposal.iid, head=tip)
    except Moved:
        _discard(name, tip, outside)
        raise
    except Permanent:
        _discard(name, tip, outside)
        reread()
        _check(still)
        raise


def _discard(name: str, tip: str, outside: Outside) -> None:
    """What others have put upon it since is theirs, and stays."""
    if outside.repository.head(name) == tip:
        outside.repository.delete_branch(name)


def _between(old: str, new: str, outside: Outside) -> set[str]:
    return {each.sha for each in outside.repository.compare(old, new).commits}
