"""What commands are made of: a workflow's name leads to its flow."""

from collections.abc import Mapping
from functools import partial

from ..adapters.threads import Threads
from ..domain import posting, run
from ..domain.delivery import Delivery
from ..domain.drives import DriveSettings
from ..domain.messages import command as message
from ..domain.messages.checking import Check, CheckTokens
from ..domain.messages.command import CommandRequest, Drill, Help, Manual, Notify, Sweep
from ..domain.messages.initializing import InitializeRepository
from ..domain.messages.looking import Board, Hello, List
from ..domain.messages.redrive import Redrive
from ..domain.sweep_report import SweepReport
from ..domain.told import Told
from ..flows.answering import Asker
from ..flows.gates_due import Settled
from ..flows.outside import Outside
from ..flows.practise import practise
from ..flows.sweep import Sweeper, Unswept, sweep
from ..projects import ProjectSettings
from . import boarding, checking, initializing, looking, manual, promoting, sending
from .ground import Ground
from .spreading import spread_out


class Commander:
    """What an instance keeps between deliveries: beside connections which tests need nobody any more."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Raises Refused `settings-invalid`."""
        self._ground = Ground(environ)
        self._settled = Settled()

    def close(self) -> None:
        """Closes the connections."""
        self._ground.close()

    def run(self, delivery: Delivery) -> Told:
        """One delivery, from its message to its end; raises Refused for a bad message, and what the flow raises."""
        request = message.read(delivery.data)
        ended = self._told(request, delivery)
        return Told(ended.said, {"workflow": request.workflow, "by": request.by, **ended.fields}, ended.bad)

    def _told(self, request: CommandRequest, delivery: Delivery) -> Told:
        match request.parameters:
            case Sweep() as parameters:
                return self._sweep(parameters, delivery).told()
            case Help() | List() | Hello() as parameters:
                return looking.run(parameters, self._ground, partial(self._who, request, delivery), by=request.by)
            case Check() | CheckTokens() | Board() as parameters:
                return self._looked(parameters, request.by, delivery)
            case Drill() as parameters:
                return self._drill(parameters, request.by, delivery)
            case parameters if isinstance(parameters, Manual):
                return manual.run(parameters, *self._asked(parameters.project, request.by, delivery))
            case Notify() | Redrive() as parameters:
                return sending.run(parameters, self._ground, delivery, by=request.by)
            case InitializeRepository() as parameters:
                return initializing.run(parameters, self._ground, *self._who(request, delivery, parameters.project))
            case parameters:
                project = self._ground.project(parameters.project)
                return promoting.run(parameters, project, *self._who(request, delivery, parameters.project)).told()

    def _looked(self, parameters: Check | CheckTokens | Board, by: str, delivery: Delivery) -> Told:
        asked = partial(self._asked, by=by, delivery=delivery)
        if isinstance(parameters, Board):
            return boarding.run(parameters, self._ground, asked, delivery, by=by)
        return checking.run(parameters, self._ground, asked, delivery)

    def _asked(self, path: str, by: str, delivery: Delivery) -> tuple[Asker, tuple[DriveSettings, ...], Outside]:
        """Who asks, and the drives and ports of the project that they ask about."""
        ground, project = self._ground, self._ground.project(path)
        asker = Asker(
            frozenset(project.workspaces),
            run.of(delivery, now=ground.clock.now()),
            delivery.request_id,
            by,
            final=ground.final(delivery),
            by_hand=delivery.by_hand,
            gates=project.gates,
            requires=project.requires,
        )
        outside = ground.outside(project, times=ground.times(delivery), width=project.aic_concurrency)
        return asker, project.backup_drives, outside

    def _who(self, request: CommandRequest, delivery: Delivery, path: str) -> tuple[Asker, Outside]:
        """The same for what needs no drives."""
        asker, _, outside = self._asked(path, request.by, delivery)
        return asker, outside

    def _drill(self, parameters: Drill, by: str, delivery: Delivery) -> Told:
        project, workspace = parameters.project, parameters.workspace
        if project is not None and workspace is not None:
            asker, drives, outside = self._asked(project, by, delivery)
            return practise(project, workspace, asker=asker, drives=drives, outside=outside).told()
        return spread_out(
            self._ground,
            delivery,
            kind="drill",
            topic=posting.COMMAND,
            message=partial(_one_drill, by),
            project=project,
            by=by,
        ).told()

    def _sweep(self, parameters: Sweep, delivery: Delivery) -> SweepReport:
        ground, wanted = self._ground, parameters.project
        projects = ground.settings.projects if wanted is None else (ground.project(wanted),)
        times, settings = ground.times(delivery), ground.settings

        def unswept(project: ProjectSettings) -> Unswept:
            opened = partial(ground.outside, project, times=times, width=project.aic_concurrency)
            return Unswept(project.gitlab_project, frozenset(project.workspaces), opened, project.gates)

        lost = float(settings.ack_deadline_seconds * settings.delivery_attempts)
        return sweep(
            [unswept(each) for each in projects], Sweeper(lost, delivery.request_id, self._settled), together=Threads()
        )


def _one_drill(by: str, project: str, workspace: str) -> bytes:
    return posting.encode(
        {"workflow": "drill", "parameters": {"project": project, "workspace": workspace}, "by": by or None}
    )
