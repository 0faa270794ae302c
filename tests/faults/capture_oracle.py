"""What captures must be like, whatever happened. Like `oracle`, it knows nothing of the product and follows texts."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.fake_proposals import OWN, Request
from tests.fake_repository import FakeRepository
from tests.fake_workspace import FakeWorkspace
from tests.faults import oracle
from tests.faults.oracle import CAPTURED, Seen, Texts, configs, live

SIDES, WHOLE = "aic-sync/", ".whole"
CONFIG, CODE = "config/", "code/"
Change = tuple[str, str | None]
"""A pipeline's title and its code from then on, None where it is gone."""
_INTO_GIT = ("commit", "accept", "delete_branch")
_INTO_AIC = ("update", "create")


@dataclass
class Keeper:
    """Every text that was ever typed, on either side, and what captures did with it. `found` is what must never be.

    `dropped` are texts that people themselves have let go of. What comes of `together` onto the branch comes at once.
    `late` are the numbers of calls that arrive out of turn.
    """

    aic: FakeWorkspace
    gitlab: FakeRepository
    environment: str
    branch: str = "develop"
    together: frozenset[str] = frozenset()
    typed: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)
    ever_live: set[tuple[str, str]] = field(default_factory=set)
    found: list[str] = field(default_factory=list)
    late: Collection[int] = ()
    _touched: set[str] = field(default_factory=set)
    _texts: dict[str, Texts] = field(default_factory=dict)
    _heads: dict[int, str] = field(default_factory=dict)
    _runs: dict[int, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.typed |= self.kept()
        self._note()

    @contextmanager
    def person(self) -> Iterator[None]:
        """What is new afterwards was typed by a person, what is gone is theirs."""
        before, runs, was = self.kept(), live(self.aic), self._head_texts()
        yield
        after, now = self.kept(), self._head_texts()
        self.typed |= after - before
        self.dropped |= before - after
        self._touched |= _differing(runs, live(self.aic)) | _differing(was, now)
        self._note()

    def watch(self, call: Seen, effect: Callable[[], Any]) -> Any:
        """Carries the call out and looks at what it did to Git, by what its run had seen of the branch and of AIC."""
        self._see(call)
        if call.name in _INTO_AIC:
            return self._into_aic(effect)
        if call.name not in _INTO_GIT:
            return effect()
        before, tips = self.kept(), dict(self.gitlab.branches)
        answer = effect()
        self._say(call, "lost", sorted(before - self.kept()))
        for branch, tip in self.gitlab.branches.items():
            old = tips.get(branch)
            if old == tip:
                continue
            if branch == self.branch and old is not None:
                self._check_step(call, old, tip)
            elif branch.startswith(SIDES) and call.number not in self.late:
                self._check_side(call, branch, tip)
        self._say(call, "shows twice", shown_twice(self.gitlab))
        return answer

    def _see(self, call: Seen) -> None:
        """What a run has looked at is all that it can know when it commits."""
        if call.name == "head" and call.arguments == (self.branch,):
            self._heads[call.run] = self.gitlab.branches[self.branch]
        if call.name == "jobs":
            self._runs[call.run] = set(live(self.aic))

    def kept(self) -> set[str]:
        """All texts that AIC runs, or that the branch or a side branch of it ever had."""
        found = set(live(self.aic).values())
        for name, tip in self.gitlab.branches.items():
            if name == self.branch or name.startswith(SIDES):
                found |= {text for each in oracle.ancestors(self.gitlab, tip) for text in self._at(each).values()}
        return found

    def _into_aic(self, effect: Callable[[], Any]) -> Any:
        """Whether it may write that is for the ledger to say; a text that went within its window is nobody's fault."""
        before = self.kept()
        answer = effect()
        self.dropped |= before - self.kept()
        self._note()
        return answer

    def _check_step(self, call: Seen, old: str, new: str) -> None:
        """What the branch had was what ran, what it gets runs, and Git never had it."""
        was, now = self._at(old), self._at(new)
        known = {title: self._had(title, old) for title in was.keys() | now.keys()}
        base = oracle.newest(self.gitlab, self.environment, old)
        proven = {**(self._at(base) if base else {}), **oracle.captured(self.gitlab, base, old)}
        changed = _differing(was, now)
        moved = {text for title, text in now.items() if title in changed and title not in was}
        for title in sorted(changed):
            before, after = was.get(title), now.get(title)
            if before is not None and before != proven.get(title) and not self._set_back(base, (title, before)):
                self._say(call, "reverted", [f"{before!r} of {title!r}"])
            if after is None and before not in moved:
                self._say(call, "deleted", [title])
            if after is not None and (after in known[title] or (before is None and known[title])):
                self._say(call, "brought back", [f"{after!r} of {title!r}"])
            if after is not None and (title, after) not in self.ever_live:
                self._say(call, "invented", [f"{after!r} of {title!r}"])
        self._check_files(call, old, new, titles=changed)
        self._check_whole(call, was, now)

    def _set_back(self, base: str | None, was: tuple[str, str]) -> bool:
        """Whether people set the branch back behind what was proven; what was proven once is no news there."""
        once = {
            each.commit for name, each in self.gitlab.records if name == self.environment and each.status == "success"
        }
        return base is None and any(was in self._at(commit).items() for commit in once)

    def _check_whole(self, call: Seen, was: Texts, now: Texts) -> None:
        mine = self.together - self._touched
        due = {title: text for title, text in live(self.aic).items() if title in mine and was.get(title) != text}
        come = {title for title in due if now.get(title) == due[title]}
        if come and come != due.keys():
            self._say(call, "brought half", sorted(come))

    def _check_side(self, call: Seen, branch: str, tip: str) -> None:
        """What waits for people is news to the branch and runs, or did; the rest of their files stays.

        A large capture is put together on a branch that nobody looks at; what lands of it is looked at then.
        """
        parents = oracle.parents(self.gitlab, tip)
        was, now, head = self._at(parents[0]), self._at(tip), self._heads[call.run]
        runs = self._runs[call.run]
        for title in sorted(_differing(was, now)):
            text = now.get(title)
            if text is not None and text in self._had(title, head) and not branch.endswith(WHOLE):
                self._say(call, f"proposed what Git had on {branch}", [f"{text!r} of {title!r}"])
            if text is not None and (title, text) not in self.ever_live:
                self._say(call, f"invented on {branch}", [f"{text!r} of {title!r}"])
            if text is None and title in runs and title in live(self.aic) and title not in self._touched:
                self._say(call, f"proposed on {branch} to delete", [title])
        self._check_files(call, parents[0], tip, titles=_differing(was, now))

    def _check_files(self, call: Seen, old: str, new: str, *, titles: Collection[str]) -> None:
        """Only files of these pipelines change, and their code is what their config says."""
        before, after = self.gitlab.commits[old].files, self.gitlab.commits[new].files
        ours = tuple(f"{CODE}{title}/" for title in titles)
        theirs = {f"{CONFIG}{title}.json" for title in titles}
        for path in sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path)):
            if path not in theirs and not path.startswith(ours):
                self._say(call, "touched", [path])
        was, now = self._at(old), self._at(new)
        for title in titles:
            path = f"{CODE}{title}/t1.sql"
            if after.get(path, b"").decode() != now.get(title, ""):
                self._say(call, "wrote another code than its config's", [path])
            if path in before and before[path].decode() != was.get(title) and new == self.gitlab.branches[self.branch]:
                self._say(call, "undid an edit of", [path])

    def _had(self, title: str, commit: str) -> set[str]:
        """Every code of the pipeline in the commit's history."""
        found = (self._at(each).get(title) for each in oracle.ancestors(self.gitlab, commit))
        return {text for text in found if text is not None}

    def _at(self, commit: str) -> Texts:
        if commit not in self._texts:
            self._texts[commit] = configs(self.gitlab, commit)
        return self._texts[commit]

    def _head_texts(self) -> Texts:
        head = self.gitlab.branches.get(self.branch)
        return self._at(head) if head else {}

    def _note(self) -> None:
        self.ever_live |= set(live(self.aic).items())

    def _say(self, call: Seen, what: str, which: Collection[str]) -> None:
        if which:
            self.found.append(f"call {call.number} {what} {', '.join(which)}")


