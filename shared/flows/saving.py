"""A workspace as it was read → a backup on each of its drives, and older ones that are over."""

import json
from collections.abc import Iterator, Mapping, Sequence

from ..domain import files, mark
from ..domain.backup import BackupPlace, Stored
from ..domain.backup_report import BackupLine
from ..domain.drives import DriveSettings
from ..domain.errors import Refused
from ..domain.layout import config_path
from ..domain.run import Run
from ..domain.titles import Titles
from ..ports.aic import Workspace
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
    folder = mark.beside(run) if some else ""
    pipelines = stored(live, titles)
    lines = backup.store(pipelines, place=place, run=run, drives=drives, outside=outside, folder=folder, some=some)
    return lines if some else retention.tidy(lines, workspace=place.workspace, drives=drives, outside=outside)


def stored(live: Inventory, titles: Titles) -> Iterator[Stored]:
    """One by one: all of them at once may be more than there is memory."""
    for title in sorted(live.found):
        pipeline = live.found[title]
        file = pipeline.file
        yield Stored(title, pipeline.id, _files(title, json.loads(file), file, titles))


def twins(live: Inventory, titles: Titles, workspace: Workspace, outside: Outside) -> Iterator[Stored]:
    """Those that share a title, which the inventory doesn't read: they are read here."""
    for title, ids in sorted(live.twins.items()):
        for job_id in ids:
            outside.deadline.check()
            config = workspace.read(job_id)
            if config is not None:
                yield Stored(title, job_id, _files(title, config, json.dumps(config, indent=2).encode(), titles))


def _files(title: str, config: Mapping[str, object], file: bytes, titles: Titles) -> Mapping[str, bytes]:
    try:
        return files.files_of(title, config, titles=titles)
    except Refused:
        return {config_path(title): file}  # Git can't hold it, a backup can
