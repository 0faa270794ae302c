"""The deployment records of a workspace in GitLab, and the commit status beside them."""

from collections.abc import Callable
from functools import partial

from ..domain import note
from ..domain.gitlab import Deployment
from ..domain.layout import MAPPING_FILE
from ..domain.report import FAILURES, Outcome, Report
from .outside import Moved, Outside
from .scene import STATUS, Scene, newest_success, own_deployments, remembered

_STATES = {Outcome.RUNNING: "running", Outcome.SUPERSEDED: "canceled"}
_LONGEST = 250
"""GitLab cuts the description of a status at 255 characters."""


def begin(scene: Scene, outside: Outside) -> None:
    """A `running` record for this head; the one of an interrupted delivery is taken over."""
    if _running(scene.deployments, scene.head) is None:
        _open(scene, "running", outside)


def succeed(scene: Scene, outside: Outside) -> None:
    """Records the new base; raises Moved where the mapping or the newest success are no longer as seen.

    The branch may have moved on: what was proven to be live is this head all the same.
    """
    stored = outside.repository.file(MAPPING_FILE, "HEAD")
    deployments = own_deployments(scene.target, outside)
    if stored is None or stored.commit != scene.target.commit or newest_success(deployments) != scene.recorded:
        raise Moved("the mapping or the record moved on before the deploy was recorded")
    _end(scene, deployments, "success", outside)


def fail(scene: Scene, outside: Outside) -> None:
    """Records that this head is not live; once, however often it is found again."""
    deployments = own_deployments(scene.target, outside)
    newest = deployments[0] if deployments else None
    if newest is None or (newest.commit, newest.status) != (scene.head, "failed"):
        _end(scene, deployments, "failed", outside)


def left_behind(scene: Scene, report: Report, outside: Outside) -> list[Callable[[], None]]:
    """What sets the records of heads that the branch has left, while their deploy was interrupted, to canceled."""

    def cancel(deployment: Deployment) -> None:
        outside.repository.end_deployment(deployment, "canceled")
        superseded = Report(
            Outcome.SUPERSEDED,
            report.project,
            scene.branch,
            head=deployment.commit,
            reason="superseded",
            detail=f"`{scene.head[:8]}` came while its deploy was interrupted",
        )
        post_status(superseded, outside)

    return [
        partial(cancel, each) for each in scene.deployments if each.status == "running" and each.commit != scene.head
    ]


def post_status(report: Report, outside: Outside) -> None:
    """Posts what the report comes to on its head."""
    state = _STATES.get(report.outcome, "failed" if report.outcome in FAILURES else "success")
    outside.repository.post_status(
        report.head, branch=report.branch, name=STATUS, state=state, description=_description(report)
    )


def post_status_once(report: Report, outside: Outside) -> None:
    """The same, unless our newest status there says it already."""
    own = outside.repository.own_id()
    posted = outside.repository.statuses(report.head, branch=report.branch, name=STATUS)
    newest = next((status for status in posted if status.user == own), None)
    if newest is None or newest.state == "running" or newest.description != _description(report):
        post_status(report, outside)


def _description(report: Report) -> str:
    ending = f" · {remembered(report.mapping)}" if report.mapping and report.outcome not in FAILURES else ""
    return note.summary(report)[: _LONGEST - len(ending)] + ending


def _running(deployments: tuple[Deployment, ...], head: str) -> Deployment | None:
    return next((each for each in deployments if each.status == "running" and each.commit == head), None)


def _end(scene: Scene, deployments: tuple[Deployment, ...], status: str, outside: Outside) -> None:
    running = _running(deployments, scene.head)
    if running is not None:
        outside.repository.end_deployment(running, status)
    else:
        _open(scene, status, outside)


def _open(scene: Scene, status: str, outside: Outside) -> None:
    outside.repository.open_deployment(scene.target.environment, branch=scene.branch, commit=scene.head, status=status)
