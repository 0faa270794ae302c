"""A report of a snapshot → the note that people read on the branch's commit, and the line in the log."""

from collections.abc import Iterable, Iterator

from . import backup_report, note
from .bounded import section, table
from .capture import Action
from .markdown import code, row, sentence
from .snapshot_report import FAILURES, Outcome, SnapshotReport, SnapshotRow
from .told import Told

_MOST_TITLES = 20
RISK = (
    Action.CONFLICT,
    Action.WITHHOLD,
    Action.UNREADABLE,
    Action.DELETE,
    Action.MOVE,
    Action.CAPTURE,
    Action.HEAL,
    Action.LEAVE,
    Action.AHEAD,
)
_DRIFT = frozenset(RISK) - {Action.UNREADABLE, Action.LEAVE, Action.AHEAD}
HEADLINES = {
    Outcome.CLEAN: "✅ {} and Git agree",
    Outcome.CAPTURED: "📥 Brought into Git from {}",
    Outcome.PROPOSED: "📥 Changes made in {} wait for you",
    Outcome.CONFLICT: "⚠️ Changes made in {} and in Git contradict each other",
    Outcome.WITHHELD: "⚠️ Not everything of {} may go into Git",
    Outcome.INCOMPLETE: "⚠️ Not everything of {} could be read",
    Outcome.REFUSED: "❌ No snapshot of {}",
    Outcome.FAILED: "❌ The snapshot of {} failed",
    Outcome.PLANNED: "🔎 What a snapshot of {} would do",
}
ADVICE = {
    Outcome.INCOMPLETE: "What AIC did not give stays in Git as it is; nothing was deleted. The next one tries again.",
    Outcome.WITHHELD: "What is withheld below is not in Git. Take the secret out in AIC and renew it, rename the "
    "pipeline, or allow what is no secret in `allowed_secrets.yaml` on the default branch.",
    Outcome.CONFLICT: "Nothing was overwritten on either side. The merge request shows both versions: solve the "
    "conflict there and merge it. Until then no deploy of this branch writes anything.",
    Outcome.PROPOSED: "Look at the merge request: merging it keeps what runs in AIC, closing it leaves Git as it is.",
    Outcome.PLANNED: "Nothing was written.",
}
"""The gravest first."""
_ENDING = {
    Action.UNREADABLE: Outcome.INCOMPLETE,
    Action.WITHHOLD: Outcome.WITHHELD,
    Action.CONFLICT: Outcome.CONFLICT,
}
DONE = {
    Action.CONFLICT: "conflict",
    Action.WITHHOLD: "withheld",
    Action.UNREADABLE: "not read",
    Action.DELETE: "deletion",
    Action.MOVE: "renamed",
    Action.CAPTURE: "captured",
    Action.HEAL: "deploy asked for",
    Action.LEAVE: "left alone",
    Action.AHEAD: "deploy due",
}


_COLUMNS = ("Pipeline", "What was done", "Why")
_CAPTURED = (Action.CAPTURE, Action.MOVE)
"""Onto the branch itself; what goes by merge request has its number behind it."""
_PASSED = (*_CAPTURED, Action.HEAL, Action.AHEAD)
"""What the deploy that follows settles."""


def marker(branch: str) -> str:
    """The first line of the note, by which a later run finds it again."""
    return note.marker(branch, kind="snapshot")


def render(report: SnapshotReport, *, first_line: str) -> str:
    """Markdown for GitLab; what needs a person comes first."""
    parts = [
        first_line,
        f"### {HEADLINES.get(report.outcome, '⏭️ No snapshot of {}').format(code(report.workspace))}",
        _facts(report),
        *_advice(report),
        _problem(report),
        _crossed(report),
        _table(report.rows),
        _asked(report),
        section("To do by hand in AIC", _by_hand(report)),
        backup_report.markdown(report.backups),
    ]
    return "\n\n".join(part for part in parts if part)


def still_holds(body: str, report: SnapshotReport, *, asked: bool) -> bool:
    """Whether an older note says all that there is to say, and beside it only what was captured at that time.

    Who `asked` gets an answer of their own, once.
    """
    if report.reason or report.commit or not all(each.ok for each in report.backups):
        return False
    told, now = _lines(body), _lines(_table(report.rows))
    before = told - now
    captured = any(_is_done(each, _CAPTURED) for each in before) and all(_is_done(each, _PASSED) for each in before)
    return captured and now <= told and (not asked or f"run {code(report.run)} " in body)


