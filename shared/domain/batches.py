"""Changes of files → the commits that they go into: as few as GitLab's limits allow."""

from collections.abc import Iterable, Iterator, Sequence

from .gitlab import FileAction

MOST_BYTES = 14 * 1024 * 1024
"""Beyond 20 MB a request GitLab takes three in half a minute; contents are sent as base64, a third longer.

https://docs.gitlab.com/administration/settings/rate_limit_on_commits_api/
"""
MOST_ACTIONS = 5000
_OVERHEAD = 400
"""Bytes of an action beside its content: names, paths, the guard."""


def split(groups: Iterable[Sequence[FileAction]], *, most: int = MOST_BYTES) -> Iterator[tuple[FileAction, ...]]:
    """Fills one commit after the other, without ever dividing a group: the files of one pipeline change together.

    `most` are the bytes of a commit. Of the groups no more are taken than the next commit needs.
    """
    batch, room = list[FileAction](), most
    for group in groups:
        size = sum(_OVERHEAD + len(action.data or b"") for action in group)
        if batch and (size > room or len(batch) + len(group) > MOST_ACTIONS):
            yield tuple(batch)
            batch, room = [], most
        batch += group
        room -= size
    if batch:
        yield tuple(batch)
