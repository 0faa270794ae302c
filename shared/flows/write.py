"""One pipeline after the other, a few side by side: look again, guard, write, read back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..domain.content import Content
from ..domain.errors import Transient
from ..domain.plan import Decision, Live
from ..ports import Workspace
from . import listing
from .outside import Moved, Outside
from .pace import all_of
from .versions import live_content

TRIES = 3
PAUSE = 0.5
"""Seconds before AIC is asked again whether a write has arrived; twice as many after each answer."""
PATIENCE = 6
"""How often AIC is asked when the answer was lost: the request may still be under way, for some 15 seconds."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was read back after a write, and how many seconds it took from guard to proof."""

    live: Live
    seconds: float


@dataclass(frozen=True, slots=True)
class _Update:
    title: str
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
    AIC refuses a write. Updates come before creations.
    """
    wanted = [(each.title, each.versions.live, each.versions.head) for each in writes]
    updates: list[_Update | _Creation] = [_Update(title, live, head) for title, live, head in wanted if live and head]
    creations: list[_Update | _Creation] = [_Creation(title, head) for title, live, head in wanted if head and not live]
    written: dict[str, Written] = {}
    for group in (updates, creations):
        for wave in outside.pace.waves(group):
            outside.deadline.check()
            if not still():
                raise Moved("the branch or its record moved on before a write")
            done = all_of(outside.together, lambda each: _one(each, workspace, outside), wave, width=len(wave))
            written |= {each.title: result for each, result in zip(wave, done, strict=True)}
    return written


def replace_content(
    job_id: str, title: str, *, before: Content, after: Content, workspace: Workspace, outside: Outside
) -> Content:
    """Writes `after` where `before` is live, and reads back until one of the two stands; returns what was read last.

    A write whose answer was lost is never sent again before AIC was asked what became of it.
    """
    found = before
    for _ in range(TRIES):
        asks = TRIES
        try:
            workspace.update(job_id, title, after)
        except Transient:
            asks = PATIENCE
        found = _settled(job_id, title, before=before, workspace=workspace, outside=outside, asks=asks)
        if found != before or asks == TRIES:
            return found
    return found


def _one(each: _Update | _Creation, workspace: Workspace, outside: Outside) -> Written:
    outside.deadline.check()
    start = outside.clock.monotonic()
    live = _updated(each, workspace, outside) if isinstance(each, _Update) else _created(each, workspace, outside)
    return Written(live, outside.clock.monotonic() - start)


def _updated(update: _Update, workspace: Workspace, outside: Outside) -> Live:
    job_id, title, planned = update.live.id, update.title, update.live.content
    config = workspace.read(job_id)
    guard = None if config is None else live_content(title, config)
    if guard is None or guard != planned or guard.title not in (None, title):
        raise Moved(f"`{title}` was changed in AIC while the deploy was under way")
    found = replace_content(job_id, title, before=planned, after=update.head, workspace=workspace, outside=outside)
    if found == update.head:
        return Live(job_id, found)
    if found == planned:
        raise Transient("aic-write-unsettled", f"AIC took the write of `{title}` but still has the old version")
    raise Moved(f"`{title}` was changed in AIC right after it was written")


def _settled(job_id: str, title: str, *, before: Content, workspace: Workspace, outside: Outside, asks: int) -> Content:
    pause, found = PAUSE, before
    for ask in range(asks):
        if ask:
            outside.clock.sleep(min(pause, outside.deadline.left()))
            pause *= 2
        outside.deadline.check()
        config = workspace.read(job_id)
        if config is None:
            raise Moved(f"`{title}` was deleted in AIC while the deploy was under way")
        found = live_content(title, config)
        if found != before:
            break
    return found


def _created(creation: _Creation, workspace: Workspace, outside: Outside) -> Live:
    """A creation is sent once a delivery: a second one could make a twin of a first that arrives late."""
    title = creation.title
    if not listing.read(workspace, outside, may_be_empty=True).absent(title):
        raise Moved(f"`{title}` appeared in AIC while the deploy was under way")
    asks = TRIES
    try:
        workspace.create(title, creation.head)
    except Transient:
        asks = PATIENCE  # whether it arrived is learned below
    job_id = _appeared(title, workspace, outside, asks=asks)
    config = workspace.read(job_id)
    found = None if config is None else live_content(title, config)
    if found != creation.head:
        raise Moved(f"`{title}` appeared in AIC with another content")
    return Live(job_id, creation.head)


def _appeared(title: str, workspace: Workspace, outside: Outside, *, asks: int) -> str:
    pause = PAUSE
    for ask in range(asks):
        if ask:
            outside.clock.sleep(min(pause, outside.deadline.left()))
            pause *= 2
        ids = listing.read(workspace, outside, may_be_empty=True).ids.get(title, ())
        if len(ids) > 1:
            raise Moved(f"AIC has several pipelines `{title}`")
        if ids:
            return ids[0]
    raise Transient("aic-create-unsettled", f"AIC does not list `{title}` after it was created")
