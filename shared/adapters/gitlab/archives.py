"""A folder of a GitLab project as one archive."""

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO

from ..attempts import Failed
from . import tarball
from .failures import Excused
from .files import Files

MAX_ARCHIVE = 512 * 1024 * 1024
"""Bytes as they are sent, compressed."""
_SPOOL = 8 * 1024 * 1024
_SHARE = 2 / 3
"""A large archive takes longer than any other read, and one that comes too often waits for the next minute."""


class Archives(Files):
    """That part of `ports.Repository` which reads many files at once."""

    def archive(self, commit: str, folder: str, *, seconds: float | None = None) -> Iterator[tuple[str, bytes]]:
        """Every plain file below the folder, path and bytes, of LFS files the pointer; one is in memory at a time.

        Raises Refused `tree-unusual` for a link or submodule that is named like a config, and `config-too-big` for a
        file that `content` would not read either.
        """
        with SpooledTemporaryFile(max_size=_SPOOL) as spool:
            share = _SHARE if seconds is None else self._project.share(seconds, most=_SHARE)
            if not self._fetched(spool, commit, folder.strip("/"), share=share):
                return
            for path, data in tarball.files(spool, folder.strip("/")):
                self._project.check()
                yield path, data

    def _fetched(self, spool: IO[bytes], commit: str, folder: str, *, share: float) -> bool:
        """Whether the archive is in the spool; False where there is no such folder."""
        path = f"/projects/{self._project.api.encoded_id}/repository/archive.tar.gz"
        query = {"sha": commit, "include_lfs_blobs": "false"} | ({"path": folder} if folder else {})

        def attempt() -> None:
            self._project.download(path, query, spool, most=MAX_ARCHIVE)
            tarball.demand(spool)

        try:
            self._project.read("archive", attempt, excuses=((404, "404 File Not Found"),), share=share)
        except Excused:
            self._explain(commit, folder)
            return False
        return True

    def _explain(self, commit: str, folder: str) -> None:
        """GitLab gives the same 404 for whatever goes wrong inside; raises what it really was."""
        if self.tree(commit, folder):
            raise Failed("gitlab-unavailable", "GitLab could not make an archive")
