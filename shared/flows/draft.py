"""Pipelines that are to be stored → the changes of files that do it, each guarded by the file's last commit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..domain.gitlab import FileAction, blob_id
from ..domain.layout import CODE_FOLDER, code_folder, config_path
from ..domain.titles import Titles, belongs
from .outside import Outside
from .pace import all_of

FEW = 10
"""Up to so many pipelines the files of each are listed by themselves; of more all code at once."""
_WIDTH = 8


@dataclass(frozen=True, slots=True)
class Parcel:
    """One pipeline as it is to stand in Git, path to bytes; no files at all means that it is to go.

    `previous` is its old title, where it was renamed.
    """

    title: str
    files: Mapping[str, bytes]
    previous: str = ""


def draft(
    parcels: Sequence[Parcel], commit: str, *, configs: Mapping[str, str], titles: Titles, outside: Outside
) -> tuple[tuple[FileAction, ...], ...]:
    """What has to change upon the commit, a group for each parcel, empty ones left out.

    `configs` are the files below config/ there, path to blob; `titles` settle who owns a file.
    """
    code = _code(parcels, commit, outside)
    groups = [_of(parcel, {**configs, **code}, titles) for parcel in parcels]
    guards = _guards(groups, commit, outside)
    guarded = (tuple(_guarded(action, guards) for action in group) for group in groups)
    return tuple(group for group in guarded if group)


def _of(parcel: Parcel, have: Mapping[str, str], titles: Titles) -> tuple[FileAction, ...]:
    moved = _moved(parcel, have) if parcel.previous else {}
    gone = [path for title in (parcel.title, parcel.previous) if title for path in _owned(title, have, titles)]
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


def _owned(title: str, have: Mapping[str, str], titles: Titles) -> list[str]:
    """The files that are there of this pipeline, and of none whose title is longer; people's own files are not."""
    folder, config = f"{code_folder(title)}/", config_path(title)
    code = [path for path in have if path.startswith(folder) and belongs(path, titles=titles) == title]
    return sorted([*code, *([config] if config in have else [])])


def _code(parcels: Sequence[Parcel], commit: str, outside: Outside) -> dict[str, str]:
    titles = sorted({title for parcel in parcels for title in (parcel.title, parcel.previous) if title})
    folders = [code_folder(title) for title in titles] if len(titles) <= FEW else [CODE_FOLDER]
    trees = all_of(outside.together, lambda folder: outside.repository.tree(commit, folder), folders, width=_WIDTH)
    return {path: blob for tree in trees for path, blob in tree.items()}


def _guards(groups: Iterable[Sequence[FileAction]], commit: str, outside: Outside) -> dict[str, str]:
    """The commit that touched each file last that is going to be changed."""
    paths = sorted({_guarded_path(action) for group in groups for action in group if action.kind != "create"})
    found = all_of(outside.together, lambda path: outside.repository.last_touched(path, commit), paths, width=_WIDTH)
    return {path: last for path, last in zip(paths, found, strict=True) if last is not None}


def _guarded_path(action: FileAction) -> str:
    return action.previous or action.path


def _guarded(action: FileAction, guards: Mapping[str, str]) -> FileAction:
    return action if action.kind == "create" else replace(action, last_commit=guards.get(_guarded_path(action), ""))
