"""Merge requests that the service opens, keeps up to date and merges."""

from collections.abc import Iterator, Mapping

from ...domain.errors import Permanent, Refused, ServiceError, Transient
from ...domain.gitlab import AS_IT_COMES, Care, Proposal
from . import shapes
from .commits import Commits
from .failures import Excused

_UNDECIDED = frozenset({"unchecked", "checking", "preparing", "approvals_syncing"})
"""GitLab works out whether it can merge after it was asked: these end by themselves."""
PAUSES = (0.2, 0.5, 1.0, 2.0, *[3.0] * 18)
"""Between looks at a merge request that GitLab hasn't decided about: a minute in all."""
_NOT_NOW, _NOT_THIS, _NOT_YOURS, _NEVER = 405, 409, 401, 422
_FEW = 6
"""So often GitLab is asked for the result of a merge: it makes it when asked, unless another check has its lock."""
_NO_SUCH, _NOT_MERGEABLE = (404, "404 Not found"), (400, "")
_REFUSALS = ((_NOT_NOW, ""), (_NOT_THIS, "SHA does not match"), (_NOT_YOURS, ""), (_NEVER, ""))


class Proposals(Commits):
    """That part of `ports.Repository` which proposes changes."""

    def proposals(self, *, target: str, state: str, source: str | None = None) -> Iterator[Proposal]:
        """Merge requests into the branch, opened last first, page by page; state opened, closed, merged or all."""
        query = {"target_branch": target, "state": state, "order_by": "created_at", "sort": "desc"}
        if source is not None:
            query["source_branch"] = source
        return self._project.pages(self._project.api.mergerequests.path, query, shape=proposal)

    def proposal(self, iid: int) -> Proposal | None:
        """The merge request of that number, of whatever state; None where there is none."""
        get = self._project.api.mergerequests.get
        return self._project.look("proposal", lambda: proposal(get(iid).attributes), excuses=(_NO_SUCH,))

    def merge_result(self, iid: int) -> str | None:
        """The commit that merging the open merge request now would make, upon its target; it is on no branch.

        None where GitLab can't merge it by itself, or where it brings no commit. Raises Transient `gitlab-busy` when
        GitLab has not come to know yet.
        """
        path = f"{self._project.api.mergerequests.path}/{iid}/merge_ref"

        def attempt() -> str:
            return shapes.sha(self._project.ask(path, {}).json(), "commit_id")

        for pause in PAUSES[:_FEW]:
            found = self._project.look("merge_result", attempt, excuses=(_NOT_MERGEABLE,))
            if found is not None or _is_stuck(self._seen(iid)):
                return found
            self._project.wait(pause)
        raise Transient("gitlab-busy", f"GitLab does not come to know what merging !{iid} makes")

    def propose(self, source: str, target: str, *, title: str, description: str, care: Care = AS_IT_COMES) -> Proposal:
        """Opens a merge request that takes its source branch with it, and isn't squashed unless that is asked for.

        Sent once.
        """
        data = {
            "source_branch": source,
            "target_branch": target,
            "title": title,
            "description": description,
            "labels": ",".join(care.labels),
            "squash": care.squash is True,
            "remove_source_branch": True,
            **self._assigned(care),
        }
        create = self._project.api.mergerequests.create
        return self._project.write("propose", lambda: proposal(create(data).attributes))

    def edit_proposal(
        self,
        iid: int,
        *,
        title: str | None = None,
        description: str | None = None,
        care: Care = AS_IT_COMES,
        close: bool = False,
    ) -> None:
        """Replaces what is given, adds labels; closes it if it is open."""
        given = {
            "title": title,
            "description": description,
            "add_labels": ",".join(care.labels) or None,
            "squash": care.squash,
            "state_event": "close" if close else None,
            **self._assigned(care),
        }
        data = {name: value for name, value in given.items() if value is not None}
        if data:
            update = self._project.api.mergerequests.update
            self._project.write("edit_proposal", lambda: proposal(update(iid, data)))

    def _assigned(self, care: Care) -> dict[str, list[int]]:
        """GitLab wants ids; raises Refused `user-unknown`."""
        return {"assignee_ids": [self._user(name) for name in care.assignees]} if care.assignees else {}

    def _user(self, name: str) -> int:
        found = dict(self._project.pages("/users", {"username": name}, shape=_named))
        if name.lower() not in found:
            raise Refused("user-unknown", f"GitLab has no user `{name}`")
        return found[name.lower()]

    def accept(self, iid: int, *, head: str) -> str:
        """Merges it, if its newest commit still is `head`, and gives the target's new commit; again is fine.

        Raises Transient `gitlab-outdated` when its newest commit is another, `gitlab-busy` when GitLab doesn't come to
        know whether it can be merged; Permanent `merge-refused` when it can't be, `gitlab-forbidden` when not by us.
        """
        for pause in PAUSES:
            found = self._seen(iid)
            if found["state"] == "merged" and found.get("sha") == head:
                return _landed(found)
            landed = self._merged(iid, head) if self._decided(found, head) else None
            if landed is not None:
                return landed
            self._project.wait(pause)
        raise Transient("gitlab-busy", f"GitLab does not come to know whether !{iid} can be merged")

    def _decided(self, found: Mapping[str, object], head: str) -> bool:
        """Whether GitLab says that it can merge just that; False while it may still come to say so."""
        iid, state, status = found["iid"], found["state"], found["detailed_merge_status"]
        if state not in ("opened", "locked"):
            raise Permanent("merge-refused", f"!{iid} is {state}")
        if found.get("sha") != head:
            # What a push brings is known to the merge request a little later than to the branch.
            if self.head(shapes.field(found, "source_branch", str)) != head:
                raise _outdated(iid)
            return False
        if status in _UNDECIDED or state == "locked":
            return False
        if status != "mergeable":
            raise Permanent("merge-refused", f"GitLab can't merge !{iid}: {status}")
        return True

    def _seen(self, iid: int) -> Mapping[str, object]:
        get = self._project.api.mergerequests.get
        return self._project.read("merge_request", lambda: _checked(get(iid).attributes))

    def _merged(self, iid: int, head: str) -> str | None:
        """The target's new commit; None when GitLab can't merge just now and has done nothing."""
        path = f"{self._project.api.mergerequests.path}/{iid}/merge"
        data = {"sha": head, "squash": False, "should_remove_source_branch": True}
        try:
            return self._project.write("accept", lambda: _landed(self._project.put(path, data)), excuses=_REFUSALS)
        except Excused as refused:
            if refused.status == _NOT_NOW:
                return None
            raise _refusal(refused.status, iid) from None


