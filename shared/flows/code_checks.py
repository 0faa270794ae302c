"""The code files that a merge request touches beside their configs: an edit of the code alone would never run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..domain import code_agreement, content, path, review_checks
from ..domain.content import Content
from ..domain.errors import Refused
from ..domain.layout import CODE_FOLDER, code_folder, config_path, is_code
from ..domain.review_checks import Checked
from ..domain.titles import known
from .foresight import Foresight
from .outside import Outside
from .pace import all_of
from .shelf import FEW

_WIDTH = 8


@dataclass(frozen=True, slots=True)
class CodeChecks:
    """By title what was found, and `alone` the configs of the pipelines of which the code alone is touched."""

    found: Mapping[str, Checked] = field(default_factory=dict)
    alone: Mapping[str, Content] = field(default_factory=dict)


def of(foreseen: Foresight, outside: Outside) -> CodeChecks:
    """At most two requests for each pipeline; raises what the ports raise."""
    mine = {each.title: each.versions.head for each in foreseen.ours}
    touched = [each for each in sorted(foreseen.paths) if is_code(each)]
    alone = _alone(touched, mine.keys(), foreseen.seen.head, outside)
    configs = {title: found for title, found in {**mine, **alone}.items() if found is not None}
    have = _have(configs, foreseen.seen.head, outside)
    titles = known([*map(config_path, configs), *have])
    found = {
        title: review_checks.of_code(
            title,
            code_agreement.find(title, each.fields(), titles=titles, have=have, changed=foreseen.paths),
        )
        for title, each in configs.items()
    }
    return CodeChecks(found, alone)


def _alone(touched: Iterable[str], mine: Iterable[str], head: str, outside: Outside) -> dict[str, Content]:
    """The pipelines that the files belong to, beside those whose configs are touched: of each the innermost folder."""
    known_ones = set(mine)
    folders = dict.fromkeys(each.rpartition("/")[0] for each in touched)
    wanted = [
        [each.removeprefix(f"{CODE_FOLDER}/") for each in (folder, *path.folders(folder)) if each != CODE_FOLDER]
        for folder in folders
    ]
    found = all_of(outside.together, lambda each: _owner(each, known_ones, head, outside), wanted, width=_WIDTH)
    return dict(filter(None, found))


def _owner(folders: list[str], mine: set[str], head: str, outside: Outside) -> tuple[str, Content] | None:
    """None where it is one of ours, or nobody's."""
    for title in folders:
        if title in mine:
            return None
        outside.deadline.check()
        data = outside.repository.content(config_path(title), head)
        if data is not None:
            return _read(title, data)
    return None


def _read(title: str, data: bytes) -> tuple[str, Content] | None:
    """A config that can't be read is told of by whoever changes it."""
    try:
        return title, content.of_file(data)
    except Refused:
        return None


def _have(titles: Iterable[str], head: str, outside: Outside) -> dict[str, str]:
    """The code files of these pipelines, path to blob; one list where they are many."""
    folders = [code_folder(title) for title in titles]
    asked = folders if len(folders) <= FEW else [CODE_FOLDER]
    trees = all_of(outside.together, lambda each: outside.repository.tree(head, each), asked, width=_WIDTH)
    return {name: blob for tree in trees for name, blob in tree.items() if is_code(name)}
