"""The code files of a pipeline beside its config: only the config runs, so an edit of the code alone does nothing."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from .code import code_files
from .errors import Refused
from .gitlab import blob_id
from .layout import code_folder, config_path
from .titles import Titles


class Disagreement(StrEnum):
    """What is between a code file and its config."""

    EDITED = "was edited here, but its config says otherwise"
    REMOVED = "was removed here, but its config still has that task"
    STALE = "is older than its config"


@dataclass(frozen=True, slots=True)
class Disagreeing:
    """A code file that says something else than the config."""

    path: str
    what: Disagreement

    @property
    def is_idle(self) -> bool:
        """Whether somebody's edit would never run."""
        return self.what is not Disagreement.STALE


def find(
    title: str,
    job_config: Mapping[str, object],
    *,
    titles: Titles,
    have: Mapping[str, str],
    changed: Collection[str],
) -> tuple[Disagreeing, ...]:
    """Of one pipeline. `have` are the code files that are there, path to blob; `changed` the paths that are proposed
    to change, beside which older disagreements count only where the config itself is among them.
    """
    try:
        wanted = code_files(title, job_config, titles=titles)
    except Refused:
        return ()
    return tuple(_found(wanted, have, changed, config=config_path(title) in changed))


def advice(title: str, path: str) -> str:
    """A sentence that says where the edit has to go."""
    field = "`config.script`" if path.endswith(".py") else "`config.query`"
    task = path.removeprefix(f"{code_folder(title)}/").rpartition(".")[0]
    return f"only `{config_path(title)}` runs: put the same text there, into {field} of the task `{task}`"


def _found(
    wanted: Mapping[str, bytes], have: Mapping[str, str], changed: Collection[str], *, config: bool
) -> Iterator[Disagreeing]:
    for path, data in wanted.items():
        if path not in have:
            if path in changed:
                yield Disagreeing(path, Disagreement.REMOVED)
        elif blob_id(data, like=have[path]) != have[path]:
            if path in changed:
                yield Disagreeing(path, Disagreement.EDITED)
            elif config:
                yield Disagreeing(path, Disagreement.STALE)
