"""A review on its merge request: the one note, and the commit status `aic/plan` of its newest commit.

Runs of one merge request may overlap, and GitLab replaces whatever is there. So each run writes its note first, then
its status, and then looks again: it has come to its end only if the note is its own, and no status of the newest commit
is of a run that began to look later. Otherwise it starts over. Of the runs the last to end is then the last to have
written either, and none that has ended knew more.
"""

from collections.abc import Callable

from ..domain import review_mark, review_note
from ..domain.errors import Permanent
from ..domain.gitlab import Note, OnMergeRequest, Proposal
from ..domain.review import Review
from ..ports.gitlab import Repository
from .journals import own_note
from .outside import Moved, Outside

STATUS = "aic/plan"


def begin(found: Proposal, begun: Review, *, seen: str, outside: Outside) -> None:
    """Nobody merges upon an old status meanwhile. Where GitLab takes none it is told at the end."""
    _each(lambda: _post(found, "running", review_note.begun(begun, seen=seen), outside.repository))


def end_early(found: Proposal, *, outside: Outside) -> None:
    """Of a commit that is no longer the newest: nobody comes back to it."""
    text = f"!{found.iid}: there is a newer commit"
    _each(lambda: _post(found, "canceled", text, outside.repository))


def publish(found: Proposal, made: Review, *, seen: str, outside: Outside) -> tuple[str, ...]:
    """The reasons of what GitLab would not take; raises Moved where it has to be looked at once more."""
    repository, body = outside.repository, review_note.render(made, seen=seen)
    untold = _each(lambda: _write(found, body, repository))
    untold += _each(lambda: _conclude(found, made, seen=seen, repository=repository))
    _check(found, "" if untold else body.split("\n")[0], seen=seen, repository=repository)
    return untold


def withdraw(found: Proposal, aside: Review, *, seen: str, outside: Outside) -> tuple[str, ...]:
    """The same where merging deploys nothing: only what was said before is set right."""
    if own_note(OnMergeRequest(found.iid), review_note.MARK, outside.repository) is None:
        return ()
    return publish(found, aside, seen=seen, outside=outside)


def _write(found: Proposal, body: str, repository: Repository) -> None:
    old = _only(found, repository)
    try:
        repository.write_note(OnMergeRequest(found.iid), body, replaces=old)
    except Permanent as error:
        if old is None or error.reason != "gitlab-not-found":
            raise
        raise Moved("another run has deleted its note, since there were two") from None


def _only(found: Proposal, repository: Repository) -> Note | None:
    """Two runs may each have found no note, and a creation may arrive late: the oldest stays, whoever comes upon more
    deletes the others.
    """
    own, place = repository.own_id(), OnMergeRequest(found.iid)
    ours = [each for each in repository.notes(place) if each.user == own and each.body.startswith(review_note.MARK)]
    first = min(ours, key=lambda each: each.id, default=None)
    for each in ours:
        if each != first:
            repository.delete_note(place, each)
    return first


def _post(found: Proposal, state: str, text: str, repository: Repository) -> None:
    if found.head:
        repository.post_status(found.head, branch=found.source_branch, name=STATUS, state=state, description=text)


def _conclude(found: Proposal, made: Review, *, seen: str, repository: Repository) -> None:
    """GitLab has one status for all merge requests of these commits: it is only green where none of them fails."""
    beside = None if made.fails else _failing_beside(found, repository)
    state = "failed" if made.fails or beside else "success"
    _post(found, state, review_note.summary(made, seen=seen, beside=beside), repository)


def _failing_beside(found: Proposal, repository: Repository) -> int | None:
    """The number of another open one that fails; one that fails by itself later posts that itself."""
    posted = repository.statuses(found.head, branch=found.source_branch, name=STATUS) if found.head else ()
    told = review_mark.others(posted, merge_request=found.iid, own=repository.own_id())
    fails = (each.merge_request for each in told if each.fails)
    return next((iid for iid in fails if is_beside(iid, found, repository)), None)


def is_beside(iid: int, found: Proposal, repository: Repository) -> bool:
    """Whether that merge request is open still and has the same newest commit."""
    other = repository.proposal(iid)
    return other is not None and (other.state, other.head) == ("opened", found.head)


def _check(found: Proposal, first_line: str, *, seen: str, repository: Repository) -> None:
    """Raises Moved; a merge request that was merged or closed meanwhile is nobody's business any more."""
    now = repository.proposal(found.iid)
    if now is None or now.state != "opened":
        return
    last = newest(now, repository)
    if last and last.seen > seen:
        raise Moved("another run that began later has told its review already")
    note = _only(found, repository) if first_line else None
    if first_line and not (note and note.body.startswith(first_line)):
        raise Moved("another run has written the note meanwhile")


def newest(found: Proposal, repository: Repository) -> review_mark.Earlier | None:
    """What the runs that came to their end say in the status of this merge request's newest commit: the latest look."""
    if not found.head:
        return None
    posted = repository.statuses(found.head, branch=found.source_branch, name=STATUS)
    told = review_mark.earlier(posted, merge_request=found.iid, own=repository.own_id())
    return max((each for each in told if each.is_final), key=lambda each: each.seen, default=None)


def _each(call: Callable[[], None]) -> tuple[str, ...]:
    """The reason where a channel is closed."""
    try:
        call()
    except Permanent as error:
        return (error.reason,)
    return ()
