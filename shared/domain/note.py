"""A report → the note that people read on the merge request or commit."""

import shlex
from collections.abc import Iterable
from urllib.parse import quote

from . import holding
from .backup_report import markdown
from .bounded import section, table
from .journal import Entry, hide
from .markdown import code, row, sentence
from .plan import Action
from .posting import DEPLOY
from .report import FAILURES, SUCCESSES, Outcome, Report, Row

_IN_CONFLICT = "nothing deployed to "
RISK = (
    Action.CONFLICT,
    Action.REFUSE,
    Action.CREATE,
    Action.RENAME,
    Action.UPDATE,
    Action.HOLD,
    Action.LEAVE,
    Action.NONE,
)
HEADLINES = {
    Outcome.DEPLOYED: "✅ Deployed to {}",
    Outcome.UNCHANGED: "✅ Nothing to write in {}",
    Outcome.CONFLICT: "❌ Not deployed to {}: somebody edited it in AIC",
    Outcome.REFUSED: "❌ Not deployed to {}",
    Outcome.FAILED: "❌ Not deployed to {}: it failed",
    Outcome.HALF_DEPLOYED: "🚨 {} is half deployed",
    Outcome.HELD: "⏸️ Not all of it is deployed to {}: an open rollback holds the rest",
    Outcome.SUPERSEDED: "⏭️ Not deployed by itself: {} has moved on",
    Outcome.IGNORED: "⏭️ Not deployed: {}",
    Outcome.PLANNED: "🔎 What a deploy to {} would do",
    Outcome.RUNNING: "⏳ Deploying to {}",
}
ADVICE = {
    Outcome.CONFLICT: "This is not live, and no edit was overwritten.",
    Outcome.REFUSED: "This is not live. Once what is named below is mended, the next merge tries again.",
    Outcome.FAILED: "This is not live: what had been written was put back. The next merge tries again.",
    Outcome.HALF_DEPLOYED: "Some pipelines run the new version and some the old one; they are named below. "
    "Look at them in AIC.",
    Outcome.HELD: "What is held keeps the version that it has in AIC. Merging the rollback ends that, and so does "
    "closing it: then this version is brought live by the deploy that follows.",
    Outcome.RUNNING: "Pipelines are being written, read back and compared. This note is brought up to date at the end.",
    Outcome.PLANNED: "Nothing was written.",
}


_KEPT = (
    "What AIC runs instead is kept in the merge request that each conflict below names. To keep the edit, merge that, "
    "and settle there what both sides changed: the branch is deployed as it is then. To drop it, let Git win by "
    "the line below; the edit stays in its merge request."
)
_NOT_KEPT = (
    "What could not be kept is in AIC alone. To keep it, bring it into Git by a merge request of its own that holds "
    "exactly what AIC runs now. To drop it, set the pipeline in AIC to what Git has."
)

_SOURCED = (
    "Where the branch has another version, the next snapshot has that put live again, and so does a deploy that looks "
    "at these pipelines. "
    "A rollback keeps it so: while its merge request is open nothing does that, and merging it makes Git say the same."
)

LIMITED = "limited-"
"""How the kind of a run begins that is limited to some pipelines; each set of them has its own note."""


def is_limited(body: str, branch: str) -> bool:
    """Whether it is a note of a run on that branch that was limited to some pipelines."""
    first, *_ = body.split("\n", 1)
    return first.startswith(f"<!-- aic-{LIMITED}") and first.endswith(f" {quote(branch, safe='/')} -->")


def is_running(body: str) -> bool:
    """Whether it is the note of a run that has not said yet how it ended."""
    return f"\n### {HEADLINES[Outcome.RUNNING].format('')}" in body


def marker(branch: str, *, kind: str) -> str:
    """The first line of our notes, by which a later run finds its own note again."""
    return f"<!-- aic-{kind} {quote(branch, safe='/')} -->"


def render(report: Report, *, first_line: str, journal: Iterable[Entry] = ()) -> str:
    """Markdown for GitLab, a few kilobytes; the riskiest pipelines first."""
    parts = [
        first_line,
        f"### {HEADLINES[report.outcome].format(code(report.workspace or report.branch))}",
        _facts(report),
        _advice(report),
        _problem(report),
        _table(report.rows),
        _again(report),
        section("Taken back", ((undone.title, undone.taken.value) for undone in report.undone)),
        section("To do by hand in AIC", report.by_hand),
        section("Edited in AIC since the last deploy (drift)", _drift(report)),
        markdown(report.backups),
        hide(entries) if (entries := tuple(journal)) else "",
    ]
    return "\n\n".join(part for part in parts if part)


