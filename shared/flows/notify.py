"""News, told top to bottom: who has not heard, tell them, note who has.

What was told is noted after it was told: a run that dies between the two tells it once more when its message comes
again. See docs/decisions/0018.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ..domain import ledger
from ..domain.errors import Refused, ServiceError, Transient
from ..domain.gitlab import Note, OnCommit, OnMergeRequest, Place
from ..domain.layout import MAPPING_FILE
from ..domain.ledger import Deaf, Ear, Told
from ..domain.news import News
from ..domain.notify_report import Notified
from ..ports.channels import Channel
from ..ports.gitlab import Repository
from .journals import own_note
from .outside import Outside

Channels = Mapping[str, Callable[[], Channel]]
"""Each is opened when it is needed."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One piece of news, and who is to hear of it, in order. `moment` is when the message was published.

    `final`: nobody will deliver it again.
    """

    news: News
    ears: Sequence[Ear]
    moment: datetime
    final: bool = False


@dataclass(frozen=True, slots=True)
class _Book:
    """The note that says who has heard; `place` is None where none can be kept."""

    place: Place | None
    note: Note | None = None
    closed: str = ""

    @property
    def told(self) -> Told:
        return ledger.find(self.note.body) if self.note else {}


def notify(telling: Telling, channels: Channels, outside: Outside) -> Notified:
    """Tells those who have not heard. A channel that fails keeps no other from telling.

    Raises Transient where another delivery may reach those who could not be told.
    """
    news, repository = telling.news, outside.repository
    book = _open(telling, repository)
    waiting = ledger.due(news, telling.ears, book.told, now=outside.clock.now())
    report = Notified(news.project, news.kind, news.id, before=len(telling.ears) - len(waiting))
    if not waiting:
        return report
    heard, deaf = _told(replace(telling, ears=waiting), channels, outside)
    told = ledger.adding(book.told, heard, now=outside.clock.now())
    closed = _note(book, ledger.render(news, telling.ears, told, deaf), outside.in_reserve().repository)
    _again(deaf, telling, noted=not heard or (book.place is not None and not closed))
    return replace(report, heard=heard, deaf=deaf, untold=tuple(filter(None, (book.closed, closed))))


def _open(telling: Telling, repository: Repository) -> _Book:
    """GitLab's being closed keeps nobody from hearing; that it is busy is a reason to wait while one can."""
    try:
        place = _place(telling.news, repository)
        return _Book(place, own_note(place, ledger.first_line(telling.news), repository))
    except ServiceError as error:
        if isinstance(error, Transient) and not telling.final:
            raise
        return _Book(None, closed=f"gitlab: {error.reason}")


def _place(news: News, repository: Repository) -> Place:
    """Beside what it is about; what is about the project as a whole stands where the mapping was changed last."""
    if news.merge_request is not None:
        return OnMergeRequest(news.merge_request)
    if news.commit:
        return OnCommit(news.commit)
    stored = repository.file(MAPPING_FILE, "HEAD")
    if stored is None:
        raise Refused("mapping-missing", f"the default branch has no {MAPPING_FILE}")
    return OnCommit(stored.commit)


def _told(telling: Telling, channels: Channels, outside: Outside) -> tuple[tuple[Ear, ...], tuple[Deaf, ...]]:
    """One channel after the other, so that each can say who could not be told before."""
    heard: tuple[Ear, ...] = ()
    deaf: tuple[Deaf, ...] = ()
    news = telling.news
    for medium in dict.fromkeys(ear.medium for ear in telling.ears):
        ears = tuple(ear for ear in telling.ears if ear.medium == medium)
        missed = _by(channels[medium], news, ears, telling=telling, outside=outside)
        heard += tuple(ear for ear in ears if ear not in {each.ear for each in missed})
        deaf += missed
        news = replace(news, untold=(*news.untold, *sorted({f"{medium}: `{each.reason}`" for each in missed})))
    return heard, deaf


def _by(
    opened: Callable[[], Channel], news: News, ears: Sequence[Ear], *, telling: Telling, outside: Outside
) -> tuple[Deaf, ...]:
    errors: Mapping[str, ServiceError]
    try:
        outside.deadline.check()
        errors = opened().tell(news, tuple(ear.target for ear in ears), moment=telling.moment)
    except ServiceError as error:
        errors = dict.fromkeys((ear.target for ear in ears), error)
    return tuple(_deaf(ear, errors[ear.target], telling) for ear in ears if ear.target in errors)


def _deaf(ear: Ear, error: ServiceError, telling: Telling) -> Deaf:
    return Deaf(ear, error.reason, error.detail, lasting=telling.final or not isinstance(error, Transient))


def _note(book: _Book, body: str, repository: Repository) -> str:
    """The reason why it could not be noted. A write whose answer was lost is looked for, and sent once more at most."""
    if book.place is None:
        return ""
    try:
        _write(book, book.place, body, repository)
    except ServiceError as error:
        return f"gitlab: {error.reason}"
    return ""


def _write(book: _Book, place: Place, body: str, repository: Repository) -> None:
    try:
        repository.write_note(place, body, replaces=book.note)
    except Transient:
        found = own_note(place, body.partition("\n")[0], repository)
        if found is None or found.body != body:
            repository.write_note(place, body, replaces=found)


def _again(deaf: Sequence[Deaf], telling: Telling, *, noted: bool) -> None:
    """Raises Transient where asking again may help. Not where that would tell others twice, since nothing is noted."""
    waiting = [each for each in deaf if not each.lasting]
    if waiting and noted and not telling.final:
        raise Transient(waiting[0].reason, waiting[0].detail)
