"""What the branch holds of each pipeline, read as cheaply as possible: what equals live is not downloaded."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from ..domain import content
from ..domain.content import Content
from ..domain.errors import Refused, Transient
from ..domain.gitlab import blob_id
from ..domain.layout import CONFIG_FOLDER, config_path, title_of, titles_of
from .inventory import Inventory
from .outside import Outside
from .pace import all_of
from .scene import Scene

FEW = 20
"""Up to so many files are fetched one by one; more of them as one archive."""
_WIDTH = 8


@dataclass(frozen=True, slots=True)
class Shelf:
    """`blobs` are the files below config/ at head. Contents are by title; a `defect` says why one can't be read."""

    blobs: Mapping[str, str]
    head: Mapping[str, Content]
    base: Mapping[str, Content]
    defects: Mapping[str, str]

    @property
    def titles(self) -> frozenset[str]:
        """Every pipeline that the branch has."""
        return titles_of(tuple(self.blobs))


def look(scene: Scene, inventory: Inventory, outside: Outside, *, only: Collection[str] | None) -> Shelf:
    """Head and base of the pipelines, or of those in `only`."""
    blobs = outside.repository.tree(scene.head, CONFIG_FOLDER)
    wanted = sorted(title for title in titles_of(tuple(blobs)) if only is None or title in only)
    same = {title for title in wanted if _is_live(blobs[config_path(title)], inventory, title)}
    head = {title: inventory.found[title].content for title in same}
    data = _data(scene.head, [title for title in wanted if title not in same], outside)
    defects: dict[str, str] = {}
    for title, found in data:
        try:
            head[title] = content.of_file(found)
        except Refused as error:
            defects[title] = f"`{config_path(title)}`: {error.detail}"
    return Shelf(blobs, head, _base(scene, blobs, head, outside, only=only), defects)


def _is_live(blob: str, inventory: Inventory, title: str) -> bool:
    found = inventory.found.get(title)
    return found is not None and blob_id(found.file, like=blob) == blob


def _base(
    scene: Scene,
    blobs: Mapping[str, str],
    head: Mapping[str, Content],
    outside: Outside,
    *,
    only: Collection[str] | None,
) -> dict[str, Content]:
    """What is untouched is at base what it is at head, and what was captured was live as captured."""
    if scene.base is None:
        return {}
    if scene.base == scene.head:
        return dict(head)
    if scene.touched is None or len(scene.touched) > FEW:
        before = outside.repository.tree(scene.base, CONFIG_FOLDER)
        touched = titles_of(tuple(path for path in before.keys() | blobs.keys() if before.get(path) != blobs.get(path)))
    else:
        touched = scene.touched
    changed = sorted(title for title in {*touched, *scene.captures} if only is None or title in only)
    asked = [title for title in changed if title not in scene.captures]
    captured = [title for title in changed if title in scene.captures]
    unchanged = {title: each for title, each in head.items() if title not in {*changed, *touched}}
    return {
        **unchanged,
        **_readable(_data(scene.base, asked, outside)),
        **_readable(_each(captured, lambda title: scene.captures[title].commit, outside)),
    }


def _readable(data: Iterable[tuple[str, bytes]]) -> dict[str, Content]:
    found: dict[str, Content] = {}
    for title, each in data:
        try:
            found[title] = content.of_file(each)
        except Refused:
            continue  # what can't be read was never proven to be live
    return found


def _data(commit: str, titles: list[str], outside: Outside) -> Iterable[tuple[str, bytes]]:
    """The configs of these pipelines, where the commit has them; one archive where they are many."""
    if len(titles) > FEW:
        try:
            yield from _archived(commit, frozenset(titles), outside)
        except Transient:
            outside.deadline.check()  # GitLab gives few archives a minute; files it gives at any time
        else:
            return
    yield from _each(titles, lambda _: commit, outside)


def _archived(commit: str, titles: Collection[str], outside: Outside) -> Iterable[tuple[str, bytes]]:
    for path, data in outside.repository.archive(commit, CONFIG_FOLDER):
        outside.deadline.check()
        title = title_of(path)
        if title is not None and title in titles:
            yield title, data


def _each(titles: list[str], at: Callable[[str], str], outside: Outside) -> Iterable[tuple[str, bytes]]:
    results = all_of(outside.together, lambda title: _one(title, at(title), outside), titles, width=_WIDTH)
    yield from ((title, data) for title, data in zip(titles, results, strict=True) if data is not None)


def _one(title: str, commit: str, outside: Outside) -> bytes | None:
    outside.deadline.check()
    return outside.repository.content(config_path(title), commit)
