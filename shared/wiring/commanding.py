"""What commands are made of: a workflow's name leads to its flow."""

import functools
from collections.abc import Mapping

from ..adapters.threads import Threads
from ..domain.delivery import Delivery
from ..domain.errors import Refused
from ..domain.messages import command as message
from ..domain.messages.command import Sweep
from ..domain.sweep_report import SweepReport
from ..domain.told import Told
from ..flows.sweep import Site, Sweeper, sweep
from ..projects import ProjectSettings
from .ground import Ground


class Commander:
    """What an instance keeps between deliveries."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Raises Refused `settings-invalid`."""
        self._ground = Ground(environ)

    def close(self) -> None:
        """Closes the connections."""
        self._ground.close()

    def run(self, delivery: Delivery) -> Told:
        """One delivery, from its message to its end; raises Refused for a bad message, and what the flow raises."""
        request = message.read(delivery.data)
        match request.parameters:
            case Sweep() as parameters:
                told = self._sweep(parameters, delivery).told()
            case _:
                raise Refused("message-invalid", f"the workflow `{request.workflow}` can't be run yet")
        return Told(told.said, {"workflow": request.workflow, "by": request.by, **told.fields}, told.bad)

    def _sweep(self, parameters: Sweep, delivery: Delivery) -> SweepReport:
        ground, wanted = self._ground, parameters.project
        projects = ground.settings.projects if wanted is None else (ground.project(wanted),)
        times, settings = ground.times(delivery), ground.settings

        def site(project: ProjectSettings) -> Site:
            opened = functools.partial(ground.outside, project, times=times, width=project.aic_concurrency)
            return Site(project.gitlab_project, frozenset(project.workspaces), opened)

        lost = float(settings.ack_deadline_seconds * settings.delivery_attempts)
        return sweep([site(each) for each in projects], Sweeper(lost, delivery.request_id), together=Threads())
