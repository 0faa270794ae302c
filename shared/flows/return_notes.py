"""The merge requests that brought what a rollback takes back hear of it."""

from collections.abc import Iterator
from itertools import islice

from ..domain import return_note
from ..domain.gitlab import MergeRequest, OnMergeRequest
from ..domain.layout import titles_of
from ..domain.return_report import Returned
from . import answering
from .outside import Outside
from .return_choice import Choice

_MOST_LISTED, _MOST_COMMITS, _MOST_TOLD = 200, 50, 20


def tell(report: Returned, choice: Choice, outside: Outside) -> None:
    """One note each, kept up to date."""
    for iid in islice(_bringers(report, choice, outside), _MOST_TOLD):
        _write(iid, report, outside)


def _bringers(report: Returned, choice: Choice, outside: Outside) -> Iterator[int]:
    """Merged since the older commit, with a change of one of the pipelines."""
    repository = outside.repository
    since = frozenset(commit.sha for commit in repository.compare(choice.commit, report.head).commits)
    for each in islice(repository.merged(report.branch), _MOST_LISTED):
        outside.deadline.check()
        if each.landed & since and _touched(each, since, choice, outside):
            yield each.iid


def _touched(each: MergeRequest, since: frozenset[str], choice: Choice, outside: Outside) -> bool:
    brought = [commit.sha for commit in outside.repository.merge_request_commits(each.iid)]
    commits = dict.fromkeys([*sorted(each.landed), *brought])
    for sha in islice((sha for sha in commits if sha in since), _MOST_COMMITS):
        paths, complete = outside.repository.touched(sha)
        if not complete or titles_of(paths).intersection(choice.titles):
            return True
    return False


def _write(iid: int, report: Returned, outside: Outside) -> None:
    mark, place = f"<!-- aic-rolled-back !{report.iid} -->", OnMergeRequest(iid)
    answering.write(place, mark, return_note.on_bringer(report, first_line=mark), outside.repository)
