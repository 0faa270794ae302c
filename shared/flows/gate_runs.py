"""The one pipeline of GitLab's CI that tests a deploy: found if it is there, else started; and what it came to.

GitLab starts as many as it is asked for. What makes it one is that each is told which deployment it tests, and that
every run looks for such a one before and after it starts one: of several the oldest counts, and the others are
cancelled.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from ..domain import gate
from ..domain.errors import Permanent
from ..domain.gate import Gate, Verdict
from ..domain.gate_report import Gated
from ..domain.gitlab import CiPipeline
from .outside import Outside

_MOST_LISTED = 100
"""Pipelines that the API has started on one branch since a deploy."""


def of(told: Gated, known: Gate | None, *, since: str, outside: Outside) -> CiPipeline:
    """`known` is what an earlier run has noted; `since` (ISO 8601) no test of the deployment can be older.

    Raises Permanent where GitLab starts none.
    """
    if known and known.pipeline:
        return _there(known.pipeline, outside)
    ours = [each.id for each in _ours(told, since, outside)]
    if not ours:
        given = gate.variables(told.workspace, told.deployment, told.titles)
        begun = outside.repository.start_pipeline(told.branch, variables=given)
        ours = [begun, *(each.id for each in _ours(told, since, outside))]
    first = min(ours)
    cancel({*ours} - {first}, outside)
    return _there(first, outside)


def late(told: Gated, first: int, *, since: str, outside: Outside) -> tuple[int, ...]:
    """Unfinished ones beside the `first`: GitLab has started them long after it was asked.

    One request, and two for each younger pipeline that the API has started on the branch.
    """
    ours = _ours(told, since, outside, after=first)
    return tuple(each.id for each in ours if each.state not in gate.FINISHED)


def cancel(numbers: Iterable[int], outside: Outside) -> None:
    """What they come to counts for nothing; nobody has to wait for it."""
    for number in sorted(numbers):
        outside.repository.cancel_pipeline(number)


def judge(pipeline: CiPipeline, outside: Outside) -> Verdict:
    """What it came to; its jobs are asked for only where it did not succeed."""
    ended_badly = pipeline.state in gate.FINISHED and pipeline.state != "success"
    jobs = outside.repository.ci_jobs(pipeline) if ended_badly else ()
    return gate.verdict(pipeline.state, jobs, own=outside.repository.own_id())


def _there(number: int, outside: Outside) -> CiPipeline:
    found = outside.repository.ci_pipeline(number)
    if found is None:
        raise Permanent("tests-gone", f"somebody has deleted the CI pipeline {number}")
    return found


def _ours(told: Gated, since: str, outside: Outside, *, after: int = 0) -> Iterator[CiPipeline]:
    """Only what the service itself started counts: anybody may start one with the same variables."""
    repository = outside.repository
    for number in islice(repository.started_pipelines(told.branch, since=since), _MOST_LISTED):
        outside.deadline.check()
        if number > after and gate.tests(repository.ci_variables(number) or {}, told.workspace, told.deployment):
            found = repository.ci_pipeline(number)
            if found and found.user == repository.own_id():
                yield found
