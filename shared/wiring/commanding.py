"""What commands are made of: a workflow's name leads to its flow."""

import functools
from collections.abc import Mapping

from ..adapters.threads import Threads
from ..domain.delivery import Delivery
from ..domain.errors import Refused
from ..domain.messages import command as message
from ..domain.messages.command import CommandRequest, Rollback, Sweep
from ..domain.run import of
from ..domain.sweep_report import SweepReport
from ..domain.told import Told
from ..flows.answering import Asker
from ..flows.outside import Outside
from ..flows.rollback import rollback
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
        told = self._told(request, delivery)
        return Told(told.said, {"workflow": request.workflow, "by": request.by, **told.fields}, told.bad)

    def _told(self, request: CommandRequest, delivery: Delivery) -> Told:
        match request.parameters:
            case Sweep() as parameters:
                return self._sweep(parameters, delivery).told()
            case Rollback(now=False) as parameters:
                return rollback(parameters, *self._asked(parameters.project, request.by, delivery)).told()
            case _:
                raise Refused("message-invalid", f"the workflow `{request.workflow}` can't be run yet")

    def _asked(self, path: str, by: str, delivery: Delivery) -> tuple[Asker, Outside]:
        """Who asks, and the ports of the project that they ask about."""
        ground, project = self._ground, self._ground.project(path)
        run = of(delivery, now=ground.clock.now())
        asker = Asker(frozenset(project.workspaces), run, delivery.request_id, by, ground.final(delivery))
        return asker, ground.outside(project, times=ground.times(delivery), width=project.aic_concurrency)

    def _sweep(self, parameters: Sweep, delivery: Delivery) -> SweepReport:
        ground, wanted = self._ground, parameters.project
        projects = ground.settings.projects if wanted is None else (ground.project(wanted),)
        times, settings = ground.times(delivery), ground.settings

        def site(project: ProjectSettings) -> Site:
            opened = functools.partial(ground.outside, project, times=times, width=project.aic_concurrency)
            return Site(project.gitlab_project, frozenset(project.workspaces), opened)

        lost = float(settings.ack_deadline_seconds * settings.delivery_attempts)
        return sweep([site(each) for each in projects], Sweeper(lost, delivery.request_id), together=Threads())
