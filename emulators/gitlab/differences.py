"""What differs between two trees, file by file, as GitLab words it."""

import re
from collections.abc import Iterator

import pygit2
from pygit2.enums import DeltaStatus

from emulators.gitlab.objects import FileDiff

_BODY = re.compile(rb"^(@@ |Binary files )", re.MULTILINE)


def between(old: pygit2.Tree | None, new: pygit2.Tree) -> list[FileDiff]:
    """What turns `old` (None: no files) into `new`, sorted by path, renames found."""
    diff = new.diff_to_tree(swap=True) if old is None else old.diff_to_tree(new)
    diff.find_similar()
    return list(_files(diff))


def _files(diff: pygit2.Diff) -> Iterator[FileDiff]:
    for patch in diff:
        if patch is None:
            continue
        delta = patch.delta
        _, additions, deletions = patch.line_stats
        yield FileDiff(
            old_path=delta.old_file.path,
            new_path=delta.new_file.path,
            a_mode=_mode(delta.old_file.mode),
            b_mode=_mode(delta.new_file.mode),
            new_file=delta.status == DeltaStatus.ADDED,
            renamed_file=delta.status == DeltaStatus.RENAMED,
            deleted_file=delta.status == DeltaStatus.DELETED,
            diff=_body(patch.data),
            additions=additions,
            deletions=deletions,
        )


def _mode(mode: int) -> str:
    return f"{mode:o}"


def _body(patch: bytes) -> str:
    found = _BODY.search(patch)
    return patch[found.start() :].decode("utf-8", "replace") if found else ""
