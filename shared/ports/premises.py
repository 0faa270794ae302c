"""A GitLab project as a whole, in the flows' words."""

from collections.abc import Collection
from typing import Protocol

from ..domain.gitlab import Hook, Protection


class Premises(Protocol):
    """What a project is made and furnished with beside its files. What is there is never changed."""

    def default_branch(self) -> str | None:
        """None where there is no project that the service's user may see; empty where it has no branch yet."""

    def create(self, *, default: str) -> None:
        """Makes the project, empty and private, in the group that its path names; `default` is to be its first branch.

        Sent once. Refused `group-unknown`; Permanent `gitlab-forbidden` where the service's user may make none there;
        Transient `path-taken` where somebody was faster, or where the service's user can't see the project.
        """

    def create_branch(self, name: str, commit: str) -> None:
        """A new branch that begins at the commit. Sent once; Transient `gitlab-outdated` where there is one already."""

    def protections(self) -> Collection[Protection]:
        """The rules by which branches are protected."""

    def protect(self, branch: str, *, push: int, merge: int) -> None:
        """A new rule: the least levels that may push and merge. Sent once; Transient where there is one already."""

    def labels(self) -> Collection[str]:
        """Those that merge requests can have, the groups' too."""

    def create_label(self, name: str, *, color: str, description: str) -> None:
        """A new label. Sent once; Transient where there is one already."""

    def add_hook(self, url: str, *, pipelines: bool = False) -> Hook:
        """A hook that tells of merge requests, and of CI pipelines if asked for, with the secrets that the service
        knows. Sent once.

        Permanent `hook-secret-missing` where it knows none, `hook-unsigned` where GitLab takes none of those.
        """

    def delete_hook(self, number: int) -> None:
        """Deletes the hook; fine if it is gone."""
