"""Commits and branches that the service itself makes in a GitLab project."""

import base64
import re
from collections.abc import Callable, Sequence

from ...domain.errors import Permanent, Transient
from ...domain.gitlab import FileAction
from .. import addresses
from . import shapes
from .failures import Excused
from .project import Part

_OUTDATED = re.compile(
    "A file with this name |A directory with this name already exists|The file has changed since you started"
    "|You are attempting to update a file that has changed|A branch called "
    "|You can only create or edit files when you are on a branch|Could not update "
)
"""How GitLab's refusals begin that another look at the repository may settle; nothing was done then."""
_REFUSED = ((400, ""), (413, ""), (422, ""))


class Writing(Part):
    """That part of `ports.Repository` which changes files and branches."""

    def commit(self, branch: str, actions: Sequence[FileAction], *, message: str, start: str | None = None) -> str:
        """All actions as one commit upon the branch, or upon `start` as a branch that must be new; its sha. Sent once.

        Raises Transient `gitlab-outdated` when the repository is not as the actions say, and Permanent
        `commit-refused` or `gitlab-forbidden`; after these three nothing was done.
        """
        data: dict[str, object] = {
            "branch": branch,
            "commit_message": message,
            "actions": [_action(action) for action in actions],
            "stats": False,  # lines added and removed, which GitLab would count by a difference of all files
        }
        if start is not None:
            data["start_sha"] = start
        commits = self._project.api.commits
        return self._written("commit", lambda: shapes.sha(commits.create(data).attributes))

    def delete_branch(self, branch: str) -> None:
        """Deletes the branch; fine if it is gone."""
        addresses.segment(branch)
        delete = self._project.api.branches.delete
        self._project.attempt("delete_branch", lambda: delete(branch), excuses=((404, "404 Branch Not Found"),))

    def branch_names(self, prefix: str) -> tuple[str, ...]:
        """The branches that begin so, in order; half a minute old, so only good for tidying up.

        GitLab itself doesn't tell large letters from small ones here.
        """
        found = self._project.pages(self._project.api.branches.path, {"search": f"^{prefix}"}, shape=_name)
        return tuple(sorted(name for name in found if name.startswith(prefix)))

    def _written(self, asked: str, call: Callable[[], str]) -> str:
        try:
            return self._project.write(asked, call, excuses=_REFUSED)
        except Excused as refused:
            if refused.status == 400 and _OUTDATED.match(refused.said):
                raise Transient("gitlab-outdated", "the files or the branch changed since they were read") from None
            raise Permanent("commit-refused", f"GitLab answered {refused.status} to a commit") from None


def _action(action: FileAction) -> dict[str, str]:
    found = {"action": action.kind, "file_path": action.path}
    if action.data is not None:
        found |= {"encoding": "base64", "content": base64.b64encode(action.data).decode()}
    if action.previous:
        found["previous_path"] = action.previous
    if action.last_commit:
        found["last_commit_id"] = action.last_commit
    return found


def _name(row: object) -> str:
    return shapes.field(row, "name", str)
