"""One pipeline of AIC is overwritten, and AIC is read until it is known what became of that."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ..domain.content import Content
from ..domain.errors import Transient
from ..ports.aic import Workspace
from . import listing
from .outside import Moved, Outside
from .versions import live_content

Answer = TypeVar("Answer")

TRIES = 3
PAUSE = 0.5
"""Seconds before AIC is asked again whether a write has arrived; twice as many after each answer."""
PATIENCE = 6
"""How often AIC is asked when the answer was lost: the request may still be under way, for some 15 seconds."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a pipeline is at one moment: its title and its content."""

    title: str
    content: Content


def overwrite(job_id: str, *, before: Version, after: Version, workspace: Workspace, outside: Outside) -> Version:
    """Writes `after` where `before` is live, and reads back until that is over; returns what was read last.

    Raises Moved where the pipeline is gone. A write whose answer was lost is never sent again before AIC was asked what
    became of it.
    """
    found = before
    for _ in range(TRIES):
        asks = sent(lambda: workspace.update(job_id, after.title, after.content))
        found = until(
            lambda answer: _is_over(answer, before, after),
            lambda: _read(job_id, before, after, workspace=workspace, outside=outside),
            outside,
            asks=asks,
        )
        if found != before or asks == TRIES:
            break
    return found


def sent(write: Callable[[], None]) -> int:
    """Sends it once; how often to ask what became of it."""
    try:
        write()
    except Transient:
        return PATIENCE
    return TRIES


def until(enough: Callable[[Answer], bool], ask: Callable[[], Answer], outside: Outside, *, asks: int) -> Answer:
    """The first answer that is enough, else the last of so many, with longer and longer pauses between them."""
    outside.deadline.check()
    pause, answer = PAUSE, ask()
    for _ in range(asks - 1):
        if enough(answer):
            break
        outside.clock.sleep(min(pause, outside.deadline.left()))
        pause *= 2
        outside.deadline.check()
        answer = ask()
    return answer


def _is_over(found: Version, before: Version, after: Version) -> bool:
    """Whether neither title nor content is any more what it was and is to be no more."""
    retitled = found.title != before.title or after.title == before.title
    return retitled and (found.content != before.content or after.content == before.content)


def _read(job_id: str, before: Version, after: Version, *, workspace: Workspace, outside: Outside) -> Version:
    """Only a list of AIC proves a title, and it is only asked where the title matters."""
    title: str | None = before.title
    if after.title != before.title:
        title = listing.read(workspace, outside, may_be_empty=False).title_of(job_id)
    config = workspace.read(job_id)
    if config is None or title is None:
        raise Moved(f"`{before.title}` was deleted in AIC while the deploy was under way")
    return Version(title, live_content(before.title, config))
