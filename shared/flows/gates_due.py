"""Tests of a deploy that nobody has started, or whose end nobody was told: a run that looks after them is asked for."""

from collections.abc import Sequence
from datetime import datetime

from ..domain import gate, journal
from ..domain.gate import State
from ..domain.gate_report import Gated
from ..domain.gitlab import Deployment
from . import gate_runs, gate_telling
from .gate_telling import Place
from .outside import Outside

WINDOW = 2 * 24 * 60 * 60
"""Seconds after a deploy in which its tests are looked after; a hook that comes later is heard all the same."""


class Settled:
    """Deployments whose tests need nobody any more; the instance that knows asks GitLab nothing."""

    def __init__(self) -> None:
        self._ids: set[int] = set()

    def __contains__(self, deployment: Deployment) -> bool:
        return deployment.id in self._ids

    def add(self, deployment: Deployment) -> None:
        """For as long as the instance lives."""
        self._ids.add(deployment.id)


def of(branch: str, workspace: str, own: Sequence[Deployment], *, settled: Settled, outside: Outside) -> int:
    """The newest success among `own` if it is due, by its id, else 0.

    One request while it isn't known to be settled, two more while its pipeline runs, and one when it has ended.
    """
    newest = next((each for each in own if each.status == "success"), None)
    if newest is None or newest in settled:
        return 0
    age = outside.clock.now() - datetime.fromisoformat(newest.created).timestamp()
    if age >= WINDOW:
        return 0
    told = Gated("", branch, workspace, newest.commit, newest.id)
    place = gate_telling.look(told, newest, outside)
    known = place.gate if place.gate and place.gate.deployment >= newest.id else None
    if known is None and journal.find(place.deploy):
        return newest.id
    if known and (_is_due(known, place, outside) or _is_doubled(told, known, newest, outside)):
        return newest.id
    if known is None or known.state in gate.ENDED:
        settled.add(newest)
    return 0


def _is_due(known: gate.Gate, place: Place, outside: Outside) -> bool:
    """A run that died after its last word on a failure has left the record as it was."""
    if known.state is State.RUNNING:
        pipeline = outside.repository.ci_pipeline(known.pipeline)
        return pipeline is None or pipeline.state in gate.FINISHED
    return known.state is State.FAILED and known.deployment == place.deployment.id


def _is_doubled(told: Gated, known: gate.Gate, newest: Deployment, outside: Outside) -> bool:
    """Whether a second pipeline tests the same, which GitLab has started when nobody waited for it any more."""
    first = known.pipeline if known.deployment == newest.id else 0
    return bool(first and gate_runs.late(told, first, since=newest.created, outside=outside))
