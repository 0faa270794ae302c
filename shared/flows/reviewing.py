"""A review, told top to bottom: find the merge request, aim, foresee, appraise, tell; again where something moved."""

from dataclasses import dataclass, replace

from ..domain import review_mark, review_report
from ..domain.errors import Permanent, Refused, ServiceError, Transient
from ..domain.gitlab import Proposal
from ..domain.review import Review
from ..domain.review_report import Outcome, ReviewReport
from . import appraisal, bulletin, foresight
from .catalogue import Catalogue
from .foresight import Question
from .outside import Moved, Outside
from .target import Elsewhere, Target, aim

ROUNDS = 4
"""How often a run looks again because somebody pushed meanwhile, or another run was under way."""
PAUSE = 0.5
"""Seconds before the second look; longer before each further one."""


@dataclass(frozen=True, slots=True)
class ReviewOrder:
    """One message with what the service knows of it. `final`: nobody will deliver it again."""

    question: Question
    by: str = ""
    final: bool = False


def review(order: ReviewOrder, catalogue: Catalogue, outside: Outside) -> ReviewReport:
    """Brings note and status up to date. Raises Refused `merge-request-missing`, since nobody can be told there;
    Transient where another delivery should try again, on the last one only if nobody could be told.
    """
    try:
        return _rounds(order, catalogue, outside)
    except Transient as error:
        if not order.final:
            raise
        return _given_up(order, error, outside.in_reserve())


def _rounds(order: ReviewOrder, catalogue: Catalogue, outside: Outside) -> ReviewReport:
    found = foresight.find(order.question, outside.repository)
    for attempt in range(1, ROUNDS):
        try:
            return _round(order, found, catalogue, outside)
        except Moved:
            outside.clock.sleep(min(attempt * PAUSE, outside.deadline.left()))
        found = _again(order, found, outside)
    return _round(order, found, catalogue, outside)


def _again(order: ReviewOrder, before: Proposal | Elsewhere, outside: Outside) -> Proposal | Elsewhere:
    """As it is now; a commit that is no longer its newest is left in order."""
    now = foresight.find(order.question, outside.repository)
    if isinstance(before, Proposal) and not (isinstance(now, Proposal) and now.head == before.head):
        bulletin.end_early(before, outside=outside)
    return now


def _round(order: ReviewOrder, found: Proposal | Elsewhere, catalogue: Catalogue, outside: Outside) -> ReviewReport:
    outside.deadline.check()
    if isinstance(found, Elsewhere):
        return _ignored(order, found)
    now = outside.clock.now()
    seen, begun = review_mark.moment(now), _begun(order, found, now)
    try:
        target = aim(foresight.would_be(found, order.question), outside.repository)
    except (Refused, Permanent) as error:
        return _told(order, found, _without_plan(begun, error, outside), seen, outside)
    if isinstance(target, Elsewhere):
        aside = replace(begun, aside=target.reason)
        return _report(order, aside, bulletin.withdraw(found, aside, seen=seen, outside=outside))
    begun = replace(begun, workspace=target.workspace)
    bulletin.begin(found, begun, seen=seen, outside=outside)
    made = _made(order, found, begun, target, catalogue=catalogue, outside=outside)
    return _told(order, found, made, seen, outside)


def _begun(order: ReviewOrder, found: Proposal, now: float) -> Review:
    words, run = review_mark.in_words(now), order.question.run.id
    return Review(found.iid, found.target_branch, "", found.head, moment=words, run=run)


def _made(
    order: ReviewOrder, found: Proposal, begun: Review, target: Target, *, catalogue: Catalogue, outside: Outside
) -> Review:
    question = order.question
    try:
        foreseen = foresight.foresee(found, foresight.would_be(found, question), target, outside)
        return appraisal.of(foreseen, begun, target, question=question, catalogue=catalogue, outside=outside)
    except (Refused, Permanent) as error:
        return _without_plan(begun, error, outside)


def _without_plan(begun: Review, error: ServiceError, outside: Outside) -> Review:
    """Upon which commit, where GitLab says it: so that it is looked at again when that moves."""
    failed = replace(begun, reason=error.reason, detail=error.detail, refused=isinstance(error, Refused))
    try:
        return replace(failed, target=outside.repository.head(begun.branch) or "")
    except ServiceError:
        return failed


def _given_up(order: ReviewOrder, error: Transient, outside: Outside) -> ReviewReport:
    found = foresight.find(order.question, outside.repository)
    if isinstance(found, Elsewhere):
        return _ignored(order, found)
    now = outside.clock.now()
    made = _without_plan(_begun(order, found, now), error, outside)
    return _told(order, found, made, review_mark.moment(now), outside)


def _told(order: ReviewOrder, found: Proposal, made: Review, seen: str, outside: Outside) -> ReviewReport:
    return _report(order, made, bulletin.publish(found, made, seen=seen, outside=outside))


def _report(order: ReviewOrder, made: Review, untold: tuple[str, ...]) -> ReviewReport:
    return review_report.of_review(made, project=order.question.project, by=order.by, untold=untold)


def _ignored(order: ReviewOrder, found: Elsewhere) -> ReviewReport:
    question = order.question
    return ReviewReport(Outcome.IGNORED, question.project, question.merge_request, by=order.by, reason=found.reason)
