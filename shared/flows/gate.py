"""The tests of a deploy, told top to bottom: find the deploy, its pipeline, what that came to, what follows, tell.

No run waits for anything: it starts the pipeline, or finds that it runs, and ends. GitLab's hook brings the next one,
or the sweep does. Whatever is done once more finds what was done before.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from ..domain import gate as gates
from ..domain import journal, mapping
from ..domain.errors import Permanent, ServiceError, Transient
from ..domain.gate import Gate, State
from ..domain.gate_report import Gated
from ..domain.gitlab import CiPipeline, Deployment
from ..domain.messages.gating import AfterDeploy
from . import gate_return, gate_runs, gate_telling, proofs
from .answering import Asker
from .gate_telling import Place
from .outside import Outside
from .target import check_allowed, read_mapping

_MOST_RECORDS = 200


def after_deploy(request: AfterDeploy, asker: Asker, outside: Outside) -> Gated:
    """Brings the gate as far as it can come now; raises Transient while another delivery may do better."""
    begun = Gated(request.project, request.branch, deployment=request.deployment or 0)
    try:
        return _gate(begun, asker, outside)
    except ServiceError as error:
        if isinstance(error, Transient) and not asker.final:
            raise
        return replace(begun, reason=error.reason, detail=error.detail, error=True)


def _gate(begun: Gated, asker: Asker, outside: Outside) -> Gated:
    mapped = read_mapping(outside.repository)[0]
    workspace = mapped.exact.get(begun.branch)
    if workspace is None:
        return replace(begun, reason="branch-not-mapped")
    check_allowed(workspace, asker.allowed)
    begun = replace(begun, workspace=workspace)
    told = _tested(begun, asker, outside) if workspace in asker.gates else replace(begun, reason="no-tests-set")
    if told.reason == "no-tests-set" or told.state is State.PASSED:
        proofs.ask_again(told, mapped, asker.requires, asker.request_id, outside)
    return told


def _tested(begun: Gated, asker: Asker, outside: Outside) -> Gated:
    found = _found(begun, outside)
    if found is None:
        return replace(begun, reason="deployment-unknown")
    deployment, before = found
    begun = replace(begun, commit=deployment.commit, deployment=deployment.id, before=before)
    return _of_deployment(begun, deployment, asker, outside)


def _found(begun: Gated, outside: Outside) -> tuple[Deployment, str] | None:
    """The deploy, and the commit that was live before it; empty where nothing was."""
    records = _records(mapping.environment(begun.workspace), outside)
    for each in records:
        if each.id == begun.deployment or (not begun.deployment and each.status == "success"):
            return each, next((older.commit for older in records if older.status == "success"), "")
    return None


def _records(environment: str, outside: Outside) -> Iterator[Deployment]:
    own = outside.repository.own_id()
    for each in islice(outside.repository.deployments(environment), _MOST_RECORDS):
        outside.deadline.check()
        if each.user == own:
            yield each


def _of_deployment(begun: Gated, deployment: Deployment, asker: Asker, outside: Outside) -> Gated:
    place = gate_telling.look(begun, deployment, outside)
    known = place.gate if place.gate and place.gate.deployment >= deployment.id else None
    if known and known.deployment > deployment.id:
        return replace(begun, reason="superseded")
    if known and known.pipeline:
        begun = _alone(begun, known.pipeline, since=deployment.created, outside=outside)
    if known and known.state in gates.SETTLED:
        return _settled(begun, known, place, outside)
    if known is None and deployment.status != "success":
        return replace(begun, reason="deployment-not-live")
    begun = replace(begun, titles=_titles(place))
    if not begun.titles:
        return replace(begun, reason="nothing-to-test")
    try:
        pipeline = gate_runs.of(begun, known, since=deployment.created, outside=outside)
    except Permanent as error:
        told = replace(begun, state=State.NOT_STARTED, reason=error.reason, detail=error.detail)
        return gate_telling.ended(told, place, outside)
    return _judged(replace(begun, pipeline=pipeline.id, url=pipeline.url), pipeline, place, asker, outside)


def _alone(begun: Gated, first: int, *, since: str, outside: Outside) -> Gated:
    """What GitLab has started long after it was asked is cancelled; where that can't be done, the log says so."""
    try:
        gate_runs.cancel(gate_runs.late(begun, first, since=since, outside=outside), outside)
    except Permanent as error:
        return replace(begun, untold=(*begun.untold, error.reason))
    return begun


def _settled(begun: Gated, known: Gate, place: Place, outside: Outside) -> Gated:
    """A run that died after its last word has left the record as it was."""
    if known.state is State.FAILED and place.deployment.status == "success":
        outside.repository.fail_deployment(place.deployment)
    passed = State.PASSED if known.state is State.PASSED else None
    return replace(begun, pipeline=known.pipeline, state=passed, reason="tests-settled")


def _titles(place: Place) -> tuple[str, ...]:
    """What the deploy wrote, by its journal."""
    return tuple(sorted({each.title for each in journal.find(place.deploy)}))


def _judged(begun: Gated, pipeline: CiPipeline, place: Place, asker: Asker, outside: Outside) -> Gated:
    verdict = gate_runs.judge(pipeline, outside)
    told = replace(begun, state=verdict.state, jobs=verdict.failed)
    if verdict.state is State.RUNNING:
        return gate_telling.begun(told, place, outside)
    if verdict.state is not State.FAILED:
        return gate_telling.ended(told, place, outside)
    if asker.gates[told.workspace] == "rollback":
        told = gate_return.taken_back(replace(told, rolls_back=True), place.deployment, asker, outside)
    told = gate_telling.failed(told, place, asker, outside)
    outside.repository.fail_deployment(place.deployment)
    return told
