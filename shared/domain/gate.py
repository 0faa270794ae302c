"""The test gate of a workspace: what its pipeline of GitLab's CI is told, what it came to, what follows from that.

The state of a gate stands in its own note on the deployed commit; the result is GitLab's alone.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .gitlab import CiJob

WORKSPACE, DEPLOYMENT, PIPELINES = "AIC_WORKSPACE", "AIC_DEPLOYMENT", "AIC_PIPELINES"
FINISHED = frozenset({"success", "failed", "canceled", "skipped"})
"""States of a pipeline after which it does nothing by itself."""
KIND = "after-deploy"
"""Of the gate's notes."""
_MOST_BYTES = 64_000
"""Of one variable: Linux takes 128 KiB, and a job with more could not even start."""
_OURS = re.compile("aic/[a-z]+")
_STATE = re.compile("<!-- aic-gate deployment=([0-9]{1,18}) pipeline=([0-9]{1,18}) state=([a-z-]+) -->")
_NUMBER = re.compile("[0-9]{1,18}")


class State(StrEnum):
    """How far a gate is. `unsaid`: the pipeline ended neither well nor badly; `not-started`: GitLab started none."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    UNSAID = "unsaid"
    NOT_STARTED = "not-started"


SETTLED = frozenset({State.PASSED, State.FAILED})
"""States that nothing changes any more."""
ENDED = frozenset(State) - {State.RUNNING}
"""States in which nobody has to look after the pipeline."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What the note says: of which deployment (by its id), which pipeline (0 for none), and how far."""

    deployment: int
    pipeline: int
    state: State


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a pipeline came to; `failed` are the names of the jobs that did."""

    state: State
    failed: tuple[str, ...] = ()


def variables(workspace: str, deployment: int, titles: Collection[str]) -> Mapping[str, str]:
    """What the pipeline is told; the titles are a JSON list, empty text where they are too many to be told.

    GitLab's runner puts variables in place of `$NAME`, in these as in others: a title must not spell a job's token.
    """
    listed = _inert(json.dumps(sorted(titles), ensure_ascii=False))
    shown = listed if len(listed.encode()) <= _MOST_BYTES else ""
    return {WORKSPACE: _inert(workspace), DEPLOYMENT: str(deployment), PIPELINES: shown}


def tests(told: Mapping[str, str], workspace: str, deployment: int) -> bool:
    """Whether a pipeline with these variables tests that deployment."""
    return deployment_of(told) == deployment and told[WORKSPACE] == _inert(workspace)


def deployment_of(told: Mapping[str, str]) -> int | None:
    """The deployment that a pipeline with these variables tests; None where it is no test of ours."""
    number = told.get(DEPLOYMENT, "")
    return int(number) if told.get(WORKSPACE) and _NUMBER.fullmatch(number) else None


def hide(gate: Gate) -> str:
    """The state as a line that nobody sees."""
    return f"<!-- aic-gate deployment={gate.deployment} pipeline={gate.pipeline} state={gate.state} -->"


def find(body: str) -> Gate | None:
    """The state hidden in a note of our own: its second line, so that no name in it can pass for one."""
    found = _STATE.fullmatch(body.partition("\n")[2].partition("\n")[0])
    if found is None or found.group(3) not in [each.value for each in State]:
        return None
    return Gate(int(found.group(1)), int(found.group(2)), State(found.group(3)))


def verdict(state: str, jobs: Sequence[CiJob], *, own: int) -> Verdict:
    """By the pipeline's state and, where that is no success, its jobs.

    Statuses that the service itself posted don't count, though GitLab hangs them into the newest pipeline of their
    commit: a review that is red says nothing of the tests.
    """
    if state == "success":
        return Verdict(State.PASSED)
    if state not in FINISHED:
        return Verdict(State.RUNNING)
    tests = [each for each in jobs if each.user != own or not _OURS.fullmatch(each.name)]
    failed = tuple(each.name for each in tests if each.state == "failed" and not each.may_fail)
    if failed:
        return Verdict(State.FAILED, failed)
    return Verdict(_without_failure({each.state for each in tests if each.state != "failed"}))


def _inert(text: str) -> str:
    return text.replace("$", "$$")


def _without_failure(states: Iterable[str]) -> State:
    found = set(states)
    if found - FINISHED - {"manual"}:
        return State.RUNNING
    return State.PASSED if "success" in found and "canceled" not in found else State.UNSAID
