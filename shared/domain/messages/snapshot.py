"""Messages of the topic `aic-snapshot`."""

from dataclasses import dataclass

from .request import By, Request, Text, Titles, decode


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotRequest(Request):
    """What a snapshot message may say: nothing (all workspaces), a project, or a workspace and perhaps pipelines of it.

    `dry_run` writes nothing.
    """

    project: Text | None = None
    workspace: Text | None = None
    pipelines: Titles | None = None
    dry_run: bool = False
    by: By | None = None

    def __post_init__(self) -> None:
        """A workspace's name says something within its project only, and so does a pipeline's in its workspace."""
        if self.workspace is not None and self.project is None:
            raise ValueError("names a `workspace` without its `project`")
        if self.pipelines is not None and self.workspace is None:
            raise ValueError("names `pipelines` without their `workspace`")


def read(data: bytes) -> SnapshotRequest:
    """The request; raises Refused `message-invalid` with a sentence that names what is wrong."""
    return decode(SnapshotRequest, data)
