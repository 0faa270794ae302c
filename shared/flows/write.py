"""One pipeline after the other, a few side by side: look again, guard, write, read back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..domain.content import Content
from ..domain.errors import Transient
from ..domain.plan import Action, Decision, Live
from ..ports.aic import Workspace
from . import listing, put
from .outside import Moved, Outside
from .pace import all_of
from .put import Version
from .versions import live_content


@dataclass(frozen=True, slots=True)
class Written:
    """What was read back after a write, and how many seconds it took from guard to proof."""

    live: Live
    seconds: float


@dataclass(frozen=True, slots=True)
class _Update:
    """`was` is the title until now, of a rename another one."""

    title: str
    was: str
    live: Live
    head: Content


@dataclass(frozen=True, slots=True)
class _Creation:
    title: str
    head: Content


def apply(
    writes: tuple[Decision, ...], workspace: Workspace, *, outside: Outside, still: Callable[[], bool]
) -> Mapping[str, Written]:
    """Titles to what was read back. `still` is asked before each wave.

    Raises Moved where head or live changed meanwhile, Transient where a write's effect stays unknown, Permanent where
    AIC refuses a write. Updates come before renames, and creations last.
    """
    written: dict[str, Written] = {}
    for action in (Action.UPDATE, Action.RENAME, Action.CREATE):
        group = [_work(each, head) for each in writes if each.action is action and (head := each.versions.head)]
        for wave in outside.pace.waves(group):
            outside.deadline.check()
            if not still():
                raise Moved("the branch or its record moved on before a write")
            done = all_of(outside.together, lambda each: _one(each, workspace, outside), wave, width=len(wave))
            written |= {each.title: result for each, result in zip(wave, done, strict=True)}
    return written


def _work(decision: Decision, head: Content) -> _Update | _Creation:
    old = decision.was or decision.versions
    return _Creation(decision.title, head) if old.live is None else _Update(decision.title, old.title, old.live, head)


def _one(each: _Update | _Creation, workspace: Workspace, outside: Outside) -> Written:
    outside.deadline.check()
    start = outside.clock.monotonic()
    live = _updated(each, workspace, outside) if isinstance(each, _Update) else _created(each, workspace, outside)
    return Written(live, outside.clock.monotonic() - start)


def _updated(update: _Update, workspace: Workspace, outside: Outside) -> Live:
    job_id, title, planned = update.live.id, update.title, update.live.content
    if update.was != title:
        _check_titles(update, workspace, outside)
    config = workspace.read(job_id)
    guard = None if config is None else live_content(title, config)
    if guard is None or guard != planned or guard.title not in (None, update.was):
        raise Moved(f"`{update.was}` was changed in AIC while the deploy was under way")
    before, after = Version(update.was, planned), Version(title, update.head)
    found = put.overwrite(job_id, before=before, after=after, workspace=workspace, outside=outside)
    if found == after:
        return Live(job_id, found.content)
    if found == before:
        raise Transient("aic-write-unsettled", f"AIC took the write of `{title}` but still has the old version")
    raise Moved(f"`{title}` was changed in AIC right after it was written")


def _check_titles(update: _Update, workspace: Workspace, outside: Outside) -> None:
    listed = listing.read(workspace, outside, may_be_empty=False)
    if not listed.absent(update.title) or listed.ids.get(update.was) != (update.live.id,):
        raise Moved(f"`{update.was}` or `{update.title}` was renamed in AIC while the deploy was under way")


def _created(creation: _Creation, workspace: Workspace, outside: Outside) -> Live:
    """A creation is sent once a delivery: a second one could make a twin of a first that arrives late."""
    title = creation.title
    if not listing.read(workspace, outside, may_be_empty=True).absent(title):
        raise Moved(f"`{title}` appeared in AIC while the deploy was under way")
    asks = put.sent(lambda: workspace.create(title, creation.head))
    job_id = _appeared(title, workspace, outside, asks=asks)
    config = workspace.read(job_id)
    found = None if config is None else live_content(title, config)
    if found != creation.head:
        raise Moved(f"`{title}` appeared in AIC with another content")
    return Live(job_id, creation.head)


def _appeared(title: str, workspace: Workspace, outside: Outside, *, asks: int) -> str:
    def ids() -> tuple[str, ...]:
        return listing.read(workspace, outside, may_be_empty=True).ids.get(title, ())

    found = put.until(bool, ids, outside, asks=asks)
    if len(found) > 1:
        raise Moved(f"AIC has several pipelines `{title}`")
    if not found:
        raise Transient("aic-create-unsettled", f"AIC does not list `{title}` after it was created")
    return found[0]
