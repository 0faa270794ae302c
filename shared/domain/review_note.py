"""A review → the one note on the merge request, and the line of its commit status."""

from collections.abc import Iterator, Sequence

from . import labels, review_mark
from .bounded import section, table
from .credentials import hide_in_text
from .markdown import code, sentence
from .plan import Action, Decision
from .review import Review, Reviewed, Risk, Trouble
from .review_details import fold

MARK = "<!-- aic-plan "
"""How the note begins, by which it is found again."""
MOST_BYTES = 200_000
"""Of all details; GitLab takes a million characters, people read less."""
_LONGEST_STATUS, _MOST_NAMED = 250, 10
_BESIDE = "**Not in this merge request, but deployed with it**"
_SIGNS = {
    Risk.STOPS: "🔴 stops the merge",
    Risk.DELETES: "🔴 deletion",
    Risk.HIGH: "🟠 high",
    Risk.SOME: "🟡 some",
    Risk.NONE: "⚪ none",
}
_WORDS = {
    Action.NONE: "nothing: live already",
    Action.UPDATE: "update",
    Action.RENAME: "rename",
    Action.CREATE: "create",
    Action.HOLD: "held back",
    Action.LEAVE: "left as it is",
    Action.CONFLICT: "**conflict**",
    Action.REFUSE: "**refused**",
}
_PARTICIPLES = {Action.UPDATE: "updated", Action.RENAME: "renamed", Action.CREATE: "created"}


def render(review: Review, *, seen: str) -> str:
    """Markdown for GitLab without anything that looks like a secret, the riskiest pipelines first.

    `seen` is when the run began to look; it is kept in the first line, where nobody sees it, for a later run.
    """
    ordered = sorted(review.ours, key=lambda each: (each.risk, each.title))
    parts = [
        review_mark.first_line(seen=seen, source=review.source, run=review.run),
        *_verdict(review),
        _table(ordered),
        _problems(review, ordered),
        section("To know", _warnings(review, ordered)),
        _waiting(review),
        *_folds(ordered),
        _facts(review),
    ]
    return hide_in_text("\n\n".join(part for part in parts if part))


def summary(review: Review, *, seen: str, beside: int | None = None) -> str:
    """One line of plain text, for the commit status; `beside` is another merge request that makes it red."""
    if review.reason:
        said = f"no plan: {review.reason}"
    elif review.aside:
        said = f"merging deploys nothing: {review.aside}"
    elif review.problems:
        kinds = dict.fromkeys(problem.trouble for problem in review.problems)
        said = "; ".join(f"{_count(review, kind)} {kind.value}" for kind in kinds)
    else:
        gone = sum(each.deletes for each in review.ours)
        said = ", ".join(filter(None, (_sum(review), f"{gone} deleted in Git" if gone else ""))) or "nothing to write"
    place = f" in {review.workspace}" if review.workspace else ""
    unknown = review_mark.UNKNOWN if review.reason else ""
    ends = review_mark.ending(target=review.target, live=review.base or unknown, seen=seen, beside=beside)
    return _fitting(review, f"{said}{place}", ends)


def begun(review: Review, *, seen: str) -> str:
    """The same while nothing is known yet."""
    ends = review_mark.ending(target=review_mark.UNKNOWN, live=review_mark.UNKNOWN, seen=seen)
    return _fitting(review, f"looking at what merging does in {review.workspace}", ends)


def _fitting(review: Review, said: str, ends: str) -> str:
    """The ending is for the service itself, and stays whole."""
    return hide_in_text(f"!{review.merge_request}: {said}")[: _LONGEST_STATUS - len(ends)] + ends


def _count(review: Review, trouble: Trouble) -> int:
    return sum(problem.trouble is trouble for problem in review.problems)


def _sum(review: Review) -> str:
    return ", ".join(f"{count} {_PARTICIPLES[action]}" for action, count in review.counts.items())


