"""What a snapshot looks at: a workspace as AIC has it beside its branch in Git, pinned once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from ..domain import capture
from ..domain.capture import Seen
from ..domain.errors import Refused
from ..domain.layout import config_path
from ..domain.plan import Live, Versions
from ..domain.titles import Titles, known
from ..ports.aic import Workspace
from . import inventory, shelf, storable
from .history import History
from .holds import held
from .inventory import Inventory
from .outside import Outside
from .pace import all_of, both
from .scene import Scene
from .shelf import Shelf

_WIDTH = 8


@dataclass(frozen=True, slots=True)
class Survey:
    """`pipelines` as the table of decisions wants them; what the mapping file ignores is left out.

    `titles` are those of every pipeline that Git or AIC has, to tell what goes where. `files` are those of pipelines
    that Git never had as they are live, by title, path to bytes; what may not go to Git isn't among them.
    """

    scene: Scene
    live: Inventory
    shelf: Shelf
    titles: Titles
    pipelines: tuple[Seen, ...] = ()
    files: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)


def survey(scene: Scene, workspace: Workspace, outside: Outside, *, only: Collection[str] | None) -> Survey:
    """Of all pipelines, or those in `only`; raises Refused `pipeline-ignored` or `unknown-pipeline`."""
    _check_ignored(scene, only)
    may_be_empty = scene.recorded is None
    live, (holds, blobs) = both(
        outside.together,
        lambda: inventory.read(workspace, outside, only=only, may_be_empty=may_be_empty),
        lambda: (held(scene.branch, scene.head, outside.repository), shelf.configs(scene, outside)),
    )
    in_git = shelf.look(scene, blobs, live, outside, only=only)
    made = Survey(scene, live, in_git, known(blobs, live=live.titles))
    there = in_git.titles | live.titles
    if unknown := sorted(title for title in only or () if title not in there):
        raise Refused("unknown-pipeline", f"neither Git nor AIC has a pipeline `{unknown[0]}`; check the spelling")
    wanted = sorted(title for title in only or there if not scene.target.mapping.ignored(title))
    return _with_history(wanted, made, holds, outside)


def _check_ignored(scene: Scene, only: Collection[str] | None) -> None:
    ignored = sorted(title for title in only or () if scene.target.mapping.ignored(title))
    if ignored:
        raise Refused("pipeline-ignored", f"`{ignored[0]}` is under `ignore:` in the mapping file")


def _with_history(wanted: list[str], made: Survey, holds: Mapping[str, int], outside: Outside) -> Survey:
    history = History(made.scene, outside)
    bare = [_seen(title, made, holds) for title in wanted]
    full = all_of(outside.together, lambda each: _asked(each, history, made), bare, width=_WIDTH)
    new = ((each.title, made.live.found[each.title].file) for each in full if _is_new(each))
    found = storable.sort(new, made.titles, outside.repository)
    pipelines = tuple(replace(each, withheld=found.withheld.get(each.title, "")) for each in full)
    return replace(made, pipelines=pipelines, files=found.files)


def _seen(title: str, made: Survey, holds: Mapping[str, int]) -> Seen:
    found, in_git, scene = made.live.found.get(title), made.shelf, made.scene
    captured = scene.captures.get(title)
    touched = scene.touched is None or title in scene.touched if captured is None else captured.overtaken
    versions = Versions(
        title,
        in_git.base.get(title),
        in_git.head.get(title),
        None if found is None else Live(found.id, found.content),
        touched if scene.base != scene.head else False,
        defect=in_git.defects.get(title, ""),
        twins=made.live.twins.get(title, ()),
    )
    return Seen(versions, unreadable=title in made.live.unreadable, held=holds.get(title))


def _asked(each: Seen, history: History, made: Survey) -> Seen:
    """Whether Git had the file, where nothing else says so, and which commit has what is live."""
    versions = each.versions
    if versions.live is None:
        return each
    if _title_is_new(each, made):
        each = replace(each, ever=history.ever(each.title))
    if not capture.needs_history(each):
        return each
    last = made.shelf.touched.get(config_path(each.title), "")
    holder = history.holder(each.title, versions.live.content, but=last)
    return replace(each, versions=replace(versions, known=holder))


def _title_is_new(each: Seen, made: Survey) -> bool:
    """Whether neither head nor base has it, so that only history can tell."""
    return each.versions.base is None and each.title not in made.shelf.titles


def _is_new(each: Seen) -> bool:
    """Whether Git never had what is live, so that it may have to be stored."""
    versions = each.versions
    if versions.live is None or versions.known is not None:
        return False
    return versions.live.content not in (versions.head, versions.base)
