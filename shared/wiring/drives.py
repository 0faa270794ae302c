"""The name of a drive in the settings → the adapter that stands for it."""

from collections.abc import Callable

from ..adapters.aic.drive import AicDrive
from ..adapters.aic.place import AicPlace
from ..adapters.storage.connection import StorageConnection
from ..adapters.storage.drive import StorageDrive
from ..deadline import Deadline
from ..domain import drives
from ..domain.mapping import slug
from ..ports.aic import Drive


def opened(
    name: str,
    *,
    project: str,
    workspace: str,
    aic: Callable[[], AicPlace],
    storage: Callable[[], StorageConnection],
    deadline: Deadline,
) -> Drive:
    """A drive in AIC is of one workspace; in a bucket each workspace of each project has a folder of its own."""
    found = drives.bucket(name)
    if found is None:
        return AicDrive(aic(), name)
    folder = "/".join(part for part in (found.prefix, project, slug(workspace)) if part)
    return StorageDrive(storage(), bucket=found.bucket, prefix=folder, deadline=deadline)