def shows(body: str, rows: Iterable[Row]) -> bool:
    """Whether the table of a note has these rows as they are."""
    lines = body.split("\n")
    return all(row(*_cells(each)) in lines for each in rows)


def summary(report: Report) -> str:
    """One line of plain text, for the commit status."""
    words = {
        Outcome.DEPLOYED: f"{report.written} deployed to {report.workspace}, read back and equal",
        Outcome.UNCHANGED: f"nothing to write in {report.workspace}; pipelines looked at: {len(report.rows)}",
        Outcome.RUNNING: f"deploying to {report.workspace}",
        Outcome.HELD: f"{report.written} deployed to {report.workspace}; {_held(report)}",
        Outcome.CONFLICT: f"{_IN_CONFLICT}{report.workspace}: edited in AIC, see the note",
        Outcome.FAILED: f"not deployed to {report.workspace}: {report.reason}",
        Outcome.HALF_DEPLOYED: f"{report.workspace} is half deployed: {report.reason}",
    }
    return words.get(report.outcome, f"nothing deployed, see the note: {report.reason or report.outcome.value}")


def tells_conflict(summary: str) -> bool:
    """Whether a line that was made above is that of a conflict."""
    return summary.startswith(_IN_CONFLICT)


def _held(report: Report) -> str:
    held = [row for row in report.rows if row.action is Action.HOLD]
    return f"{len(held)} {holding.words(row.proposal for row in held if row.proposal)}"


def _advice(report: Report) -> str:
    conflicts = [each for each in report.rows if each.action is Action.CONFLICT]
    kept = _KEPT if any(each.proposal for each in conflicts) else ""
    not_kept = _NOT_KEPT if any(not each.proposal for each in conflicts) else ""
    more = (kept, not_kept) if report.outcome is Outcome.CONFLICT else ()
    sourced = _SOURCED if report.source and report.outcome in SUCCESSES else ""
    return " ".join(part for part in (ADVICE.get(report.outcome, ""), *more, sourced) if part)


def _facts(report: Report) -> str:
    facts = []
    if report.head:
        facts.append(f"commit {code(report.head[:8])} of {code(report.branch)}")
    if report.source:
        facts.append(f"content of {sentence(report.source)}")
    elif report.base and report.base != report.head:
        facts.append(f"since {code(report.base[:8])}")
    if report.outcome is Outcome.DEPLOYED:
        facts.append(f"{report.written} written; every pipeline was read back and is as it should be or named below")
    if report.by:
        facts.append(f"asked for by {code(report.by)}")
    if report.adopted:
        facts.append("first deploy with this mapping: every pipeline was looked at")
    return " · ".join(facts)


def _problem(report: Report) -> str:
    detail = f": {sentence(report.detail)}" if report.detail else ""
    return f"**Reason** {code(report.reason)}{detail}" if report.reason else ""


def _again(report: Report) -> str:
    """How a person asks once more, ready to be pasted."""
    if report.outcome not in FAILURES or not report.again:
        return ""
    lines = [f"To have it tried again: {_published(report.again)}"]
    if report.override:
        lines.append(f"To let Git win over every edit named above: {_published(report.override)}")
    return "\n\n".join(lines)


def _published(message: str) -> str:
    return code(f"gcloud pubsub topics publish {DEPLOY} --message {shlex.quote(message)}", limit=2000)


def _table(rows: tuple[Row, ...]) -> str:
    ordered = sorted(rows, key=lambda each: (RISK.index(each.action), each.title))
    return table(("Pipeline", "What was done", "Why", "Seconds"), [_cells(each) for each in ordered])


def _cells(each: Row) -> tuple[str, ...]:
    link = "" if each.proposal is None else f"!{each.proposal}: "  # which GitLab makes a link
    return code(each.title), each.done, link + sentence(each.why), _seconds(each)


def _seconds(done: Row) -> str:
    return "" if done.seconds is None else f"{done.seconds:.1f}"


def _drift(report: Report) -> Iterable[tuple[str, str]]:
    return ((each.title, each.why) for each in report.rows if each.action is Action.LEAVE and "edited" in each.why)
