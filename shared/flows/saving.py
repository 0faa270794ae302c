"""A workspace as it was read → a backup on each of its drives, and older ones that are over."""

import json
from collections.abc import Iterator, Sequence

from ..domain import files
from ..domain.backup import BackupPlace, Stored
from ..domain.backup_report import BackupLine
from ..domain.drives import DriveSettings
from ..domain.errors import Refused
from ..domain.layout import config_path
from ..domain.run import Run
from ..domain.titles import Titles
from . import backup, retention
from .inventory import Inventory
from .outside import Outside


def save(
    live: Inventory,
    place: BackupPlace,
    *,
    titles: Titles,
    run: Run,
    drives: Sequence[DriveSettings],
    outside: Outside,
) -> tuple[BackupLine, ...]:
    """One line a drive; what could not be read makes it a backup of some pipelines, by which no old one is replaced."""
    some = bool(live.unreadable or live.twins)
    lines = backup.store(_stored(live, titles), place=place, run=run, drives=drives, outside=outside, some=some)
    return lines if some else retention.tidy(lines, workspace=place.workspace, drives=drives, outside=outside)


def _stored(live: Inventory, titles: Titles) -> Iterator[Stored]:
    """One by one: all of them at once may be more than there is memory."""
    for title in sorted(live.found):
        pipeline = live.found[title]
        file = pipeline.file
        try:
            found = files.files_of(title, json.loads(file), titles=titles)
        except Refused:
            found = {config_path(title): file}  # Git can't hold it, a backup can
        yield Stored(title, pipeline.id, found)
