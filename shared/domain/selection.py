"""Which pipelines go from one branch to another: the named ones, or all that differ. Nothing is ever deleted so."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from .errors import Refused
from .layout import config_path, titles_of
from .mapping import Mapping as BranchMapping


@dataclass(frozen=True, slots=True)
class Selection:
    """`titles` are those to take along; `left_out` are others with the reason why they stay."""

    titles: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...] = ()

    def without(self, titles: Collection[str], why: str) -> "Selection":
        """The same, these left out as well."""
        kept = tuple(title for title in self.titles if title not in titles)
        more = tuple((title, why) for title in self.titles if title in titles)
        return Selection(kept, (*self.left_out, *more))


def choose(
    wanted: Collection[str] | None, *, source: Mapping[str, str], target: Mapping[str, str], mapping: BranchMapping
) -> Selection:
    """`source` and `target` are the files below config/ of both branches, path to blob.

    Raises Refused `unknown-pipeline` or `pipeline-ignored` for a name that makes no sense.
    """
    there = titles_of((*source, *target))
    for title in sorted(wanted or ()):
        if title not in there:
            raise Refused("unknown-pipeline", f"neither of the two branches has a pipeline `{title}`; check the name")
        if mapping.ignored(title):
            raise Refused("pipeline-ignored", f"`{title}` is under `ignore:` in the mapping file")
    differing = {title for title in there if source.get(config_path(title)) != target.get(config_path(title))}
    asked = sorted(differing if wanted is None else set(wanted))
    stays = dict(_left_out(asked, source, differing, mapping))
    return Selection(tuple(title for title in asked if title not in stays), tuple(stays.items()))


def _left_out(
    asked: list[str], source: Mapping[str, str], differing: set[str], mapping: BranchMapping
) -> Iterator[tuple[str, str]]:
    for title in asked:
        if mapping.ignored(title):
            yield title, "the mapping file ignores it"
        elif title not in differing:
            yield title, "it is the same there already"
        elif config_path(title) not in source:
            yield title, "it is not on the branch that it would come from; nothing is deleted by a promotion"
