"""What was measured, as lines for people and as JSON for machines."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from bench import deploys, imports, memory, snapshots, webhook
from bench.snapshot_goals import goals

Document = dict[str, object]
_SNAPSHOT_HEAD = (
    "ms", "pipelines", "snapshot", "ours", "incumbent", "faster", "GitLab", "AIC", "drive", "bucket", "commits", "its",
)  # fmt: skip
_HEAD = ("ms", "pipelines", "changed", "ours", "incumbent", "faster", "goal", "its named", "GitLab", "AIC")


def of_deploys(found: Sequence[deploys.Result]) -> list[str]:
    """Seconds are medians; the last two columns count our requests."""
    return _lines([_HEAD, *(_deploy_cells(result) for result in found)])


def of_snapshots(found: Sequence[snapshots.Result]) -> list[str]:
    """Seconds are medians; the last columns count our requests and commits. What was missed follows."""
    missed = [
        f"{result.case.kind}, {result.case.pipelines:,} pipelines: MISSED {goal.words}"
        for result in found
        for goal in goals(result)
        if not goal.met
    ]
    return [*_lines([_SNAPSHOT_HEAD, *(_snapshot_cells(result) for result in found)]), *missed]


def of_webhook(result: webhook.Result) -> list[str]:
    """Four lines."""
    ours, bare = (statistics.median(each.hooks for each in found) for found in (result.ours, result.bare))
    spent, least = result.processor
    return [
        f"webhook: {ours:.0f} hooks/s, a bare function {bare:.0f}: {result.share:.2f} of it"
        + _met(result.share >= webhook.GOAL_SHARE, f"at least {webhook.GOAL_SHARE}"),
        f"webhook: {spent:.2f} ms of a processor a hook, a bare function {least:.2f}: {least / spent:.2f} of its speed",
        f"webhook: p99 {result.p99:.1f} ms at {webhook.RATE:.0f} signed hooks/s"
        + _met(result.p99 <= webhook.GOAL_P99, f"at most {webhook.GOAL_P99:.0f}"),
        f"webhook: {result.failed} of these without success" + _met(not result.failed, "none"),
    ]


def of_imports(result: imports.Result) -> list[str]:
    """Two lines."""
    main, ready, least = (statistics.median(each) for each in (result.main, result.ready, result.least))
    return [
        f"import: {main:.3f} s for main, functions-framework and the publisher {least:.3f} s: "
        f"{result.times(result.main):.2f} times"
        + _met(result.times(result.main) <= imports.GOAL_TIMES, f"at most {imports.GOAL_TIMES}"),
        f"import: {ready:.3f} s with what the first request imports: {result.times(result.ready):.2f} times"
        + _met(result.times(result.ready) <= imports.GOAL_TIMES, f"at most {imports.GOAL_TIMES}"),
    ]


def of_memory(result: memory.Result) -> list[str]:
    """A line for each; files on the temporary disk count as memory."""
    found = [
        ("the first snapshot with its backup", result.first, memory.GOAL_SNAPSHOT),
        ("an unchanged snapshot with its backup", result.unchanged, memory.GOAL_SNAPSHOT),
        ("a drill", result.drill, memory.GOAL_SNAPSHOT),
        ("a deploy that looks at all", result.full, memory.GOAL_DEPLOY),
        ("a deploy of ten changed", result.changed, memory.GOAL_DEPLOY),
    ]
    of = f"of {result.pipelines} pipelines of {memory.BYTES // 1000} kB"
    return [
        f"memory: {peak.total:.0f} MiB, {peak.files:.0f} of them files, for {what} {of}"
        + _met(peak.total < goal, f"below {goal:.0f}")
        for what, peak, goal in found
    ]


def document_of_deploys(found: Iterable[deploys.Result]) -> list[Document]:
    """One object a row, with every round."""
    return [
        {
            "latency_ms": result.case.latency_ms,
            "pipelines": result.case.pipelines,
            "changed": result.case.changed,
            "ours_seconds": list(result.ours),
            "incumbent_seconds": list(result.whole),
            "incumbent_named_seconds": list(result.named),
            "times_faster": result.faster,
            "goal": result.goal,
            "requests": result.requests,
        }
        for result in found
    ]


def document_of_snapshots(found: Iterable[snapshots.Result]) -> list[Document]:
    """One object a row, with every round."""
    return [
        {
            "latency_ms": result.case.latency_ms,
            "pipelines": result.case.pipelines,
            "kind": result.case.kind,
            "ours_seconds": list(result.ours),
            "incumbent_seconds": list(result.theirs),
            "times_faster": result.faster,
            "requests": asdict(result.requests),
            "incumbent_commits": result.their_commits,
            "goals": {goal.words: goal.met for goal in goals(result)},
        }
        for result in found
    ]


def document_of_webhook(result: webhook.Result) -> Document:
    return {
        "ours_per_second": [each.hooks for each in result.ours],
        "bare_per_second": [each.hooks for each in result.bare],
        "ours_processor_ms": [each.processor for each in result.ours],
        "bare_processor_ms": [each.processor for each in result.bare],
        "share": result.share,
        "p50_ms": [each.percentile(0.5) for each in result.steady],
        "p99_ms": [each.percentile(0.99) for each in result.steady],
        "failed": result.failed,
    }


def _snapshot_cells(result: snapshots.Result) -> tuple[str, ...]:
    case, asked = result.case, result.requests
    return (
        f"{case.latency_ms:g}",
        str(case.pipelines),
        case.kind,
        f"{statistics.median(result.ours):.2f} s",
        f"{statistics.median(result.theirs):.2f} s" if result.theirs else "",
        f"{result.faster:.1f} x" if result.faster else "",
        *map(str, (asked.gitlab, asked.aic, asked.drive, asked.bucket, asked.commits)),
        str(result.their_commits) if result.theirs else "",
    )


def _lines(cells: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]


def _deploy_cells(result: deploys.Result) -> tuple[str, ...]:
    case = result.case
    ours, whole, named = (statistics.median(each) for each in (result.ours, result.whole, result.named))
    goal = "" if result.goal is None else f">= {result.goal:.0f}{'' if result.faster >= result.goal else ' MISSED'}"
    counts = (str(result.requests[system]) for system in ("GitLab", "AIC"))
    return (
        f"{case.latency_ms:g}",
        str(case.pipelines),
        str(case.changed),
        f"{ours:.2f} s",
        f"{whole:.2f} s",
        f"{result.faster:.1f} x",
        goal,
        f"{named:.2f} s",
        *counts,
    )


def _met(held: bool, goal: str) -> str:  # noqa: FBT001 - reads as the end of a sentence
    return f" (goal: {goal}{'' if held else ', MISSED'})"
