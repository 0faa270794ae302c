"""A pipeline → all of its files in a repository."""

import zlib
from collections.abc import Iterator, Mapping
from itertools import chain

from . import content
from .code import code_files
from .errors import Refused
from .layout import config_path, written
from .titles import Titles, unstorable

_SMALL = 2048
"""Bytes below which compressing a file costs more than it saves."""


class Packed(Mapping[str, bytes]):
    """Path to content, compressed until somebody asks for it: a run may hold those of a whole workspace."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._small = {path: data for path, data in files.items() if len(data) < _SMALL}
        self._large = {path: zlib.compress(data, 1) for path, data in files.items() if len(data) >= _SMALL}

    def __getitem__(self, path: str) -> bytes:
        return zlib.decompress(self._large[path]) if path in self._large else self._small[path]

    def __iter__(self) -> Iterator[str]:
        return chain(self._small, self._large)

    def __len__(self) -> int:
        return len(self._small) + len(self._large)


def files_of(title: str, job_config: Mapping[str, object], *, titles: Titles) -> Mapping[str, bytes]:
    """Path to content: the config and the code of the tasks, each path below `config/` or `code/`.

    Raises Refused `title-unstorable`, `config-invalid` or `config-too-big`, each for this pipeline alone.
    """
    return files_with(written(job_config), title, titles=titles)


def files_with(config_file: bytes, title: str, *, titles: Titles) -> Mapping[str, bytes]:
    """The same of a config file that is made already; raises the same."""
    if reason := unstorable(title, titles=titles):
        raise Refused("title-unstorable", reason)
    code = code_files(title, content.parse(config_file), titles=titles)
    return {config_path(title): config_file, **code}
