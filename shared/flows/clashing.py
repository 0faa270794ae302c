"""Pipelines that two branches have in different versions → both versions, for people to decide on."""

from collections.abc import Sequence

from ..domain.promotion_report import Clash
from . import texts
from .outside import Outside
from .pace import all_of

MOST_SHOWN = 20
"""So many are read with all their files; the others are only named."""
_WIDTH = 8


def of(titles: Sequence[str], *, source: str, target: str, outside: Outside) -> tuple[Clash, ...]:
    """Both are commits; costs a few requests for each pipeline that is shown."""

    def read(title: str) -> Clash:
        outside.deadline.check()
        return Clash(title, *(texts.of(title, each, outside.repository) for each in (target, source)))

    shown = all_of(outside.together, read, titles[:MOST_SHOWN], width=_WIDTH)
    return (*shown, *map(Clash, titles[MOST_SHOWN:]))
