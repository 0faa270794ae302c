"""Tests that failed after a deploy → what people hear of it beside GitLab."""

from collections.abc import Iterator

from .gate import State
from .gate_report import Gated
from .news import News, NewsRow, Tone, fitted, identity, quoted
from .occasion import Kind


def of(told: Gated) -> tuple[News, ...]:
    """Only of a failure: that it passed says the note, and nobody waits for more."""
    if told.state is not State.FAILED:
        return ()
    kind = Kind.ROLLBACK if told.iid else Kind.FAILED
    back = "The version before is being put live." if told.iid else "It is still live."
    news = News(
        kind,
        told.project,
        identity("after-deploy", told.project, told.deployment),
        f"❌ {quoted(told.workspace)} failed its tests",
        Tone.BAD,
        f"{back} The note in GitLab says how to go on.",
        tuple(_facts(told)),
        commit=told.commit,
        merge_request=told.iid,
        untold=tuple(f"GitLab: {quoted(reason)}" for reason in told.untold),
    )
    rows = [NewsRow(title, "goes back", "", Tone.GOOD) for title in told.returned]
    rows += [NewsRow(title, "left as it is", why, Tone.WARN) for title, why in told.left_out]
    known = {*told.returned, *(title for title, _ in told.left_out)}
    rows += [NewsRow(title, "still live", "", Tone.BAD) for title in told.titles if title not in known]
    return (fitted(news, rows),)


def _facts(told: Gated) -> Iterator[str]:
    yield f"CI pipeline {told.pipeline}"
    if told.jobs:
        yield f"failed: {', '.join(map(quoted, told.jobs[:10]))}"
    if told.reason:
        yield f"not taken back: {quoted(told.reason)}"