def _verdict(review: Review) -> tuple[str, str]:
    place, gone = code(review.workspace or review.branch), _deleted(review)
    if review.reason:
        why = f": {sentence(review.detail)}" if review.detail else ""
        return f"### ❌ No plan for {place}", f"**Reason** {code(review.reason)}{why}"
    if review.aside:
        return "### ⚪ Merging this deploys nothing", f"**Reason** {code(review.aside)}"
    if review.problems:
        count = len(review.problems)
        things = "one thing is" if count == 1 else f"{count} things are"
        lost = f" 🔴 It would delete {gone} from Git." if gone else ""
        return f"### ❌ Don't merge this yet: {things} in the way", f"What that is stands below.{lost}"
    if gone:
        said = f"The label {code(labels.DELETE)} confirms it. {_written(review)}"
        return f"### 🔴 Merging this deletes {gone} from Git", said
    if not review.counts:
        return f"### ✅ Merging this writes nothing to {place}", "What it changes is live already, or no pipeline."
    return f"### ✅ Merging this writes to {place}", _written(review)


def _deleted(review: Review) -> str:
    """The pipelines that would go, by their names."""
    gone = [each.title for each in review.ours if each.deletes]
    more = f" and {len(gone) - _MOST_NAMED} more" if len(gone) > _MOST_NAMED else ""
    return ", ".join(map(code, gone[:_MOST_NAMED])) + more


def _written(review: Review) -> str:
    waits = sum(each.action in _PARTICIPLES for each in review.waiting)
    more = f" Of these, {waits} wait on {code(review.branch)} already." if waits else ""
    return f"Pipelines: {_sum(review)}.{more}" if review.counts else "Nothing is written."


def _table(ordered: Sequence[Reviewed]) -> str:
    rows = [(code(each.title), _what(each), sentence(_why(each)), _risk(each)) for each in ordered]
    return table(("Pipeline", "What will happen", "Why", "Risk"), rows)


def _what(each: Reviewed) -> str:
    return "**deleted in Git**" if each.deletes else _WORDS[each.decision.action]


def _why(each: Reviewed) -> str:
    """What is in the way stands below in full."""
    if each.problems:
        return ", ".join(dict.fromkeys(problem.trouble.value for problem in each.problems))
    return each.decision.why or "the same as in AIC"


def _risk(each: Reviewed) -> str:
    read = f", read by {len(each.readers)}" if each.readers else ""
    return f"{_SIGNS[each.risk]}{read}"


def _problems(review: Review, ordered: Sequence[Reviewed]) -> str:
    mine = [(each.title, f"{problem.trouble.value}: {problem.why}") for each in ordered for problem in each.problems]
    stopped = [each for each in review.waiting if each.action in (Action.CONFLICT, Action.REFUSE)]
    return section("In the way", [*mine, *((each.title, f"waits on the branch: {each.why}") for each in stopped)])


def _warnings(review: Review, ordered: Sequence[Reviewed]) -> Iterator[tuple[str, str]]:
    yield from (("this merge request", text) for text in review.warnings)
    yield from ((each.title, text) for each in ordered for text in each.warnings)


def _waiting(review: Review) -> str:
    """What a deploy does beside what this merge request changes."""
    shown: list[Decision] = [each for each in review.waiting if each.action is not Action.NONE]
    if not shown:
        return ""
    rows = [(code(each.title), _WORDS[each.action], sentence(each.why)) for each in shown]
    return (
        f"**Not in this merge request, but deployed with it**\n\n{table(('Pipeline', 'What will happen', 'Why'), rows)}"
    )


def _folds(ordered: Sequence[Reviewed]) -> Iterator[str]:
    """The details, as many as fit, the riskiest first."""
    room, missing = MOST_BYTES, 0
    for number, each in enumerate(ordered):
        text = fold(each, sign=_SIGNS[each.risk], drawn=number) if room > 0 else ""
        room -= len(text.encode())
        if text and room >= 0:
            yield text
        elif room <= 0:
            missing += 1
    if missing:
        yield f"There was no room for the details of {missing} more: see *Changes*."


def _facts(review: Review) -> str:
    upon = f" upon {code(review.target[:8])} of {code(review.branch)}" if review.target else ""
    planned = review.target and not (review.reason or review.aside)
    live = f", live is {code(review.base[:8])}" if review.base else ", nothing was deployed yet" if planned else ""
    unseen = f" · who reads its tables is not known: {sentence(review.unseen)}" if review.unseen else ""
    return f"Computed {review.moment} for {code(review.source[:8])}{upon}{live}{unseen}"
