"""The pipelines of a branch and its workspace, and which of them can stand in the repository beside the others."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from . import path as paths
from .layout import CODE_FOLDER, code_folder, config_path, is_code, title_of

Rank = tuple[int, str]
"""Who comes first where two need one place: other files of Git, then what Git has, then by title."""
_OTHER_FILE: Rank = (0, "")


@dataclass(frozen=True, slots=True)
class Titles:
    """`stored` have a config in Git, `live` are in AIC; made by `known`.

    The rest are places by their folded path. `files` and `folders` say what must be one and for whom; `homes` are the
    folders of code; `code` are the code files that Git has.
    """

    stored: frozenset[str]
    live: frozenset[str]
    files: Mapping[str, Rank] = field(repr=False)
    folders: Mapping[str, Rank] = field(repr=False)
    homes: frozenset[str] = field(repr=False)
    code: frozenset[str] = field(repr=False)

    def is_free(self, path: str, *, title: str) -> bool:
        """Whether a task of that pipeline may have its code there: no other pipeline or foreign file is in the way."""
        key, own = paths.fold(path), len(paths.fold(code_folder(title)))
        above = [folder for folder in paths.folders(key) if len(folder) > own]
        if key in self.folders or key in self.files:
            return False
        return not any(folder in self.homes or folder in self.files for folder in above)


def known(in_git: Iterable[str] = (), *, live: Collection[str] = ()) -> Titles:
    """`in_git` are the paths of all files below `config/` and `code/`, `live` the titles in AIC."""
    given = tuple(in_git)
    stored = frozenset(title for path in given if (title := title_of(path)) is not None)
    others = [path for path in given if title_of(path) is None and not is_code(path)]
    ranked = sorted((_rank(title, stored), title) for title in stored.union(live) if _fits(title, stored))
    files = dict.fromkeys(map(paths.fold, others), _OTHER_FILE)
    folders = dict.fromkeys((folder for path in others for folder in paths.folders(paths.fold(path))), _OTHER_FILE)
    for rank, title in ranked:
        config, home = paths.fold(config_path(title)), paths.fold(code_folder(title))
        files.setdefault(config, rank)
        for folder in (*paths.folders(config), home, *paths.folders(home)):
            folders.setdefault(folder, rank)
    homes = frozenset(paths.fold(code_folder(title)) for _, title in ranked)
    code = frozenset(paths.fold(path) for path in given if is_code(path))
    return Titles(stored, frozenset(live), files, folders, homes, code)


def unstorable(title: str, *, titles: Titles) -> str:
    """Why the pipeline can't be put into Git, a sentence; empty where it can. What Git has stays.

    Only what Git or GitLab can't hold, and what would overwrite something in a person's checkout.
    """
    if not title:
        return "the pipeline has no name"
    reason = _unfit(title, titles.stored)
    if reason or title in titles.stored:
        return reason
    own = _rank(title, titles.stored)
    rank, why = min(_rivals(title, titles), default=(own, ""))
    if rank == _OTHER_FILE:
        return "Git has another file or folder in its place"
    return why if rank < own else ""


def belongs(path: str, *, titles: Titles) -> str | None:
    """The pipeline whose code file it is: the longest title that is a folder of it. None for people's own files."""
    if not is_code(path):
        return None
    above = (folder.removeprefix(f"{CODE_FOLDER}/") for folder in paths.folders(path))
    return next((title for title in above if title in titles.stored or title in titles.live), None)


def _rank(title: str, stored: Collection[str]) -> Rank:
    return (1 if title in stored else 2, title)


def _fits(title: str, stored: Collection[str]) -> bool:
    return bool(title) and not _unfit(title, stored)


def _unfit(title: str, stored: Collection[str]) -> str:
    """What is wrong with the name itself; a name that Git has already is not too long."""
    places = (config_path(title), f"{code_folder(title)}/{'x' * paths.MAX_PART}")
    found = (paths.defect(place) or ("" if title in stored else paths.excess(place)) for place in places)
    return next(filter(None, found), "")


def _rivals(title: str, titles: Titles) -> Iterator[tuple[Rank, str]]:
    """Who needs a place that this one needs too, and what people should know of it."""
    config, home = paths.fold(config_path(title)), paths.fold(code_folder(title))
    homes = (home, *paths.folders(home))
    if twin := titles.files.get(config):
        yield twin, f"`{twin[1]}` is the same name on Windows and macOS, where one would overwrite the other"
    for rank in [titles.folders.get(config), *(titles.files.get(each) for each in (*paths.folders(config), *homes))]:
        if rank:
            yield rank, f"it needs a file where `{rank[1]}` needs a folder, or a folder where that needs a file"
    if not titles.code.isdisjoint(homes):
        yield _OTHER_FILE, ""
