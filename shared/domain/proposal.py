"""What was changed in AIC → the text of the merge request that brings it into Git."""

import shlex
from collections.abc import Iterable, Iterator, Sequence

from .bounded import section, table
from .change import Change, Compared, Kind, compare
from .code_diff import Difference
from .markdown import block, code, fold, sentence
from .posting import DEPLOY

MOST_LINES, FEWEST_LINES, ALL_LINES = 60, 12, 3600
"""Of one pipeline's diff, and of all together, which the pipelines share."""
MOST_BYTES = 160_000
"""Of all diffs; GitLab takes a million characters, people read less."""
LONGEST_AGAIN = 3000
"""Characters of a message that people are to paste."""
_MOST_NAMED = 10
_SIGNS = {Kind.CONFLICT: "⚠️ **conflict**", Kind.DELETED: "🗑️ deleted"}
_MERGED = "AIC runs them already, so that merging this deploys nothing."


def render(
    changes: Iterable[Change],
    *,
    first_line: str,
    workspace: str,
    branch: str,
    base: str,
    run: str,
    withheld: Iterable[tuple[str, str]] = (),
    again: str = "",
) -> str:
    """Markdown for GitLab. `base` is the full sha that the branch was cut at, `run` the run that wrote here last.

    `withheld` are titles with sentences; `again` is the message that has Git's version deployed over AIC's, as JSON.
    """
    seen = list(compare(changes))
    parts = [
        first_line,
        *_verdict(seen, place=code(workspace), target=code(branch)),
        _table(seen),
        _advice(seen, again),
        *_folds(seen),
        section("Not in this merge request", withheld),
        f"Cut at {code(base[:8])} of {code(branch)} · run {code(run)}",
    ]
    return "\n\n".join(part for part in parts if part)


def _conflicts(seen: Iterable[Compared]) -> int:
    return sum(each.change.kind is Kind.CONFLICT for each in seen)


def _verdict(seen: Sequence[Compared], *, place: str, target: str) -> tuple[str, str]:
    if not seen:
        return f"### ✅ {place} and Git agree again", "Nothing is left to be merged: close this merge request."
    pipelines = "1 pipeline" if len(seen) == 1 else f"{len(seen)} pipelines"
    found = _conflicts(seen)
    were = "was" if (found or len(seen)) == 1 else "were"
    if found:
        return (
            f"### ⚠️ {found} of {pipelines} {were} changed both in {place} and in Git",
            f"Nothing was overwritten on either side. Until somebody decides, deploys of {target} write nothing.",
        )
    return (
        f"### 📥 {pipelines} {were} changed in {place} and not in Git",
        f"This brings the changes into {target}. {_MERGED}",
    )


def _table(seen: Sequence[Compared]) -> str:
    rows = [(code(each.change.title), _sign(each.change.kind), _size(each.in_aic), _how(each.change)) for each in seen]
    width = 4 if any(how for *_, how in rows) else 3
    return table(("Pipeline", "What happened", "Lines", "How")[:width], [row[:width] for row in rows])


def _sign(kind: Kind) -> str:
    return _SIGNS.get(kind, kind.value)


def _how(change: Change) -> str:
    if change.previous:
        return f"was {code(change.previous)}"
    return sentence(change.why) if change.why != f"{change.kind.value} in AIC" else ""


def _size(found: Difference | None) -> str:
    return f"+{found.added}\u00a0−{found.removed}" if found else ""


def _advice(seen: Sequence[Compared], again: str) -> str:
    if not seen:
        return ""
    line = f"gcloud pubsub topics publish {DEPLOY} --message {shlex.quote(again)}"
    force = (
        f"to have Git's version written over it, ask for that: {code(line, limit=2 * LONGEST_AGAIN)}" if again else ""
    )
    aic, git = "merge.", f"close this merge request. AIC goes on with its own; {force or 'change it back there.'}"
    if _conflicts(seen):
        aic = "merge, and choose *Use ours* where *Resolve conflicts* asks."
        git = f"choose *Use theirs* there and merge: the next deploy writes it. Or {git}"
    both = "edit the files below `config/` on this branch and merge: the next deploy writes them."
    points = ("AIC has", aic), ("Git has", git), ("both have", both)
    return "\n".join(("**What to do**", "", *(f"- To keep what {whose}: {what}" for whose, what in points)))


def _folds(seen: Sequence[Compared]) -> Iterator[str]:
    """The diffs, as many as fit, the gravest first."""
    room, missing = MOST_BYTES, 0
    most = min(MOST_LINES, max(FEWEST_LINES, ALL_LINES // max(1, len(seen))))
    for each in seen:
        text = _fold(each, most) if room >= 0 else ""
        room -= len(text.encode())
        if text and room >= 0:
            yield text
        missing += each.change.kind is not Kind.DELETED and (room < 0 or each.in_aic is None)
    if missing:
        yield f"There was no room for the lines of {missing} more: see *Changes*."


def _fold(seen: Compared, most: int) -> str:
    change, found = seen.change, seen.in_aic
    if found is None or not found.lines or change.kind is Kind.DELETED:
        return ""
    files = "1 file" if len(found.files) == 1 else f"{len(found.files)} files"
    facts = f"· {change.kind.value} · {_size(found)} in {files}"
    return fold(change.title, facts, "\n\n".join(_body(seen, found, most)))


def _body(seen: Compared, found: Difference, most: int) -> Iterator[str]:
    in_git, there = seen.in_git, seen.change.in_git
    if in_git is None:
        yield _block(found, most)
        return
    both = [name for name in found.files if name in in_git.files]
    more = f" and {len(both) - _MOST_NAMED} more" if len(both) > _MOST_NAMED else ""
    named = f"{', '.join(map(code, both[:_MOST_NAMED]))}{more}"
    yield f"Both sides changed {named or 'it, but no file in common'}." if there else "Git has deleted it."
    yield f"In AIC:\n\n{_block(found, most // 2)}"
    if there and in_git.lines:
        yield f"In Git meanwhile:\n\n{_block(in_git, most // 2)}"


def _block(found: Difference, most: int) -> str:
    shown = block(found.lines[:most], language="diff")
    more = len(found.lines) - most
    return f"{shown}\n\n… and {more} more lines" if more > 0 else shown
