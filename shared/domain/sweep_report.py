"""What a sweep found and asked for, as one value."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from .due import ASKED_FOR, Due
from .told import Told

_MOST = 100


@dataclass(frozen=True, slots=True)
class Branch:
    """A mapped branch; `failed` is the reason of the error that kept the sweep from finishing with it.

    `in_conflict`: for how many seconds, None where it is not. `stale` are the merge requests whose review was
    asked for. `tested` is the deployment whose tests were asked for, 0 for none.
    """

    name: str
    due: Due | None = None
    in_conflict: float | None = None
    stale: tuple[int, ...] = ()
    settled: tuple[int, ...] = ()
    tested: int = 0
    failed: str = ""

    @property
    def asked(self) -> bool:
        """Whether a deploy was asked for."""
        return self.due in ASKED_FOR


@dataclass(frozen=True, slots=True)
class Back:
    """A merged hotfix: the number of its merge request, and the branches that were asked to take its pipelines on."""

    iid: int
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Swept:
    """One project; `disabled` are the numbers of our hooks that GitLab has disabled, `blind` why they can't be seen.

    `untold` is why nobody could be told of that. `backs` are hotfixes that were asked back.
    """

    project: str
    branches: tuple[Branch, ...] = ()
    disabled: tuple[int, ...] = ()
    blind: str = ""
    failed: str = ""
    untold: str = ""
    backs: tuple[Back, ...] = ()


@dataclass(frozen=True, slots=True)
class SweepReport:
    """All projects that were looked at."""

    projects: tuple[Swept, ...]

    def told(self) -> Told:
        """A failure anywhere, or a hook that GitLab has disabled, is for somebody to look at; unseen hooks are not."""
        asked = [f"{where}: {each.due}" for where, each in self._branches(lambda each: each.asked)]
        plans = [f"{swept.project}!{each}" for swept in self.projects for one in swept.branches for each in one.stale]
        settled = [f"{swept.project}!{n}" for swept in self.projects for one in swept.branches for n in one.settled]
        tests = [f"{where}: deployment {each.tested}" for where, each in self._branches(lambda each: each.tested > 0)]
        backs = [f"{swept.project}!{each.iid}" for swept in self.projects for each in swept.backs]
        disabled = [f"{each.project}: hook {number}" for each in self.projects for number in each.disabled]
        failed = [f"{each.project}: {each.failed}" for each in self.projects if each.failed]
        failed += [f"{each.project}: {each.untold}" for each in self.projects if each.untold]
        failed += [f"{where}: {each.failed}" for where, each in self._branches(lambda each: bool(each.failed))]
        ages = [each.in_conflict for swept in self.projects for each in swept.branches if each.in_conflict is not None]
        fields = {
            "outcome": "swept",
            "projects": len(self.projects),
            "branches": sum(len(each.branches) for each in self.projects),
            "asked_for": _some(asked),
            "plans_asked_for": _some(plans),
            "tests_asked_for": _some(tests),
            "hotfixes_asked_back": _some(backs),
            "back_merges_closed": _some(settled),
            "under_way": self._named(Due.UNDER_WAY),
            "held": self._named(Due.HELD),
            "waiting": self._named(Due.WAITS),
            "branches_missing": self._named(Due.ABSENT),
            "conflicts": _some(where for where, _ in self._branches(lambda each: each.in_conflict is not None)),
            "oldest_conflict_hours": round(max(ages, default=0) / 3600, 1),
            "hooks_disabled": _some(disabled),
            "disabled_hooks": len(disabled),
            "hooks_unseen": _some(f"{each.project}: {each.blind}" for each in self.projects if each.blind),
            "failed": _some(failed),
        }
        count = len(asked) + len(plans) + len(tests) + len(backs)
        said = f"sweep: {count} asked for" if count else "sweep: nothing due"
        return Told(said, fields, bad=bool(disabled or failed))

    def _named(self, due: Due) -> list[str]:
        return _some(where for where, _ in self._branches(lambda each: each.due is due))

    def _branches(self, wanted: Callable[[Branch], bool]) -> Iterator[tuple[str, Branch]]:
        for swept in self.projects:
            yield from ((f"{swept.project}:{each.name}", each) for each in swept.branches if wanted(each))


def _some(lines: Iterable[str]) -> list[str]:
    """As many as a log line should have."""
    return list(lines)[:_MOST]
