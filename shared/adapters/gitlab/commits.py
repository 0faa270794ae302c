"""The commits of a GitLab project and what lies between them."""

from collections.abc import Iterator

from ...domain.gitlab import Changes
from .. import addresses
from ..attempts import TooBig
from . import shapes
from .project import Part

FEW = 10
"""Files of a commit whose texts are too much where they come as many as otherwise; GitLab cuts each at some 200 kB."""


class Commits(Part):
    """That part of `ports.Repository` which follows history."""

    def head(self, branch: str) -> str | None:
        """The full sha of the branch's newest commit, None where there is no such branch."""
        addresses.segment(branch)
        branches = self._project.api.branches
        return self._project.look(
            "head",
            lambda: shapes.sha(branches.get(branch).attributes.get("commit")),
            excuses=((404, "404 Branch Not Found"),),
        )

    def compare(self, base: str, head: str) -> Changes:
        """The commits reachable from head but not from base, and the paths that differ since they parted.

        GitLab answers with all the texts that differ; where these are too much, the commits are had from a list.
        """
        api = self._project.api
        try:
            return self._project.read(
                "compare", lambda: shapes.changes(api.repository_compare(base, head, straight="false"))
            )
        except TooBig:
            listed = self._project.pages(api.commits.path, {"ref_name": f"{base}..{head}"}, shape=shapes.commit)
            return Changes(tuple(listed)[::-1], (), complete=False)

    def touched(self, commit: str) -> tuple[tuple[str, ...], bool]:
        """The paths that the commit changed against its first parent, and whether the list is complete."""
        path = f"{self._project.api.commits.path}/{addresses.segment(commit)}/diff"
        try:
            return shapes.touched(self._project.pages(path, {}, shape=dict))
        except TooBig:
            return shapes.touched(self._project.pages(path, {"per_page": FEW}, shape=dict))

    def is_ancestor(self, commit: str, of: str) -> bool:
        """Whether `commit` can be reached from `of`; a commit that is gone is nobody's ancestor."""
        if commit == of:
            return True
        api = self._project.api
        found = self._project.look(
            "merge_base",
            lambda: shapes.sha(api.repository_merge_base([commit, of])),
            excuses=((400, commit), (404, "404 Merge Base Not Found")),
        )
        return found == commit

    def path_commits(self, path: str, commit: str, *, first_parent: bool) -> Iterator[str]:
        """The commits that GitLab lists for the path, newest first; asked page by page as they are consumed."""
        query = {"ref_name": commit, "path": path, "first_parent": str(first_parent).lower()}
        return self._project.pages(self._project.api.commits.path, query, shape=shapes.sha)

    def line(self, commit: str) -> Iterator[str]:
        """The commit and its first parents, newest first: what the tip of the branch has been; page by page."""
        query = {"ref_name": commit, "first_parent": "true"}
        return self._project.pages(self._project.api.commits.path, query, shape=shapes.sha)