def judge(keeper: Keeper, *, secret: str = "", moving: bool = False) -> list[str]:
    """What is wrong, at whatever moment. `moving`: what captures are cut at may have changed meanwhile."""
    lost = sorted(keeper.typed - keeper.dropped - keeper.kept())
    found = [*keeper.found, *(f"{text!r} is nowhere any more" for text in lost)]
    found += [] if moving else [f"captured twice: {each}" for each in captured_twice(keeper.gitlab)]
    found += [f"shown twice: {each}" for each in shown_twice(keeper.gitlab)]
    return found + ([f"the secret stands {place}" for place in _told(keeper.gitlab, secret)] if secret else [])


def waiting(gitlab: FakeRepository) -> list[dict[str, str | None]]:
    """What each open merge request of the service would bring, by title; oldest first."""
    return [_brought(gitlab, each) for each in _ours(gitlab, "opened")]


def declined(gitlab: FakeRepository) -> list[dict[str, str | None]]:
    """The same of those that were closed, as long as their branches are there."""
    return [_brought(gitlab, each) for each in _ours(gitlab, "closed")]


def undescribed(gitlab: FakeRepository) -> list[str]:
    """Pipelines that an open merge request brings and doesn't name."""
    return [
        f"!{each.proposal.iid}: {title}"
        for each in _ours(gitlab, "opened")
        for title in _brought(gitlab, each)
        if f"`{title}`" not in each.proposal.description
    ]


