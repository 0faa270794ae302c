"""What the branch holds of each pipeline, read as cheaply as possible: what equals live is not downloaded."""

import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from ..domain import content
from ..domain.content import Content
from ..domain.errors import Refused, Transient
from ..domain.gitlab import StoredFile, blob_id
from ..domain.layout import CONFIG_FOLDER, config_path, title_of, titles_of
from .inventory import Inventory
from .outside import Outside
from .pace import all_of
from .scene import Scene

FEW = 20
"""Up to so many files are fetched one by one; more of them as one archive."""
_WIDTH = 8
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Config:
    """A config file at head, `packed` being compressed. `commit` touched it last, empty where nobody has asked."""

    packed: bytes
    commit: str = ""

    @property
    def file(self) -> bytes:
        """The config file."""
        return zlib.decompress(self.packed)


@dataclass(frozen=True, slots=True)
class Shelf:
    """`blobs` are the files below config/ at head. Contents are by title; a `defect` says why one can't be read.

    `other` are the configs at head, by title, whose content is not what is live.
    """

    blobs: Mapping[str, str]
    head: Mapping[str, Content]
    base: Mapping[str, Content]
    other: Mapping[str, Config]
    defects: Mapping[str, str]

    @property
    def titles(self) -> frozenset[str]:
        """Every pipeline that the branch has."""
        return titles_of(tuple(self.blobs))

    @property
    def touched(self) -> Mapping[str, str]:
        """Path to the commit that touched it last, as far as that is known."""
        return {config_path(title): each.commit for title, each in self.other.items() if each.commit}


def configs(scene: Scene, outside: Outside) -> Mapping[str, str]:
    """The files below config/ at head, path to blob."""
    return outside.repository.tree(scene.head, CONFIG_FOLDER)


def look(
    scene: Scene, blobs: Mapping[str, str], inventory: Inventory, outside: Outside, *, only: Collection[str] | None
) -> Shelf:
    """Head and base of the pipelines, or of those in `only`; `blobs` are all configs at head."""
    wanted = sorted(title for title in titles_of(tuple(blobs)) if only is None or title in only)
    same = {title for title in wanted if _is_live(blobs[config_path(title)], inventory, title)}
    head = {title: inventory.found[title].content for title in same}
    defects, other = dict[str, str](), dict[str, Config]()
    for title, stored in _stored(scene.head, [title for title in wanted if title not in same], outside):
        try:
            head[title] = content.of_file(stored.data)
        except Refused as error:
            defects[title] = f"`{config_path(title)}`: {error.detail}"
        else:
            live = inventory.found.get(title)
            if live is None or live.content != head[title]:
                other[title] = Config(zlib.compress(stored.data, 1), stored.commit)
    return Shelf(blobs, head, _base(scene, blobs, head, outside, only=only), other, defects)


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
        **_readable(contents(scene.base, asked, outside)),
        **_readable(_each(captured, lambda title: _content(title, scene.captures[title].commit, outside), outside)),
    }


def _readable(data: Iterable[tuple[str, bytes]]) -> dict[str, Content]:
    found: dict[str, Content] = {}
    for title, each in data:
        try:
            found[title] = content.of_file(each)
        except Refused:
            continue  # what can't be read was never proven to be live
    return found


def _stored(commit: str, titles: list[str], outside: Outside) -> Iterable[tuple[str, StoredFile]]:
    """The configs of these pipelines; each by itself it comes with the commit that touched it last."""
    if len(titles) > FEW:
        return ((title, StoredFile(data, "")) for title, data in contents(commit, titles, outside))
    return _each(titles, lambda title: outside.repository.file(config_path(title), commit), outside)


def contents(commit: str, titles: list[str], outside: Outside) -> Iterable[tuple[str, bytes]]:
    """The configs of these pipelines, where the commit has them; one archive where they are many."""
    if len(titles) > FEW:
        try:
            yield from _archived(commit, frozenset(titles), outside)
        except Transient:
            outside.deadline.check()  # GitLab gives few archives a minute; files it gives at any time
        else:
            return
    yield from _each(titles, lambda title: _content(title, commit, outside), outside)


def _archived(commit: str, titles: Collection[str], outside: Outside) -> Iterable[tuple[str, bytes]]:
    for path, data in outside.repository.archive(commit, CONFIG_FOLDER):
        outside.deadline.check()
        title = title_of(path)
        if title is not None and title in titles:
            yield title, data


def _each(titles: list[str], read: Callable[[str], Found | None], outside: Outside) -> Iterable[tuple[str, Found]]:
    """A few at a time, so that a few are in memory."""
    for start in range(0, len(titles), FEW):
        some = titles[start : start + FEW]
        outside.deadline.check()
        results = all_of(outside.together, read, some, width=_WIDTH)
        yield from ((title, found) for title, found in zip(some, results, strict=True) if found is not None)


def _content(title: str, commit: str, outside: Outside) -> bytes | None:
    return outside.repository.content(config_path(title), commit)
