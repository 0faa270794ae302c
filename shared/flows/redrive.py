"""Dead letters that are kept → the same messages once more; each is taken away only when it is published."""

from collections.abc import Iterator
from contextlib import suppress

from ..deadline import Deadline
from ..domain import dead_letter, dead_letter_request, kept_letter
from ..domain.dead_letter import Letter
from ..domain.dead_letter_request import Asked
from ..domain.errors import Refused, ServiceError
from ..domain.kept_letter import Kept
from ..domain.messages.redrive import Redrive
from ..domain.redrive_report import Redriven
from ..ports import Clock, Publisher
from ..ports.letters import Letters
from . import asking

_SECONDS = 5.0
"""That long an empty subscription is listened to."""
_AT_ONCE = 50


def redrive(wanted: Redrive, *, letters: Letters, publisher: Publisher, clock: Clock, deadline: Deadline) -> Redriven:
    """Raises Transient where Pub/Sub can't be reached: what was not published is kept.

    One that was published and could not be taken away comes again; messages that come twice do no harm.
    """
    name, told = wanted.subscription, []
    held: dict[str, None] = {}
    try:
        for kept in _kept(wanted, held, letters, deadline):
            letter, asked = _read(kept, now=clock.now())
            if not wanted.dry_run:
                topic = dead_letter.topic_kept_in(name)
                asking.post(kept_letter.again(kept, topic=topic, asked=asked), publisher=publisher, deadline=deadline)
                letters.take(name, [kept.handle], timeout=_within(deadline))
                del held[kept.handle]
            told.append(kept_letter.fields(kept, letter, asked))
    finally:
        if held:
            with suppress(ServiceError):  # after ten minutes they are given back by themselves
                letters.give_back(name, list(held), timeout=_SECONDS)
    return Redriven(name, tuple(told), wanted.dry_run, more=len(told) == wanted.most)


def _kept(wanted: Redrive, held: dict[str, None], letters: Letters, deadline: Deadline) -> Iterator[Kept]:
    """`held` is told of each before anything is done with it."""
    left = wanted.most
    while left:
        deadline.check()
        found = letters.pull(wanted.subscription, most=min(left, _AT_ONCE), timeout=_within(deadline))
        if not found:
            return
        held |= dict.fromkeys(each.handle for each in found)
        yield from found
        left -= len(found)


def _read(kept: Kept, *, now: float) -> tuple[Letter | None, Asked | None]:
    """As far as it can be read: what can't is sent all the same, and refused by its function in words."""
    try:
        letter = dead_letter.read(kept.delivery, now=now)
    except Refused:
        return None, None
    try:
        return letter, dead_letter_request.read(letter)
    except Refused:
        return letter, None


def _within(deadline: Deadline) -> float:
    return max(0.1, min(_SECONDS, deadline.left()))