def shown_twice(gitlab: FakeRepository) -> list[str]:
    """Captures that two open merge requests bring."""
    all_of_them = [change for each in waiting(gitlab) for change in each.items()]
    return sorted({f"{title!r}: {text!r}" for title, text in all_of_them if all_of_them.count((title, text)) > 1})


def captured_twice(gitlab: FakeRepository) -> list[str]:
    """Texts that two commits of the service have brought, where both still count."""
    tips = [tip for name, tip in gitlab.branches.items() if name == "develop" or _is_side(name)]
    counted = set().union(*(oracle.ancestors(gitlab, tip) for tip in tips))
    brought = [change for sha in sorted(counted) for change in _captures(gitlab, sha) if change[1] is not None]
    return sorted({f"{title!r}: {text!r}" for title, text in brought if brought.count((title, text)) > 1})


def left_over(gitlab: FakeRepository) -> list[str]:
    """Branches on which a large capture is put together; none outlives its run."""
    return [name for name in gitlab.branches if name.endswith(WHOLE)]


def unnamed(gitlab: FakeRepository, titles: Collection[str]) -> list[str]:
    """Those that neither a note nor a merge request's description names."""
    texts = [*oracle.notes(gitlab), *(each.proposal.description for each in gitlab.requests)]
    return [f"nobody is told of {title!r}" for title in titles if not any(f"`{title}`" in text for text in texts)]


def _is_side(name: str) -> bool:
    return name.startswith(SIDES) and not name.endswith(WHOLE)


def _ours(gitlab: FakeRepository, state: str) -> list[Request]:
    proposals = ((each, each.proposal) for each in gitlab.requests)
    return [
        each
        for each, proposal in proposals
        if proposal.state == state
        and proposal.author == OWN
        and proposal.source_branch.startswith(SIDES)
        and proposal.source_branch in gitlab.branches
    ]


def _brought(gitlab: FakeRepository, request: Request) -> dict[str, str | None]:
    proposal = request.proposal
    theirs, ours = gitlab.branches[proposal.source_branch], gitlab.branches[proposal.target_branch]
    both = oracle.ancestors(gitlab, theirs) & oracle.ancestors(gitlab, ours)
    cut = max(both, key=lambda sha: gitlab.commits[sha].number)
    return _changes(configs(gitlab, cut), configs(gitlab, theirs))


def _captures(gitlab: FakeRepository, sha: str) -> Collection[Change]:
    parents = oracle.parents(gitlab, sha)
    if len(parents) != 1 or CAPTURED not in gitlab.commits[sha].commit.message:
        return ()
    return _changes(configs(gitlab, parents[0]), configs(gitlab, sha)).items()


def _changes(was: Texts, now: Texts) -> dict[str, str | None]:
    return {title: now.get(title) for title in sorted(_differing(was, now))}


def _differing(was: Mapping[str, str], now: Mapping[str, str]) -> set[str]:
    return {title for title in was.keys() | now.keys() if was.get(title) != now.get(title)}


def _told(gitlab: FakeRepository, secret: str) -> list[str]:
    places = [
        f"in {path}" for each in gitlab.commits.values() for path, data in each.files.items() if secret in str(data)
    ]
    texts = [*oracle.notes(gitlab), *(each.proposal.description for each in gitlab.requests)]
    return sorted({*places, *("in a note" for text in texts if secret in text)})
