"""One environment of a board: the branch, its workspace and the backups of that → a cell for each pipeline.

AIC is listed twice and asked for each pipeline once, GitLab for a few things and at most two archives, each drive for
two lists: see docs/board.md. Nothing is written.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..domain import backup, board_state, mapping
from ..domain.board import Cell, Environment, OnDrive, State
from ..domain.drives import DriveSettings
from ..domain.errors import Refused, ServiceError, Transient
from ..domain.mark import Mark
from ..domain.messages.deploy import DeployRequest
from ..domain.plan import Live, Versions
from ..ports.aic import Drive
from . import backups, inventory, scene, shelf
from .answering import Asker
from .drill import last_proof
from .inventory import Inventory
from .outside import Outside
from .pace import both
from .scene import Scene, Superseded
from .shelf import Shelf
from .target import Order, Target


@dataclass(frozen=True, slots=True)
class Seen:
    """The environment as it was found; `cells` are by title."""

    environment: Environment
    cells: Mapping[str, Cell] = field(default_factory=dict)


def look(
    wanted: Environment,
    mapped: mapping.Mapping,
    commit: str,
    *,
    asker: Asker,
    drives: Sequence[DriveSettings],
    outside: Outside,
) -> Seen:
    """`commit` is the last one of the mapping file; raises what looking at Git and AIC raises."""
    target = Target(wanted.workspace, mapping.environment(wanted.workspace), mapped, commit)
    order = Order(DeployRequest(project="-", branch=wanted.branch), asker.allowed, asker.run)
    found = scene.look(order, target, outside)
    if isinstance(found, Superseded):
        raise Refused("superseded", "the branch was set back behind what is live; deploy it by hand with `confirm`")
    kept, saved = _backups(wanted.workspace, drives, asker, outside)
    live, blobs = both(
        outside.together,
        lambda: inventory.read(
            outside.open_workspace(wanted.workspace), outside, only=None, may_be_empty=found.recorded is None
        ),
        lambda: shelf.configs(found, outside),
    )
    in_git = shelf.look(found, blobs, live, outside, only=None)
    titles = [title for title in sorted(live.titles | in_git.titles | in_git.base.keys()) if not mapped.ignored(title)]
    cells = {title: _cell(title, found, live, in_git) for title in titles}
    there = {title: _with_backup(title, each, live, saved) for title, each in cells.items() if _is_there(each)}
    return Seen(_environment(wanted, found, kept), there)


def _environment(wanted: Environment, found: Scene, kept: tuple[OnDrive, ...]) -> Environment:
    success = next((each for each in found.own if each.status == "success"), None)
    return replace(
        wanted,
        head=found.head,
        deployed=success.commit if success else "",
        since=success.created if success else "",
        drives=kept,
    )


def _cell(title: str, found: Scene, live: Inventory, in_git: Shelf) -> Cell:
    pipeline, captured = live.found.get(title), found.captures.get(title)
    other = in_git.other.get(title)
    versions = Versions(
        title,
        in_git.base.get(title),
        in_git.head.get(title),
        None if pipeline is None else Live(pipeline.id, pipeline.content),
        defect=in_git.defects.get(title, ""),
        twins=live.twins.get(title, ()),
    )
    return board_state.decide(
        versions,
        deployed=captured.commit if captured else found.base or "",
        waiting=other.commit if other else "",
        unreadable=live.unreadable.get(title, ""),
    )


def _is_there(cell: Cell) -> bool:
    return cell.state is not State.ABSENT


def _with_backup(title: str, cell: Cell, live: Inventory, saved: Collection[str] | None) -> Cell:
    """What AIC has not got can't be saved."""
    if saved is None or title not in live.titles:
        return cell
    return replace(cell, saved=backup.plain(title) in saved)


def _backups(
    workspace: str, drives: Sequence[DriveSettings], asker: Asker, outside: Outside
) -> tuple[tuple[OnDrive, ...], Collection[str] | None]:
    """What lies on each drive; and the titles that are in the newest backup, None where no drive can say."""
    found = [_on_drive(workspace, each.drive, asker, outside) for each in drives]
    newest = sorted(((each.moment, on.drive, each.folder) for on, each in found if each), reverse=True)
    for _, drive, folder in newest:
        titles = _titles(outside.open_drive(workspace, drive), folder, asker)
        if titles is not None:
            return tuple(on for on, _ in found), titles
    return tuple(on for on, _ in found), None


def _on_drive(workspace: str, name: str, asker: Asker, outside: Outside) -> tuple[OnDrive, Mark | None]:
    try:
        drive = outside.open_drive(workspace, name)
        newest = next((each for each in backups.marks(drive, workspace) if each.regular), None)
        proof = last_proof(drive, workspace)
    except ServiceError as error:
        _again(error, asker)
        return OnDrive(name, reason=error.reason), None
    return OnDrive(name, newest.moment if newest else None, proof.moment if proof else None), newest


def _titles(drive: Drive, folder: str, asker: Asker) -> Collection[str] | None:
    """By the manifest, where it can be read."""
    try:
        manifest = backups.read_manifest(drive, folder)
    except ServiceError as error:
        _again(error, asker)
        return None
    return None if manifest is None else frozenset(each.name for each in manifest.pipelines)


def _again(error: ServiceError, asker: Asker) -> None:
    if isinstance(error, Transient) and not asker.final:
        raise error