def _is_done(line: str, actions: Iterable[Action]) -> bool:
    return any(f" | {DONE[action]} | " in line for action in actions)


def _lines(body: str) -> set[str]:
    """Of the table of pipelines."""
    _, _, rest = body.partition(row(*_COLUMNS))
    return set(rest.split("\n\n", 1)[0].splitlines()[2:])


def line(report: SnapshotReport) -> Told:
    """The line in the log. A drive that failed, or a channel that could not be used, makes it an error."""
    fields = {
        "outcome": report.outcome.value,
        "reason": report.reason,
        "detail": report.detail,
        "project": report.project,
        "workspace": report.workspace,
        "branch": report.branch,
        "by": report.by,
        "run": report.run,
        "base": report.base,
        "head": report.head,
        "commit": report.commit,
        "crossed": report.crossed,
        "looked_at": report.looked_at,
        "drifted": sum(each.action in _DRIFT for each in report.rows),
        "merge_requests": [iid for iid, _ in report.proposals],
        "asked": list(report.asked[:_MOST_TITLES]),
        **backup_report.fields(report.backups),
        "untold": list(report.untold),
        **{action.value: _titles(report, action) for action in RISK},
    }
    ignored = report.outcome is Outcome.IGNORED
    said = f"ignored: {report.reason}" if ignored else f"snapshot: {report.outcome.value}"
    failed = report.outcome in FAILURES or bool(report.untold) or not all(each.ok for each in report.backups)
    return Told(said, fields, bad=failed)


def _advice(report: SnapshotReport) -> Iterator[str]:
    """What to do, the gravest first; a graver ending doesn't hide what a pipeline needs."""
    found = {report.outcome}
    if report.outcome is not Outcome.PLANNED:
        found |= {_ENDING.get(each.action, Outcome.PROPOSED) for each in report.rows if _waits(each)}
    return (text for outcome, text in ADVICE.items() if outcome in found)


def _waits(row: SnapshotRow) -> bool:
    """Whether a person has to do something about it that the advice tells."""
    return row.action in _ENDING or row.iid is not None


def _by_hand(report: SnapshotReport) -> Iterator[tuple[str, str]]:
    return ((each.title, each.why) for each in report.rows if each.action is Action.LEAVE and "by hand" in each.why)


def _titles(report: SnapshotReport, action: Action) -> list[str]:
    return [each.title for each in report.rows if each.action is action][:_MOST_TITLES]


def _facts(report: SnapshotReport) -> str:
    facts = [f"run {code(report.run)}", f"commit {code(report.head[:8])} of {code(report.branch)}"]
    if report.commit:
        facts.append(f"captured in {code(report.commit[:8])}")
    if report.looked_at:
        facts.append(f"{report.looked_at} pipelines looked at")
    facts += [f"merge request !{iid}" for iid, _ in report.proposals]
    if report.pipeline is not None:
        facts.append(f"pipeline {report.pipeline} started")
    if report.by:
        facts.append(f"asked for by {code(report.by)}")
    return " · ".join(facts)


def _problem(report: SnapshotReport) -> str:
    detail = f": {sentence(report.detail)}" if report.detail else ""
    return f"**Reason** {code(report.reason)}{detail}" if report.reason else ""


def _crossed(report: SnapshotReport) -> str:
    if not report.crossed:
        return ""
    return "**Look at this commit**: another came right before it. A file that it created may replace one of theirs."


def _table(rows: tuple[SnapshotRow, ...]) -> str:
    ordered = sorted(rows, key=lambda each: (RISK.index(each.action), each.title))
    return table(
        _COLUMNS,
        [(code(each.title), _done(each), sentence(each.why)) for each in ordered],
    )


def _done(row: SnapshotRow) -> str:
    return f"{DONE[row.action]}: !{row.iid}" if row.iid is not None else DONE[row.action]


def _asked(report: SnapshotReport) -> str:
    return "A deploy was asked for, which records or heals what is named here." if report.asked else ""
