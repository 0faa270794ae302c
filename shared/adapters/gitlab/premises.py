"""A GitLab project as a whole: made, and furnished with what is no file."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from ...deadline import Deadline
from ...domain.errors import Permanent, Refused, Transient
from ...domain.gitlab import Hook, Protection
from .. import addresses
from . import shapes
from .connection import GitlabConnection
from .failures import Excused
from .project import OpenProject, Part

_NO_PROJECT = (404, "404 Project Not Found")
_NO_GROUP = (404, "")
_BAD = (400, "")
_OF_HOOKS = {"push_events": False, "merge_requests_events": True, "enable_ssl_verification": True}
_TAKEN, _NOT_THERE, _BRANCH_THERE = "has already been taken", "is not valid", "already exists"


@dataclass(frozen=True, slots=True)
class HookSecrets:
    """What a hook shows to the webhook: a plain token, a key to sign with (`whsec_…`), or both; empty is none."""

    token: str = field(repr=False)
    signing: str = field(repr=False)


class GitlabPremises(Part):
    """Implements `ports.Premises` for one run. `secrets` are asked for when a hook is to be made.

    Errors are those of `GitlabRepository`, and those that the port names.
    """

    def __init__(
        self,
        connection: GitlabConnection,
        path: str,
        *,
        deadline: Deadline,
        secrets: Callable[[], HookSecrets],
        number: int | None = None,
    ) -> None:
        super().__init__(OpenProject(connection, path if number is None else number, deadline=deadline))
        self._path = path
        self._secrets = secrets

    def default_branch(self) -> str | None:
        """None where there is no project that the service's user may see; empty where it has no branch yet."""
        path = f"/projects/{self._project.api.encoded_id}"
        return self._project.look("project", lambda: _default(self._project.get(path)), excuses=(_NO_PROJECT,))

    def create(self, *, default: str) -> None:
        """Makes the project, empty and private, in the group that its path names."""
        group, _, name = self._path.rpartition("/")
        wanted = {
            "name": name,
            "path": name,
            "namespace_id": self._group(group),
            "visibility": "private",
            "default_branch": default,
        }
        try:
            self._project.write("create_project", lambda: self._project.post("/projects", wanted), excuses=(_BAD,))
        except Excused as refused:
            if _TAKEN in refused.said:
                detail = (
                    f"GitLab has `{self._path}` already: made a moment ago, or not to be seen by the service's user"
                )
                raise Transient("path-taken", detail) from None
            if _NOT_THERE in refused.said:
                raise Permanent("gitlab-forbidden", f"the service's user may make no project in `{group}`") from None
            raise Permanent("gitlab-refused", f"GitLab answered {refused.status} to `create_project`") from None

    def create_branch(self, name: str, commit: str) -> None:
        """A new branch that begins at the commit."""
        create = self._project.api.branches.create
        try:
            self._project.write("create_branch", lambda: create({"branch": name, "ref": commit}), excuses=(_BAD,))
        except Excused as refused:
            if _BRANCH_THERE in refused.said:
                raise Transient("gitlab-outdated", f"there is a branch `{name}` by now") from None
            raise Permanent("gitlab-refused", f"GitLab answered {refused.status} to `create_branch`") from None

    def protections(self) -> Collection[Protection]:
        """The rules by which branches are protected."""
        return tuple(self._project.pages(self._project.api.protectedbranches.path, {}, shape=_protection))

    def protect(self, branch: str, *, push: int, merge: int) -> None:
        """A new rule: the least levels that may push and merge."""
        wanted = {"name": branch, "push_access_level": push, "merge_access_level": merge}
        create = self._project.api.protectedbranches.create
        self._project.write("protect", lambda: create(wanted))

    def labels(self) -> Collection[str]:
        """Those that merge requests can have, the groups' too."""
        query = {"include_ancestor_groups": "true"}
        return frozenset(self._project.pages(self._project.api.labels.path, query, shape=_name))

    def create_label(self, name: str, *, color: str, description: str) -> None:
        """A new label."""
        create = self._project.api.labels.create
        wanted = {"name": name, "color": color, "description": description}
        self._project.write("create_label", lambda: create(wanted))

    def add_hook(self, url: str, *, pipelines: bool = False) -> Hook:
        """A hook that tells of merge requests, and of CI pipelines if asked for, with the secrets that are known."""
        secrets = self._secrets()
        known = {"token": secrets.token, "signing_token": secrets.signing}
        given = {name: value for name, value in known.items() if value}
        if not given:
            raise Permanent("hook-secret-missing", "no secret of the hook has a value, so that nothing could be let in")
        wanted = {"url": url, **given, **_OF_HOOKS, **({"pipeline_events": True} if pipelines else {})}
        create = self._project.api.hooks.create
        made = self._project.write("add_hook", lambda: shapes.hook(create(wanted).attributes))
        if not (made.signs or secrets.token):
            self.delete_hook(made.id)
            raise Permanent("hook-unsigned", "this GitLab doesn't sign hooks, and the secret token has no value")
        return made

    def delete_hook(self, number: int) -> None:
        """Deletes the hook; fine if it is gone."""
        delete = self._project.api.hooks.delete
        self._project.attempt("delete_hook", lambda: delete(number), excuses=((404, ""),))

    def _group(self, path: str) -> int:
        asked = f"/namespaces/{addresses.segment(path)}"
        found = self._project.look(
            "namespace", lambda: shapes.field(self._project.get(asked), "id", int), excuses=(_NO_GROUP,)
        )
        if found is None:
            raise Refused("group-unknown", f"GitLab has no group `{path}` that the service's user can see")
        return found


def _default(row: object) -> str:
    shapes.field(row, "id", int)
    return shapes.text(row, "default_branch")


def _name(row: object) -> str:
    return shapes.field(row, "name", str)


def _protection(row: Mapping[str, object]) -> Protection:
    push, merge = (_levels(row.get(f"{act}_access_levels")) for act in ("push", "merge"))
    return Protection(_name(row), push, merge)


def _levels(rows: object) -> frozenset[int]:
    """A right that one person or group has by name is no level."""
    levels = (row.get("access_level") for row in shapes.rows(rows) if not (row.get("user_id") or row.get("group_id")))
    return frozenset(level for level in levels if isinstance(level, int))
