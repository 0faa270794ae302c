"""Pipelines that are to be stored → the changes of files that do it, each guarded by the file's last commit."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from ..domain.gitlab import FileAction, blob_id
from ..domain.layout import CODE_FOLDER, code_folder, config_path, title_of
from ..domain.titles import Titles, belongs
from .outside import Outside
from .pace import all_of

FEW = 10
"""Up to so many pipelines the files of each are listed by themselves; of more all code at once."""
_WIDTH = 8
_AT_ONCE = 64
"""Pipelines whose files are unpacked in memory together."""
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Parcel:
    """One pipeline as it is to stand in Git, path to bytes; no files at all means that it is to go.

    `previous` is its old title, where it was renamed.
    """

    title: str
    files: Mapping[str, bytes]
    previous: str = ""

    @property
    def titles(self) -> tuple[str, ...]:
        """The pipeline's title, and the old one where it has one."""
        return (self.title, self.previous) if self.previous else (self.title,)


def code_at(commit: str, titles: Collection[str], outside: Outside) -> dict[str, str]:
    """The files in the code folders of these pipelines, of many all below code/: path to blob."""
    folders = [code_folder(title) for title in sorted(titles)] if len(titles) <= FEW else [CODE_FOLDER]
    trees = all_of(outside.together, lambda folder: outside.repository.tree(commit, folder), folders, width=_WIDTH)
    return {path: blob for tree in trees for path, blob in tree.items()}


def draft(
    parcels: Sequence[Parcel],
    commit: str,
    *,
    have: Mapping[str, str],
    titles: Titles,
    outside: Outside,
    touched: Mapping[str, str] = _NOTHING,
) -> Iterator[tuple[FileAction, ...]]:
    """What has to change upon the commit, a group for each parcel, empty ones left out; made as they are consumed.

    `have` are the files there, path to blob: all below config/, and the code of these pipelines. `titles` settle who
    owns a file. `touched` is the commit that touched a file last, as far as somebody has asked already.
    """
    owned = _owned(have, titles)
    for start in range(0, len(parcels), _AT_ONCE):
        groups = [_of(parcel, have, owned) for parcel in parcels[start : start + _AT_ONCE]]
        guards = _guards(groups, commit, touched, outside)
        yield from (tuple(_guarded(action, guards) for action in group) for group in groups if group)


def _of(parcel: Parcel, have: Mapping[str, str], owned: Mapping[str, Sequence[str]]) -> tuple[FileAction, ...]:
    moved = _moved(parcel, have) if parcel.previous else {}
    gone = [path for title in parcel.titles for path in owned.get(title, ())]
    actions = [_stored(path, data, have, moved) for path, data in sorted(parcel.files.items())]
    used = {moved[path] for path in parcel.files if path in moved and path not in have}
    deleted = [FileAction("delete", path) for path in gone if path not in parcel.files and path not in used]
    return (*(action for action in actions if action), *deleted)


def _stored(path: str, data: bytes, have: Mapping[str, str], moved: Mapping[str, str]) -> FileAction | None:
    if path in have:
        same = blob_id(data, like=have[path]) == have[path]
        return None if same else FileAction("update", path, data)
    if path in moved:
        return FileAction("move", path, data, previous=moved[path])
    return FileAction("create", path, data)


def _moved(parcel: Parcel, have: Mapping[str, str]) -> dict[str, str]:
    """New path to old path of the same file of a renamed pipeline."""
    old, new = f"{code_folder(parcel.previous)}/", f"{code_folder(parcel.title)}/"
    pairs = {path: old + path.removeprefix(new) for path in parcel.files if path.startswith(new)}
    pairs[config_path(parcel.title)] = config_path(parcel.previous)
    return {path: before for path, before in pairs.items() if before in have}


def _owned(have: Mapping[str, str], titles: Titles) -> Mapping[str, Sequence[str]]:
    """The files that are there by pipeline, each with the one of the longest title; people's own files are nobody's."""
    found = defaultdict[str, list[str]](list)
    for path in sorted(have):
        owner = title_of(path) or belongs(path, titles=titles)
        if owner is not None:
            found[owner].append(path)
    return found


def _guards(
    groups: Iterable[Sequence[FileAction]], commit: str, touched: Mapping[str, str], outside: Outside
) -> dict[str, str]:
    """The commit that touched each file last that is going to be changed."""
    changed = {_guarded_path(action) for group in groups for action in group if action.kind != "create"}
    paths = sorted(changed - touched.keys())
    found = all_of(outside.together, lambda path: outside.repository.last_touched(path, commit), paths, width=_WIDTH)
    return {**touched, **{path: last for path, last in zip(paths, found, strict=True) if last is not None}}


def _guarded_path(action: FileAction) -> str:
    return action.previous or action.path


def _guarded(action: FileAction, guards: Mapping[str, str]) -> FileAction:
    return action if action.kind == "create" else replace(action, last_commit=guards.get(_guarded_path(action), ""))
