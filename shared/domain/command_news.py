"""Reports of what people and the scheduler ask for by name → what people hear of it beside GitLab."""

from collections.abc import Iterator

from .answer import Outcome
from .deploy_news import backup_rows
from .drill_report import DrillLine, DrillReport, Verdict
from .force_report import Forced
from .news import News, NewsRow, Tone, fitted, identity, quoted
from .occasion import Kind
from .return_report import Returned
from .saved_report import SavedReport
from .sweep_report import Swept

_FOUND = {
    Verdict.PROVEN: ("proven", Tone.GOOD),
    Verdict.DAMAGED: ("damaged", Tone.BAD),
    Verdict.FAILED: ("not read", Tone.BAD),
    Verdict.UNREADABLE: ("unreadable", Tone.WARN),
    Verdict.NONE: ("no backup", Tone.WARN),
}
_MOST_NAMED = 10


def of_saved(report: SavedReport, *, same: str) -> tuple[News, ...]:
    """A backup by hand that is not complete."""
    if report.complete:
        return ()
    detail = f": {report.detail}" if report.detail else ""
    news = News(
        Kind.BACKUP_FAILED,
        report.project,
        identity(Kind.BACKUP_FAILED, report.project, report.workspace, same),
        f"❌ No complete backup of {quoted(report.workspace)}",
        Tone.BAD,
        f"Reason: {quoted(report.reason)}{detail}" if report.reason else "",
        tuple(_asked(report.by)),
        about="Drive or pipeline",
        commit=report.head,
    )
    missing = [NewsRow(title, "not given", "AIC did not give it", Tone.BAD) for title in report.missing]
    return (fitted(news, [*backup_rows(report.lines), *missing]),)


def of_drill(report: DrillReport, *, project: str, workspace: str, same: str) -> tuple[News, ...]:
    """A backup that can't be trusted."""
    if not any(each.bad for each in report.lines):
        return ()
    news = News(
        Kind.BACKUP_FAILED,
        project,
        identity(Kind.BACKUP_FAILED, project, workspace, same),
        f"❌ A backup of {quoted(workspace)} can’t be trusted",
        Tone.BAD,
        "It was read back for trial, and is not what was stored. Older backups may be whole: look at the drive.",
        tuple(_asked(report.by)),
        about="Drive",
    )
    return (fitted(news, map(_drilled, report.lines)),)


def _drilled(line: DrillLine) -> NewsRow:
    status, tone = _FOUND[line.verdict]
    damages = ", ".join(f"{quoted(each.path)} is {each.what}" for each in line.damages[:_MOST_NAMED])
    why = damages or line.detail or (f"{line.files} files read back" if line.files else "")
    return NewsRow(line.drive, status, why, tone)


def of_returned(report: Returned, *, same: str) -> tuple[News, ...]:
    """A rollback or restore that was begun, or failed; whoever asked for what can't be is answered, and nobody else."""
    if report.outcome in (Outcome.NOTHING, Outcome.REFUSED):
        return ()
    place = quoted(report.workspace or report.branch)
    done = report.outcome in (Outcome.ASKED, Outcome.PROPOSED)
    news = News(
        Kind.ROLLBACK,
        report.project,
        identity(Kind.ROLLBACK, report.project, report.workflow, report.outcome, report.iid or same),
        f"↩️ {place} goes back" if done else f"❌ No {report.workflow} of {place}",
        Tone.WARN if done else Tone.BAD,
        _verdict(report),
        (*_asked(report.by), *([f"to {report.source}"] if report.source else [])),
        commit=report.head,
        merge_request=report.iid,
    )
    back = [NewsRow(title, "goes back", "", Tone.GOOD) for title in report.titles]
    left = [NewsRow(title, "left as it is", why, Tone.WARN) for title, why in report.left_out]
    return (fitted(news, [*left, *back]),)


def _verdict(report: Returned) -> str:
    if report.reason:
        return f"Reason: {quoted(report.reason)}" + (f": {report.detail}" if report.detail else "")
    if report.iid is None:
        return "A deploy was asked for, which puts the older version live and tells what became of it."
    at_once = "The older version is being put live." if report.now else "Merging puts the older version live."
    return f"{at_once} While the merge request is open its pipelines are held."


def of_forced(report: Forced) -> tuple[News, ...]:
    """AIC has won over what was merged, or is about to; what was merely asked is answered, and told to nobody else."""
    if report.outcome not in (Outcome.MADE, Outcome.PROPOSED):
        return ()
    place, made = quoted(report.workspace), report.outcome is Outcome.MADE
    news = News(
        Kind.DRIFT,
        report.project,
        identity(Kind.DRIFT, report.project, report.workflow, report.commit or report.iid),
        f"⚠️ Git was made to have what AIC runs in {place}" if made else f"⚠️ A force push of {place} waits",
        Tone.WARN,
        "What Git had before stays in its history." if made else "Merging makes Git have what AIC runs.",
        tuple(_asked(report.by)),
        commit=report.commit,
        merge_request=report.iid,
    )
    changed = [NewsRow(title, "from AIC", why, Tone.WARN) for title, why in report.changed]
    left = [NewsRow(title, "left as it is", why, Tone.PLAIN) for title, why in report.left_out]
    return (fitted(news, [*changed, *left]),)


def of_swept(found: Swept) -> tuple[News, ...]:
    """Hooks that GitLab has disabled: merges are not told to the service any more."""
    if not found.disabled:
        return ()
    news = News(
        Kind.HOOK_DISABLED,
        found.project,
        identity(Kind.HOOK_DISABLED, found.project, *found.disabled),
        f"❌ GitLab no longer tells of merges in {quoted(found.project)}",
        Tone.BAD,
        "GitLab has disabled the hook, since calls of it failed. Until it is enabled again, merges are found by the "
        "sweep alone, minutes later. In GitLab, under Settings, Webhooks: look at its recent events, then test it.",
        about="Hook",
        daily=True,
    )
    return (fitted(news, [NewsRow(str(number), "disabled", "", Tone.BAD) for number in found.disabled]),)


def trial(project: str, *, by: str, same: str) -> News:
    """What somebody asks for who wants to see whether news arrive."""
    news = News(
        Kind.TRIAL,
        project,
        identity(Kind.TRIAL, project, same),
        f"👋 News of {quoted(project)} will come here",
        Tone.PLAIN,
        "This is a trial; nothing has happened.",
        tuple(_asked(by)),
    )
    return fitted(news, [NewsRow("Demographics", "updated", "as a deploy would show it", Tone.GOOD)])


def _asked(by: str) -> Iterator[str]:
    if by:
        yield f"asked for by {quoted(by)}"
