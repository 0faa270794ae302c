"""The files of a GitLab project."""

from collections.abc import Mapping
from itertools import islice

from ...domain.errors import Permanent, Refused
from ...domain.gitlab import StoredFile
from .. import addresses
from . import shapes
from .project import Part

_ABSENT = (404, "404 File Not Found")
MOST_ENTRIES = 100_000
"""Files and folders: each hundred of them is a request."""
_PLAIN = ("100644", "100755")


class Files(Part):
    """That part of `ports.Repository` which looks into trees."""

    def file(self, path: str, ref: str) -> StoredFile | None:
        """The file with the sha of the last commit that touched it; ref `HEAD` is the default branch."""
        addresses.segment(path)
        files = self._project.api.files
        return self._project.look(
            "file", lambda: shapes.stored_file(files.get(path, ref).attributes), excuses=(_ABSENT,)
        )

    def last_touched(self, path: str, commit: str) -> str | None:
        """The last commit that touched the file as seen at `commit` (a sha or a branch), None where it is absent."""
        addresses.segment(path)
        api = self._project.api

        def attempt() -> str:
            headers = api.files.head(path, ref=commit)
            return shapes.sha({"id": headers.get("X-Gitlab-Last-Commit-Id")})

        found = self._project.look("last_touched", attempt, excuses=((404, ""),))
        if found is None:
            # The answer to HEAD doesn't say what is missing.
            self._demand(commit)
        return found

    def content(self, path: str, commit: str) -> bytes | None:
        """The bytes of the file at that commit, None where it is absent there; of LFS files the pointer."""
        asked = f"{self._project.api.files.path}/{addresses.segment(path)}/raw"

        def attempt() -> bytes:
            response = self._project.ask(asked, {"ref": commit})
            return shapes.raw(response.content, response.headers)

        return self._project.look("content", attempt, excuses=(_ABSENT,))

    def tree(self, commit: str, folder: str) -> Mapping[str, str]:
        """Every file below the folder, path to blob id; empty where the folder is absent.

        Raises Refused `tree-unusual` for a link or submodule that is named like a config, `tree-too-big` for too many.
        """
        api = self._project.api
        query = {"ref": commit, "path": folder.strip("/"), "recursive": "true", "pagination": "keyset"}
        path = f"/projects/{api.encoded_id}/repository/tree"
        try:
            entries = list(islice(self._project.pages(path, query, shape=_entry), MOST_ENTRIES + 1))
        except Permanent as error:
            if error.reason != "gitlab-not-found":
                raise
            # An unknown commit is a 404 as well.
            self._demand(commit)
            return {}
        if len(entries) > MOST_ENTRIES:
            raise Refused("tree-too-big", f"`{folder}` has more than {MOST_ENTRIES} entries")
        return dict(entry for entry in entries if entry is not None)

    def _demand(self, commit: str) -> None:
        """Raises Permanent `gitlab-not-found` where there is no such commit or branch."""
        addresses.segment(commit)
        self._project.read("commit", lambda: self._project.api.commits.get(commit))


def _entry(row: Mapping[str, object]) -> tuple[str, str] | None:
    path, kind, mode = (shapes.field(row, key, str) for key in ("path", "type", "mode"))
    if kind == "blob" and mode in _PLAIN:
        return path, shapes.field(row, "id", str)
    if kind != "tree" and path.endswith(".json"):
        raise Refused("tree-unusual", f"`{path}` is no plain file but a link or submodule")
    return None
