"""Whether bringing a pipeline from one branch to another goes forward: the version there must once have been here."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice

from ..domain import content
from ..domain.content import Content
from ..domain.errors import Refused
from ..domain.layout import config_path
from .outside import Outside
from .pace import all_of

_WIDTH = 8
_RECENT = 8
"""So many of the newest commits of a pipeline are looked at for what was taken back."""


def conflicts(
    titles: Sequence[str], *, source: str, target: str, there: Mapping[str, str], outside: Outside
) -> tuple[str, ...]:
    """Those that `target` has in a version which `source` never had: somebody's change would be undone.

    Both are commits; `there` are the files of `target` below config/.
    """
    present = [title for title in titles if config_path(title) in there]
    known = all_of(outside.together, lambda title: _had(title, source, target, outside), present, width=_WIDTH)
    return tuple(title for title, was_here in zip(present, known, strict=True) if not was_here)


def dropped(titles: Sequence[str], *, target: str, there: Mapping[str, str], outside: Outside) -> tuple[str, ...]:
    """Those that `target` had once and has no more."""
    absent = [title for title in titles if config_path(title) not in there]
    had = all_of(
        outside.together,
        lambda title: any(True for _ in _versions(config_path(title), target, outside)),
        absent,
        width=_WIDTH,
    )
    return tuple(title for title, once in zip(absent, had, strict=True) if once)


def taken_back(titles: Sequence[str], *, source: str, target: str, outside: Outside) -> tuple[str, ...]:
    """Those that `target` had as `source` has them, until a rollback or a revert brought back what was there before.

    What `source` itself has taken back goes forward: `target` has not been there and back.
    """
    back = all_of(outside.together, lambda title: _went_back(title, source, target, outside), titles, width=_WIDTH)
    return tuple(title for title, gone_back in zip(titles, back, strict=True) if gone_back)


def _went_back(title: str, source: str, target: str, outside: Outside) -> bool:
    path = config_path(title)
    wanted, now = _at(path, source, outside), _at(path, target, outside)
    if now is None or now == wanted:
        return False
    newest_first = outside.repository.path_commits(path, target, first_parent=True)
    recent = [_at(path, commit, outside) for commit in islice(newest_first, _RECENT)]
    return wanted in recent and now in recent[recent.index(wanted) :]


def _had(title: str, source: str, target: str, outside: Outside) -> bool:
    path = config_path(title)
    wanted = _at(path, target, outside)
    return any(_at(path, commit, outside) == wanted for commit in _versions(path, source, outside))


def _versions(path: str, commit: str, outside: Outside) -> Iterator[str]:
    """GitLab's two listings each simplify some commits away."""
    ways = (outside.repository.path_commits(path, commit, first_parent=first) for first in (False, True))
    seen = set[str]()
    for each in chain.from_iterable(ways):
        if each not in seen:
            seen.add(each)
            outside.deadline.check()
            yield each


def _at(path: str, commit: str, outside: Outside) -> Content | bytes | None:
    """What no deploy could read is compared as it stands."""
    data = outside.repository.content(path, commit)
    try:
        return None if data is None else content.of_file(data)
    except Refused:
        return data
