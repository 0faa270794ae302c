"""What a backup holds, beside what Git has at the commit that the backup names."""

import hashlib
from collections.abc import Mapping

from ..domain import content
from ..domain.drill_report import Compared
from ..domain.errors import Refused, ServiceError
from ..domain.layout import CONFIG_FOLDER, title_of
from .outside import Outside


def key(config: bytes) -> str:
    """Equal for configs that deploy the same; one that can't be deployed is equal to itself alone."""
    try:
        return content.of_file(config).digest
    except Refused:
        return f"raw {hashlib.sha256(config).hexdigest()}"


def configs(commit: str, outside: Outside) -> Mapping[str, str] | str:
    """Titles and keys of the configs that Git has there, or why GitLab can't tell. One is in memory at a time."""
    if not commit:
        return "the backup names no commit"
    try:
        found = outside.repository.archive(commit, CONFIG_FOLDER)
        return {title: key(data) for path, data in found if (title := title_of(path)) is not None}
    except ServiceError as error:
        return error.detail or error.reason


def compare(saved: Mapping[str, str], in_git: Mapping[str, str] | str) -> Compared:
    """Titles and keys of a backup beside those in Git. That GitLab can't tell takes nothing from what was proven."""
    if isinstance(in_git, str):
        return Compared(skipped=in_git)
    both = saved.keys() & in_git.keys()
    differing = {title for title in both if saved[title] != in_git[title]}
    return Compared(
        equal=len(both) - len(differing),
        differing=tuple(sorted(differing)),
        only_in_git=tuple(sorted(in_git.keys() - both)),
        only_in_backup=tuple(sorted(saved.keys() - both)),
    )
