"""What a deploy would decide → a review: what of each pipeline differs, what speaks against it, who reads it."""

from collections.abc import Sequence
from dataclasses import replace

from ..domain import allowed_secrets, labels, review, review_checks, review_sides
from ..domain.allowed_secrets import ALLOWED_FILE, AllowedSecrets
from ..domain.content import Content
from ..domain.errors import Refused
from ..domain.layout import MAPPING_FILE
from ..domain.plan import Action, Decision, Versions
from ..domain.review import Review, Reviewed
from ..domain.review_checks import Checked
from . import code_checks, impact, proofs
from .catalogue import Catalogue
from .code_checks import CodeChecks
from .foresight import Foresight, Question
from .impact import Impact
from .outside import Outside
from .target import Target

_REMAPPED = (
    f"it changes `{MAPPING_FILE}`, which counts once it is on the default branch: the next deploy of each branch that "
    "it names then looks at every pipeline"
)


def of(
    found: Foresight, begun: Review, target: Target, *, question: Question, catalogue: Catalogue, outside: Outside
) -> Review:
    """`begun` with all that can be told; reads from GitLab what else it needs, and raises what the ports raise."""
    coded, unproven = code_checks.of(found, outside), proofs.unproven(found, target, question, outside)
    decisions = (*found.ours, *_unasked(found, coded))
    mine = frozenset(each.title for each in decisions)
    allowed, trouble = _allowed(decisions, outside)
    sides = {each.title: review_sides.of(each) for each in decisions}
    known = impact.of(sides, project=question.project, commit=found.tip, catalogue=catalogue, outside=outside)
    confirmed = labels.DELETE in found.proposal.labels
    return replace(
        begun,
        target=found.tip,
        base=found.seen.recorded or "",
        ours=tuple(
            _reviewed(
                each,
                _checked(each, coded, allowed, confirmed=confirmed)
                + review_checks.of_proof(unproven.get(each.title, "")),
                sides[each.title],
                known,
            )
            for each in decisions
        ),
        waiting=tuple(each for each in found.waiting if each.title not in mine),
        unseen=known.unseen,
        warnings=(*((_REMAPPED,) if MAPPING_FILE in found.paths else ()), *trouble),
    )


def _unasked(found: Foresight, coded: CodeChecks) -> tuple[Decision, ...]:
    """Pipelines of which the code alone is touched: a deploy looks at them only if they wait on the branch anyway."""
    waiting = {title: each for each in found.waiting for title in each.titles}
    return tuple(
        dict.fromkeys(waiting.get(title) or _untouched(title, each) for title, each in sorted(coded.alone.items()))
    )


def _untouched(title: str, config: Content) -> Decision:
    return Decision(Versions(title, config, config, None, touched=False), 1, Action.NONE, "its config stays as it is")


def _allowed(decisions: Sequence[Decision], outside: Outside) -> tuple[AllowedSecrets, tuple[str, ...]]:
    """What the project lets pass, asked for only where something looks like a secret; a list that can't be read lets
    nothing pass, and is told.
    """
    if not any(review_checks.has_secrets(each) for each in decisions):
        return AllowedSecrets(), ()
    stored = outside.repository.file(ALLOWED_FILE, "HEAD")
    try:
        return (allowed_secrets.parse(stored.data) if stored else AllowedSecrets()), ()
    except Refused as error:
        return AllowedSecrets(), (error.detail,)


def _checked(decision: Decision, coded: CodeChecks, allowed: AllowedSecrets, *, confirmed: bool) -> Checked:
    return (
        Checked(review.of_decision(decision))
        + review_checks.of_shape(decision)
        + review_checks.of_secrets(decision, allowed)
        + coded.found.get(decision.title, Checked())
        + review_checks.of_deletion(decision, confirmed=confirmed)
    )


def _reviewed(decision: Decision, checked: Checked, sides: review_sides.Sides, known: Impact) -> Reviewed:
    return Reviewed(
        decision,
        sides.diff,
        sides.before,
        sides.after,
        readers=known.readers.get(decision.title, ()),
        graph=sides.graph,
        deletes=review_checks.deletes(decision),
        problems=checked.problems,
        warnings=checked.warnings,
    )
