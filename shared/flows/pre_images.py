"""What a deploy is about to overwrite → every drive of the settings, before its first write."""

import json
from collections.abc import Iterator

from ..domain.backup import BackupPlace, Stored
from ..domain.backup_report import BackupLine
from ..domain.content import Content
from ..domain.errors import Refused
from ..domain.layout import config_file, config_path
from ..domain.plan import Decision, Plan
from . import backup
from .outside import Outside
from .scene import Scene
from .target import Order


def save(made: Plan, order: Order, seen: Scene, outside: Outside) -> tuple[BackupLine, ...]:
    """One line a drive, none where there is nothing to save; a drive that fails is told and stops nothing."""
    overwritten = [each for each in made.writes if (each.was or each.versions).live]
    if not order.drives or not overwritten:
        return ()
    place = BackupPlace(order.request.project, seen.target.workspace, seen.branch, seen.head)
    return backup.pre_images(_stored(overwritten), place=place, run=order.run, drives=order.drives, outside=outside)


def _stored(decisions: list[Decision]) -> Iterator[Stored]:
    for title, live in (
        (old.title, old.live) for old in ((each.was or each.versions) for each in decisions) if old.live
    ):
        yield Stored(title, live.id, {config_path(title): _file(title, live.content)})


def _file(title: str, found: Content) -> bytes:
    """What is too much for a repository is no obstacle to a backup."""
    config = {"title": title, **found.fields(), **found.others}
    try:
        return config_file(config)
    except Refused:
        return json.dumps(config).encode()
