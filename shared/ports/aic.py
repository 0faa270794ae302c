"""AIC, and places for files beside it, in the flows' words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO, Protocol

from ..domain.aic import Job, Named
from ..domain.content import Content


class Workspace(Protocol):
    """One AIC workspace."""

    def jobs(self) -> tuple[Job, ...]:
        """The pipelines that AIC lists, ids and titles only."""

    def read(self, job_id: str) -> Mapping[str, object] | None:
        """The jobConfig, None when AIC answers 404."""

    def create(self, title: str, content: Content) -> None:
        """Creates a pipeline. Sent once."""

    def update(self, job_id: str, title: str, content: Content) -> None:
        """Replaces the deployable part of a pipeline. Sent once."""


class Desk(Protocol):
    """What people have at hand in a workspace beside its pipelines; of what is gone there is nothing more."""

    def drives(self) -> tuple[Named, ...]:
        """The places for files."""

    def datasets(self) -> tuple[Named, ...]:
        """The sets of tables."""

    def tables(self, dataset_id: str) -> tuple[Named, ...]:
        """The tables of a dataset."""

    def copies(self, job_id: str) -> tuple[Named, ...]:
        """The pipeline's interactive branches: working copies of it, which only AIC's editor shows."""

    def add_copy(self, job_id: str, name: str, config: Mapping[str, object]) -> None:
        """Makes an interactive branch, also where there is one of that name. Sent once."""

    def delete_copy(self, job_id: str, copy_id: str) -> None:
        """Deletes an interactive branch; fine if it is gone."""


class Drive(Protocol):
    """A place for files in folders, outside of GitLab. Paths are relative, their parts parted by `/`."""

    def put(self, path: str, data: BinaryIO, *, size: int) -> None:
        """Stores the bytes from their beginning; a file of that path is replaced.

        Folders are made as they are needed. To store the same twice is to store it once, so that unlike other writes
        this one is sent again where its answer was lost.
        """

    def names(self, folder: str) -> tuple[str, ...]:
        """The names of the files in the folder itself, in no certain order; none where it is absent."""

    def read(self, path: str) -> Iterator[bytes] | None:
        """The bytes piece by piece, None where the file is absent.

        Unreadable `drive-unreadable` where nothing can ever be read back, Damaged `drive-damaged` for what came back
        damaged, which may show with the last piece only.
        """

    def delete(self, paths: Sequence[str]) -> None:
        """Deletes files, in this order; those that are gone are fine."""
