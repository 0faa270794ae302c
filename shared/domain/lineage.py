"""The commits between base and head → what of them the service itself captured from AIC, pipeline by pipeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import trailers
from .gitlab import Commit


@dataclass(frozen=True, slots=True)
class Capture:
    """The newest commit by which the service brought a pipeline from AIC into Git: there live and Git were equal.

    `overtaken`: another commit has touched the pipeline since, or beside it.
    """

    commit: str
    overtaken: bool


def captures(
    base: str, commits: Sequence[Commit], titles: Mapping[str, frozenset[str]], *, workspace: str
) -> Mapping[str, Capture]:
    """By title. `commits` are all that head has and base has not, `titles` what each of them touched.

    Only those count that were made upon base: an older one says nothing of what was deployed after it.
    """
    mine = [each for each in commits if _is_capture(each, workspace)]
    if not mine:
        return {}
    ancestry = _Ancestry(base, commits)
    newest: dict[str, str] = {}
    for each in (each.sha for each in mine if ancestry.upon_base(each.sha)):
        for title in titles.get(each, ()):
            if title not in newest or each not in ancestry.of(newest[title]):
                newest[title] = each
    return {title: Capture(sha, _overtaken(title, sha, commits, titles, ancestry)) for title, sha in newest.items()}


def _is_capture(commit: Commit, workspace: str) -> bool:
    """A commit that was moved to another place has a content of its own, whatever its message says."""
    found = trailers.parse(commit.message)
    return found is not None and found.workspace == workspace and len(commit.parents) == 1 and not commit.rewritten


def _overtaken(
    title: str, sha: str, commits: Sequence[Commit], titles: Mapping[str, frozenset[str]], ancestry: "_Ancestry"
) -> bool:
    """A merge that brings the capture itself is no change: if it brings another content, that shows by itself."""
    earlier = {sha, *ancestry.of(sha)}
    return any(
        title in titles.get(each.sha, ())
        for each in commits
        if each.sha not in earlier and not (len(each.parents) > 1 and sha in ancestry.of(each.sha))
    )


class _Ancestry:
    """What comes upon what, between base and head."""

    def __init__(self, base: str, commits: Sequence[Commit]) -> None:
        self._base = base
        self._parents = {each.sha: each.parents for each in commits}
        self._found: dict[str, frozenset[str]] = {}

    def of(self, sha: str) -> frozenset[str]:
        """The commits that this one came upon."""
        if sha not in self._found:
            todo, seen = [*self._parents[sha]], set[str]()
            while todo:
                each = todo.pop()
                if each in self._parents and each not in seen:
                    seen.add(each)
                    todo += self._parents[each]
            self._found[sha] = frozenset(seen)
        return self._found[sha]

    def upon_base(self, sha: str) -> bool:
        """Whether it was made when base was there already."""
        return any(self._base in self._parents[each] for each in (sha, *self.of(sha)))
