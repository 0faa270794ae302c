"""A report of a deploy → what people hear of it beside GitLab; nothing where nothing happened that they wait for."""

from collections.abc import Iterable, Iterator, Sequence

from . import backup_report, note
from .news import News, NewsRow, Tone, fitted, identity, quoted
from .occasion import Kind
from .plan import Action
from .report import ALREADY_THERE, HELD_BACK, Outcome, Report, Row, Taken, Undone

_KINDS = {
    Outcome.DEPLOYED: (Kind.DEPLOYED, Tone.GOOD),
    Outcome.CONFLICT: (Kind.CONFLICT, Tone.BAD),
    Outcome.REFUSED: (Kind.FAILED, Tone.BAD),
    Outcome.FAILED: (Kind.FAILED, Tone.BAD),
    Outcome.HALF_DEPLOYED: (Kind.FAILED, Tone.BAD),
    Outcome.HELD: (Kind.ROLLBACK, Tone.WARN),
}
_TONES = {
    Action.UPDATE: Tone.GOOD,
    Action.RENAME: Tone.GOOD,
    Action.CREATE: Tone.GOOD,
    Action.HOLD: Tone.WARN,
    Action.LEAVE: Tone.WARN,
    Action.CONFLICT: Tone.BAD,
    Action.REFUSE: Tone.BAD,
}
_TAKEN = {
    Taken.PUT_BACK: ("put back", Tone.GOOD),
    Taken.EDITED: ("edited in AIC", Tone.WARN),
    Taken.CREATED: ("still there", Tone.BAD),
    Taken.STUCK: ("still new", Tone.BAD),
}
_MEND = "The note in GitLab says how to go on: how to keep the edit, or how to let Git win."


def of(report: Report, *, same: str, merged: Sequence[int] = ()) -> tuple[News, ...]:
    """`same` tells this deploy from others of the same head; `merged` are the merge requests that it brought live."""
    kinds = _KINDS.get(report.outcome)
    found = [] if kinds is None else [_news(report, *kinds, same=same, merged=merged)]
    if report.outcome is Outcome.UNCHANGED and _drifted(report):
        found.append(_drift(report))
    if kinds is not None and not all(each.ok for each in report.backups):
        found.append(_unsaved(report, same=same))
    return tuple(found)


def _news(report: Report, kind: Kind, tone: Tone, *, same: str, merged: Sequence[int]) -> News:
    place = report.workspace or report.branch
    advice = _MEND if report.outcome is Outcome.CONFLICT else ""
    news = News(
        kind,
        report.project,
        identity(kind, report.project, report.branch, report.head, report.outcome, report.reason, same),
        note.HEADLINES[report.outcome].format(quoted(place)),
        tone,
        " ".join(filter(None, (note.ADVICE.get(report.outcome, ""), advice, _problem(report)))),
        tuple(_facts(report)),
        commit=report.head,
        merged=tuple(merged),
        workspace=report.workspace,
        untold=tuple(f"GitLab: {quoted(reason)}" for reason in report.untold),
    )
    return fitted(news, [*map(_undone, report.undone), *_by_hand(report), *map(_row, _shown(report))])


def _problem(report: Report) -> str:
    if not report.reason or report.outcome is Outcome.HELD:
        return ""
    detail = f": {report.detail}" if report.detail else ""
    return f"Reason: {quoted(report.reason)}{detail}"


def _facts(report: Report) -> Iterator[str]:
    yield f"{report.written} of {len(report.rows)} pipelines written" if report.rows else f"branch {report.branch}"
    if report.source:
        yield f"content of {report.source}"
    if report.by:
        yield f"asked for by {quoted(report.by)}"
    if report.adopted:
        yield "first deploy with this mapping"
    if report.backups:
        yield f"before that {backup_report.summary(report.backups)}"


def _shown(report: Report) -> Iterator[Row]:
    """The riskiest first; nothing that needed nothing, or that stands among what is to be done by hand."""
    for each in sorted(report.rows, key=lambda row: (note.RISK.index(row.action), row.title)):
        idle = each.action is Action.NONE and each.done == ALREADY_THERE
        if not idle and (each.title, each.why) not in report.by_hand:
            yield each


def _row(row: Row) -> NewsRow:
    """What was held back was not written."""
    tone = Tone.PLAIN if row.done == HELD_BACK else _TONES.get(row.action, Tone.PLAIN)
    return NewsRow(row.title, row.done, row.why, tone, row.proposal)


def _undone(undone: Undone) -> NewsRow:
    status, tone = _TAKEN.get(undone.taken, ("not written", Tone.PLAIN))
    return NewsRow(undone.title, status, "" if undone.taken is Taken.PUT_BACK else undone.taken.value, tone)


def _by_hand(report: Report) -> Iterable[NewsRow]:
    return (NewsRow(title, "by hand", why, Tone.WARN) for title, why in report.by_hand)


def _drifted(report: Report) -> list[Row]:
    return [each for each in report.rows if each.action is Action.LEAVE and "edited" in each.why]


def _drift(report: Report) -> News:
    rows = _drifted(report)
    news = News(
        Kind.DRIFT,
        report.project,
        identity(Kind.DRIFT, report.project, report.workspace, report.head, *(each.title for each in rows)),
        f"⚠️ Edited in AIC: {quoted(report.workspace)} is not as Git says",
        Tone.WARN,
        "Nothing was overwritten. The next snapshot brings the edits into Git.",
        commit=report.head,
    )
    return fitted(news, map(_row, rows))


def _unsaved(report: Report, *, same: str) -> News:
    """What was overwritten is not on every drive."""
    failed = [each for each in report.backups if not each.ok]
    news = News(
        Kind.BACKUP_FAILED,
        report.project,
        identity(Kind.BACKUP_FAILED, report.project, report.head, same, *(each.drive for each in failed)),
        f"⚠️ What a deploy to {quoted(report.workspace)} overwrote is not saved everywhere",
        Tone.WARN,
        "The deploy went on: Git and its history have what was live.",
        about="Drive",
        commit=report.head,
    )
    return fitted(news, backup_rows(failed))


def backup_rows(lines: Iterable[backup_report.BackupLine]) -> Iterator[NewsRow]:
    """One for each drive."""
    for each in lines:
        drive, sentence = backup_report.item(each)
        yield NewsRow(
            drive, "saved" if each.ok else "no backup", sentence.removeprefix("no backup: "), _saved(ok=each.ok)
        )


def _saved(*, ok: bool) -> Tone:
    return Tone.GOOD if ok else Tone.BAD