def _named(row: object) -> tuple[str, int]:
    return shapes.field(row, "username", str).lower(), shapes.field(row, "id", int)


def proposal(row: object) -> Proposal:
    """A merge request of a list or by itself."""
    return Proposal(
        iid=shapes.field(row, "iid", int),
        source_branch=shapes.field(row, "source_branch", str),
        target_branch=shapes.field(row, "target_branch", str),
        state=shapes.field(row, "state", str),
        author=shapes.user(row, "author"),
        title=shapes.field(row, "title", str),
        description=shapes.text(row, "description"),
        head=shapes.text(row, "sha"),
        url=shapes.field(row, "web_url", str),
        labels=frozenset(shapes.texts(row, "labels")),
    )


def _is_stuck(row: Mapping[str, object]) -> bool:
    """Whether it can't be merged for good: it is not open any more, in conflict, or brings nothing."""
    if row["state"] != "opened":
        return True
    conflict = row.get("has_conflicts") is True or row.get("merge_status") == "cannot_be_merged"
    return conflict or row.get("changes_count") is None


def _checked(row: Mapping[str, object]) -> Mapping[str, object]:
    for key, kind in (("iid", int), ("state", str), ("detailed_merge_status", str)):
        shapes.field(row, key, kind)
    return row


def _landed(row: Mapping[str, object]) -> str:
    """The target's new commit: of a merge, of a squash that the project insists on, or the head that it moved to."""
    if shapes.field(row, "state", str) != "merged":
        raise shapes.odd("state")
    keys = ("merge_commit_sha", "squash_commit_sha", "sha")
    return shapes.sha(row, next((key for key in keys if row.get(key)), "sha"))


def _refusal(status: int, iid: int) -> ServiceError:
    if status == _NOT_THIS:
        return _outdated(iid)
    if status == _NOT_YOURS:
        # The same token was good for reading it a moment ago.
        return Permanent("gitlab-forbidden", f"the service's user may not merge !{iid}")
    return Permanent("merge-refused", f"GitLab could not merge !{iid}")


def _outdated(iid: object) -> Transient:
    return Transient("gitlab-outdated", f"!{iid} has another newest commit than expected")
