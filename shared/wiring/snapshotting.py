"""What a snapshot is made of."""

from collections.abc import Mapping
from dataclasses import replace

from ..domain import posting, run, snapshot_note
from ..domain.capture import Mode
from ..domain.delivery import Delivery
from ..domain.errors import Refused
from ..domain.messages import snapshot as message
from ..domain.messages.snapshot import SnapshotRequest
from ..domain.spread_report import SpreadReport
from ..domain.told import Told
from ..flows.snapshot import SnapshotOrder, snapshot
from .ground import Ground
from .spreading import spread_out

WIDTH = 16
"""How many pipelines are read side by side at most; it is halved whenever AIC shows that this is too much."""


class Snapshotter:
    """What an instance keeps between deliveries."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Raises Refused `settings-invalid`."""
        self._ground = Ground(environ)

    def close(self) -> None:
        """Closes the connections."""
        self._ground.close()

    def run(self, delivery: Delivery) -> Told:
        """One delivery, from its message to its end; raises Refused for a bad message, and what a snapshot raises."""
        request = message.read(delivery.data)
        if request.project is None or request.workspace is None:
            return self._spread(request, delivery).told()
        return self._snapshot(request, request.project, request.workspace, delivery)

    def _snapshot(self, request: SnapshotRequest, path: str, workspace: str, delivery: Delivery) -> Told:
        ground, project = self._ground, self._ground.project(path)
        settings = project.workspaces.get(workspace)
        if settings is None:
            raise Refused("workspace-not-allowed", f"the settings don't let this project touch `{workspace}`")
        order = SnapshotOrder(
            request,
            path,
            workspace,
            Mode(settings.snapshot),
            run.of(delivery, now=ground.clock.now()),
            allowed=frozenset(project.workspaces),
            pipeline=settings.pipeline,
            drives=project.backup_drives,
            by_hand=delivery.by_hand,
            final=ground.final(delivery),
        )
        return snapshot_note.line(snapshot(order, ground.outside(project, times=ground.times(delivery), width=WIDTH)))

    def _spread(self, request: SnapshotRequest, delivery: Delivery) -> SpreadReport:
        return spread_out(
            self._ground,
            delivery,
            kind="snapshot",
            topic=posting.SNAPSHOT,
            message=lambda project, workspace: replace(request, project=project, workspace=workspace).encode(),
            project=request.project,
            by=request.by,
        )
