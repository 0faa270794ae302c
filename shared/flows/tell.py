"""A report → notes, commit status, deployment record. A channel that is closed never changes the outcome."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from ..domain import journal, note
from ..domain.errors import Permanent, Transient
from ..domain.gitlab import Note, Place
from ..domain.report import Report
from . import records
from .books import Books
from .outside import Outside
from .scene import Scene
from .target import Order


def started(
    order: Order, scene: Scene, report: Report, *, books: Books, outside: Outside, entries: Iterable[journal.Entry]
) -> Books:
    """Before the first write: what is about to be written must stand in a note, or nothing is written."""
    if order.recorded:
        records.begin(scene, outside)
        records.post_status(report, outside)
    place, old = books.places[0]
    kept = dict.fromkeys([*entries, *(journal.find(old.body) if old else ())])
    written = _write(order, report, place, old, outside=outside, entries=kept)
    return Books(((place, written), *books.places[1:]))


def succeeded(order: Order, scene: Scene, report: Report, *, books: Books, outside: Outside) -> Report:
    """The record comes last: it is the base of the next deploy, and says that everybody else was told."""
    calls = _notes(order, report, books, outside, entries=tuple(dict.fromkeys(books.written)))
    if order.recorded:
        calls.append(partial(records.post_status, report, outside))
    closed = _each(calls)
    if order.recorded:
        closed += _each([partial(records.succeed, scene, outside)])
        closed += _each(records.left_behind(scene, report, outside))
    return replace(report, untold=closed)


def failed(
    order: Order, scene: Scene, report: Report, *, books: Books, outside: Outside, entries: Iterable[journal.Entry]
) -> Report:
    """A refusal, conflict or failure, told once however often it is found again."""
    calls = _notes(order, report, books, outside, entries=tuple(entries))
    if order.recorded:
        calls += [partial(records.post_status_once, report, outside), partial(records.fail, scene, outside)]
        calls += records.left_behind(scene, report, outside)
    return replace(report, untold=report.untold + _each(calls))


def noted(order: Order, report: Report, *, books: Books, outside: Outside) -> Report:
    """What ends in no record: a dry run, or a branch that is behind or could not even be looked at."""
    calls = _notes(order, report, books, outside)
    if order.recorded:
        calls.append(partial(records.post_status_once, report, outside))
    return replace(report, untold=_each(calls))


def _each(calls: Iterable[Callable[[], object]]) -> tuple[str, ...]:
    """Tries every channel; the reasons of those that are closed for good. Raises the last Transient at the end."""
    closed, later = [], None
    for call in calls:
        try:
            call()
        except Permanent as error:
            closed.append(error.reason)
        except Transient as error:
            later = error
    if later is not None:
        raise later
    return tuple(closed)


def _notes(
    order: Order, report: Report, books: Books, outside: Outside, entries: tuple[journal.Entry, ...] = ()
) -> list[Callable[[], object]]:
    return [
        partial(_write, order, report, place, old, outside=outside, entries=() if number else entries)
        for number, (place, old) in enumerate(books.places)
    ]


def _write(
    order: Order, report: Report, place: Place, old: Note | None, *, outside: Outside, entries: Iterable[journal.Entry]
) -> Note:
    mark = note.marker(order.request.branch, kind=order.kind)
    body = note.render(report, first_line=mark, journal=entries)
    if old is not None and old.body == body:
        return old
    return outside.repository.write_note(place, body, replaces=old)
