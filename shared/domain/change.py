"""A pipeline that was changed in AIC → what differs, for people to decide on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from . import code_diff
from .code_diff import Difference

MOST_COMPARED = 200_000
"""Lines of all pipelines that are compared; those of the rest are counted by nobody."""


class Kind(StrEnum):
    """What happened to a pipeline, the gravest first."""

    CONFLICT = "conflict"
    DELETED = "deleted"
    RENAMED = "renamed"
    NEW = "new"
    EDITED = "edited"


@dataclass(frozen=True, slots=True)
class Change:
    """One pipeline as a branch of captures changes it.

    `before` are the texts of its files where the branch was cut, `after` those from AIC, by path; `in_git` those that
    the target branch has now, where that went on as well. `previous` is the old title of a renamed one.
    """

    title: str
    kind: Kind
    before: Mapping[str, str]
    after: Mapping[str, str]
    why: str = ""
    previous: str = ""
    in_git: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """What differs from the cut to AIC, None where there was too much to compare, and to Git now."""

    change: Change
    in_aic: Difference | None = None
    in_git: Difference | None = None


def compare(changes: Iterable[Change]) -> Iterator[Compared]:
    """The gravest first, then by title."""
    order, room = tuple(Kind), MOST_COMPARED
    for change in sorted(changes, key=lambda each: (order.index(each.kind), each.title)):
        old = code_diff.named(change.previous or change.title, change.before)
        new, other = (code_diff.named(change.title, files or {}) for files in (change.after, change.in_git))
        room -= code_diff.size(old, new) + code_diff.size(old, other)
        if room < 0:
            yield Compared(change)
        else:
            in_git = None if change.in_git is None else code_diff.between(old, other)
            yield Compared(change, code_diff.between(old, new), in_git)
