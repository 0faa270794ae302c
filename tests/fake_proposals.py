"""Merge requests in memory: opened by the service or by people, merged or closed by either."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from shared.domain.errors import Permanent, Refused, Transient
from shared.domain.gitlab import AS_IT_COMES, Care, Commit, MergeRequest, Proposal

from .fake_commits import DEFAULT, FakeCommits
from .fake_history import Files

OWN = 7
"""The id of the service's own user; people have others."""


@dataclass(frozen=True, slots=True)
class Request:
    """A merge request. Once merged it has what it `brought`, all that `landed`, and the target's `tip`.

    `number` grows with each merge; `follows`: the source branch goes with it.
    """

    proposal: Proposal
    care: Care = AS_IT_COMES
    follows: bool = False
    brought: tuple[Commit, ...] = ()
    landed: frozenset[str] = frozenset()
    tip: str = ""
    number: int = 0


@dataclass
class FakeProposals(FakeCommits):
    """`user` is whose token it is seen with; the merge request `!n` is at `n - 1` of `requests`."""

    requests: list[Request] = field(default_factory=list)
    user: int = OWN
    results: dict[tuple[str, str], str] = field(default_factory=dict)
    people: frozenset[str] = frozenset({"ann", "bob"})

    # What people do.

    def open(self, source: str, target: str, *, title: str = "", by: int = OWN + 1) -> int:
        """Opens a merge request; its number."""
        return self._opened(Proposal(0, source, target, "opened", by, title or source, "", "", ""))

    def merge(
        self, source: str, target: str, files: Files | None = None, *, squash: bool = False, forward: bool = False
    ) -> int:
        """Merges a branch that takes the source's changes, as a merge request; its number.

        `forward` makes no merge commit; the target must not have moved on then.
        """
        iid = self.open(source, target)
        self.land(iid, files, squash=squash, forward=forward)
        return iid

    def land(
        self,
        iid: int,
        files: Files | None = None,
        *,
        squash: bool = False,
        forward: bool = False,
        keep: bool = False,
    ) -> str:
        """Merges an open one, with these files over what comes of it; the target's new commit.

        With `keep` whatever the target has stays as it is: a conflict that was settled by keeping Git's.
        """
        request = self._open(iid)
        source, target = request.proposal.source_branch, request.proposal.target_branch
        ours, theirs = self.branches[target], self.branches[source]
        base = self._parted(ours, theirs) or ours
        changed = {} if keep else {path: self.commits[theirs].files.get(path) for path in self._differing(base, theirs)}
        brought = self._brought(request)
        squashed = self._written(changed, (base,)) if squash else theirs
        tip = squashed if forward else self._written({**changed, **(files or {})}, (ours, squashed))
        self.branches[target] = tip
        self.requests[iid - 1] = replace(
            request,
            proposal=replace(request.proposal, state="merged", head=theirs),
            brought=brought,
            landed=frozenset({theirs, squashed, tip}),
            tip=tip,
            number=next(self._numbers),
        )
        if request.follows and source not in self.protected and source != DEFAULT:
            self._remove(source)
        return tip

    def label(self, iid: int, *labels: str) -> None:
        """Sets the labels."""
        self.requests[iid - 1] = replace(self._request(iid), care=Care(labels))

    def aim(self, iid: int, target: str) -> None:
        """Gives it another target branch."""
        request = self._open(iid)
        self.requests[iid - 1] = replace(request, proposal=replace(request.proposal, target_branch=target))

    def close(self, iid: int) -> None:
        """Closes an open one; its source branch stays."""
        request = self._open(iid)
        closed = replace(self._shown(request), state="closed")
        self.requests[iid - 1] = replace(request, proposal=closed, brought=self._brought(request))

    def reopen(self, iid: int) -> None:
        """As a person does."""
        found = self._request(iid)
        self.requests[iid - 1] = replace(found, proposal=replace(found.proposal, state="opened"))

    def request(self, iid: int) -> Proposal:
        """A merge request as it is now."""
        return self._shown(self._request(iid))

    # What the port asks.

    def merged(self, branch: str, *, since: str | None = None) -> Iterator[MergeRequest]:
        """Last merged first; nothing is old in here."""
        self._called("merged")
        for request in sorted(self.requests, key=lambda each: -each.number):
            if request.landed and request.proposal.target_branch == branch:
                yield MergeRequest(request.proposal.iid, request.proposal.source_branch, request.landed)

    def merge_request_commits(self, iid: int) -> tuple[Commit, ...]:
        """What it brought, or would bring; GitLab doesn't tell the parents."""
        self._called("merge_request_commits")
        request = self._request(iid)
        brought = self._brought(request) if request.proposal.state == "opened" else request.brought
        return tuple(replace(commit, parents=()) for commit in brought)

    def proposals(self, *, target: str, state: str, source: str | None = None) -> Iterator[Proposal]:
        """Newest first."""
        self._called("proposals")
        for request in reversed(self.requests):
            found = self._shown(request)
            wanted = target, source or found.source_branch, found.state if state == "all" else state
            if (found.target_branch, found.source_branch, found.state) == wanted:
                yield found

    def proposal(self, iid: int) -> Proposal | None:
        """Of whatever state."""
        self._called("proposal")
        return self.request(iid) if 0 < iid <= len(self.requests) else None

    def merge_result(self, iid: int) -> str | None:
        """Made once for each pair of commits."""
        self._called("merge_result")
        found = self.request(iid)
        if found.state != "opened" or not found.head or not self._mergeable(found):
            return None
        pair = (self.branches[found.target_branch], found.head)
        if pair not in self.results:
            base = self._parted(*pair)
            files = {path: self.commits[found.head].files.get(path) for path in self._differing(base, found.head)}
            self.results[pair] = self._written(files, pair)
        return self.results[pair]

    def propose(self, source: str, target: str, *, title: str, description: str, care: Care = AS_IT_COMES) -> Proposal:
        """Refused where there is nothing to propose or where it is proposed already."""
        self._called("propose")
        if source == target or not {source, target} <= self.branches.keys():
            raise Permanent("gitlab-refused", "not two branches")
        self._check_people(care)
        iid = self._opened(
            Proposal(0, source, target, "opened", self.user, title, description, "", ""), care, follows=True
        )
        return self.request(iid)

    def edit_proposal(
        self,
        iid: int,
        *,
        title: str | None = None,
        description: str | None = None,
        care: Care = AS_IT_COMES,
        close: bool = False,
    ) -> None:
        """Of whatever state; one that isn't open stays in the state that it has."""
        self._called("edit_proposal")
        self._check_people(care)
        request = self._request(iid)
        old = request.proposal
        edited = replace(
            old,
            title=old.title if title is None else title,
            description=old.description if description is None else description,
        )
        self.requests[iid - 1] = replace(request, proposal=edited, care=_more(request.care, care))
        if close and edited.state == "opened":
            self.close(iid)

    def accept(self, iid: int, *, head: str) -> str:
        """Merges it with a merge commit."""
        self._called("accept")
        request = self._request(iid)
        found = self._shown(request)
        if found.state == "merged" and found.head == head:
            return request.tip
        if found.state != "opened":
            raise Permanent("merge-refused", f"!{iid} is {found.state}")
        if found.head != head:
            raise Transient("gitlab-outdated", f"!{iid} has another newest commit")
        if found.target_branch in self.protected:
            raise Permanent("gitlab-forbidden", found.target_branch)
        if not self._mergeable(found):
            raise Permanent("merge-refused", f"!{iid} can't be merged")
        return self.land(iid)

    def _opened(self, wanted: Proposal, care: Care = AS_IT_COMES, *, follows: bool = False) -> int:
        twins = (wanted.source_branch, wanted.target_branch, "opened")
        if any(
            (each.proposal.source_branch, each.proposal.target_branch, each.proposal.state) == twins
            for each in self.requests
        ):
            raise Transient("gitlab-busy", "another one is open")
        iid = len(self.requests) + 1
        url = f"https://gitlab.example.com/-/merge_requests/{iid}"
        self.requests.append(Request(replace(wanted, iid=iid, url=url), care, follows))
        return iid

    def _check_people(self, care: Care) -> None:
        for name in care.assignees:
            if name.lower() not in self.people:
                raise Refused("user-unknown", name)

    def _request(self, iid: int) -> Request:
        if not 0 < iid <= len(self.requests):
            raise Permanent("gitlab-not-found", "the merge request")
        return self.requests[iid - 1]

    def _open(self, iid: int) -> Request:
        request = self._request(iid)
        assert request.proposal.state == "opened"
        return request

    def _shown(self, request: Request) -> Proposal:
        """An open one has the head that its source branch has."""
        found = replace(request.proposal, labels=frozenset(request.care.labels))
        return replace(found, head=self.branches.get(found.source_branch, "")) if found.state == "opened" else found

    def _brought(self, request: Request) -> tuple[Commit, ...]:
        theirs, ours = (
            self.branches[each] for each in (request.proposal.source_branch, request.proposal.target_branch)
        )
        return tuple(snapshot.commit for snapshot in self._between(ours, theirs))

    def _mergeable(self, found: Proposal) -> bool:
        """Whether it brings anything, and no file that the target changed otherwise."""
        ours = self.branches[found.target_branch]
        base = self._parted(ours, found.head)
        here, there = self.commits[ours].files, self.commits[found.head].files
        both = set(self._differing(base, ours)) & set(self._differing(base, found.head))
        return base != found.head and all(here.get(path) == there.get(path) for path in both)

    def _remove(self, branch: str) -> None:
        """What was proposed from the branch is closed with it."""
        for request in self.requests:
            if (request.proposal.source_branch, request.proposal.state) == (branch, "opened"):
                self.close(request.proposal.iid)
        super()._remove(branch)


def _more(old: Care, new: Care) -> Care:
    """Labels are added; the rest is replaced where it is given."""
    labels = (*old.labels, *(label for label in new.labels if label not in old.labels))
    return Care(labels, new.assignees or old.assignees, old.squash if new.squash is None else new.squash)
