"""Pipelines as they are at one commit → commits that make a branch have just them so, and touch nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..domain import batches
from ..domain.layout import CONFIG_FOLDER, config_path, titles_of
from ..domain.titles import Titles, belongs, known
from .draft import Parcel, code_at, draft
from .outside import Outside
from .pace import all_of

_WIDTH = 8


@dataclass(frozen=True, slots=True)
class Load:
    """The pipelines as `commit` has them; `configs` are its files below config/, path to blob."""

    commit: str
    titles: tuple[str, ...]
    configs: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Onto:
    """The branch that is to have them, cut at `start` unless it is there: what it has already is gone on from."""

    branch: str
    start: str
    message: str


def carry(load: Load, onto: Onto, outside: Outside) -> str:
    """The branch's newest commit, or `start` where there was nothing to commit; raises Transient to look again."""
    repository = outside.repository
    tip = repository.head(onto.branch)
    at = tip or onto.start
    configs = repository.tree(at, CONFIG_FOLDER)
    titles = known(configs, live=titles_of(tuple(load.configs)))
    have = {**configs, **code_at(at, load.titles, outside)}
    groups = draft(_parcels(load, outside), at, have=have, titles=titles, outside=outside)
    for actions in batches.split(groups, most=outside.commit_bytes):
        start = None if tip else onto.start
        tip = repository.commit(onto.branch, actions, message=onto.message, start=start)
    return tip or onto.start


def _parcels(load: Load, outside: Outside) -> list[Parcel]:
    """The pipelines with all of their files."""
    code, titles = code_at(load.commit, load.titles, outside), known(load.configs)
    paths = [(title, path) for title in load.titles for path in _files(title, code, titles)]
    data = all_of(outside.together, lambda each: _content(each[1], load, outside), paths, width=_WIDTH)
    files: dict[str, dict[str, bytes]] = {title: {} for title in load.titles}
    for (title, path), found in zip(paths, data, strict=True):
        files[title][path] = found
    return [Parcel(title, each) for title, each in files.items()]


def _files(title: str, code: Mapping[str, str], titles: Titles) -> list[str]:
    return [config_path(title), *sorted(path for path in code if belongs(path, titles=titles) == title)]


def _content(path: str, load: Load, outside: Outside) -> bytes:
    outside.deadline.check()
    return outside.repository.content(path, load.commit) or b""
