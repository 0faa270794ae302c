"""Open merge requests whose review no longer holds: nobody made one, or its target or what is live has moved."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from ..domain import review_mark
from ..domain.due import Patience
from ..domain.errors import Permanent
from ..domain.gitlab import Proposal
from . import bulletin
from .bulletin import STATUS
from .outside import Outside
from .pace import all_of

MOST_SEEN, MOST_ASKED = 200, 20
"""For each branch and sweep; what is left out is as stale at the next one. So many instances find work at once."""
_WIDTH = 4


def opened(branch: str, outside: Outside) -> tuple[Proposal, ...]:
    """The open merge requests into the branch, opened last first, as many as a sweep looks at; one request."""
    return tuple(islice(outside.repository.proposals(target=branch, state="opened"), MOST_SEEN))


def of(proposals: Sequence[Proposal], *, head: str, live: str, patience: Patience, outside: Outside) -> tuple[int, ...]:
    """Their numbers, opened first first, by one request for each. `live` is empty for nothing."""

    def is_stale(found: Proposal) -> bool:
        return _is_stale(found, head=head, live=live, patience=patience, outside=outside)

    stale = all_of(outside.together, is_stale, proposals, width=_WIDTH)
    return tuple(sorted(each.iid for each, due in zip(proposals, stale, strict=True) if due)[:MOST_ASKED])


def _is_stale(found: Proposal, *, head: str, live: str, patience: Patience, outside: Outside) -> bool:
    """By the newest status of the newest commit; one that GitLab can't find has none that anybody could set."""
    outside.deadline.check()
    repository = outside.repository
    try:
        posted = repository.statuses(found.head, branch=found.source_branch, name=STATUS) if found.head else ()
    except Permanent as error:
        if error.reason != "gitlab-not-found":
            raise
        return False
    last = next(iter(review_mark.earlier(posted, merge_request=found.iid, own=repository.own_id())), None)
    if last and last.beside and not bulletin.is_beside(last.beside, found, repository):
        return True
    age = outside.clock.now() - datetime.fromisoformat(last.created).timestamp() if last else 0.0
    return review_mark.is_stale(last, target=head, live=live, age=age, patience=patience)
