"""Names that an interrupted run gave to pipelines, and that the branch has dropped since."""

from ..domain.errors import Transient
from ..domain.layout import config_path
from . import undo
from .outside import Outside
from .scene import Scene


def take_back(seen: Scene, outside: Outside) -> None:
    """Gives pipelines their old names again, so that they are found under those.

    What else a run wrote shows by itself: an older version is known to Git. Raises Transient `put-back-incomplete`.
    """
    given = [entry for entry in seen.entries if entry.was and not _is_wanted(entry.title, seen, outside)]
    undone = undo.put_back(given, seen.target.workspace, outside)
    if undo.stuck(undone):
        raise Transient(
            "put-back-incomplete", "a pipeline that an unfinished deploy had renamed still has its new name"
        )


def _is_wanted(title: str, seen: Scene, outside: Outside) -> bool:
    return outside.repository.content(config_path(title), seen.head) is not None
