"""GitLab's JSON as values; what doesn't look as it must is a failed attempt."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import TypeVar

from ...domain.gitlab import Changes, Commit, Deployment, Hook, Issue, MergeRequest, Note, Status, StoredFile, blob_id
from ..attempts import Failed

Kind = TypeVar("Kind")

MAX_DIFFS = 900
"""GitLab cuts diffs at 1,000 files or more; a list that comes near may be a part."""
_FLAGS = ("collapsed", "too_large", "generated_file_collapsed")


def field(row: object, key: str, kind: type[Kind]) -> Kind:
    """The value of a key that must be there and of that kind."""
    value = row.get(key) if isinstance(row, Mapping) else None
    if not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool):
        raise odd(key)
    return value


def text(row: object, key: str) -> str:
    """The text of a key that may be null or not be there: empty then."""
    value = row.get(key) if isinstance(row, Mapping) else None
    return "" if value is None else field(row, key, str)


def texts(row: object, key: str) -> list[str]:
    """The texts of a list that may be null or not be there."""
    found = row.get(key) if isinstance(row, Mapping) else None
    if found is not None and not (isinstance(found, list) and all(isinstance(each, str) for each in found)):
        raise odd(key)
    return list(found or [])


def user(row: object, key: str) -> int:
    """The user's id; 0 for a user that is gone, which is nobody's id."""
    found = row.get(key) if isinstance(row, Mapping) else None
    return field(found, "id", int) if found is not None else 0


def rows(value: object) -> list[Mapping[str, object]]:
    """A list of objects."""
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        raise odd("list")
    return value


def issue(row: object) -> Issue:
    """An issue by itself."""
    return Issue(field(row, "iid", int), field(row, "title", str), field(row, "state", str), field(row, "web_url", str))


def hook(row: object) -> Hook:
    """A GitLab that doesn't disable hooks, or doesn't sign, says nothing of it."""
    alert = text(row, "alert_status") or "executable"
    told = row if isinstance(row, Mapping) else {}
    return Hook(
        field(row, "id", int),
        field(row, "url", str),
        disabled=alert != "executable",
        verifies=told.get("enable_ssl_verification") is not False,
        events=tuple(sorted(key for key, value in told.items() if key.endswith("_events") and value is True)),
        signs=told.get("signing_token_present") is True,
    )


def odd(what: str) -> Failed:
    """The failure of an answer whose `what` is not as it must be."""
    return Failed("gitlab-odd-answer", f"GitLab answered with an odd `{what}`")


def sha(row: object, key: str = "id") -> str:
    """A full commit id; SHA-1 or SHA-256, whichever the repository uses."""
    value = field(row, key, str)
    if len(value) not in (40, 64) or not set(value) <= set("0123456789abcdef"):
        raise odd(key)
    return value


def stored_file(row: object) -> StoredFile:
    """A file of the files API; its bytes are checked against GitLab's own hash of them.

    `size` is that of the blob, and differs where GitLab has turned another encoding into UTF-8.
    """
    try:
        data = base64.b64decode(field(row, "content", str), validate=True)
    except ValueError:
        raise odd("content") from None
    if hashlib.sha256(data).hexdigest() != field(row, "content_sha256", str):
        raise odd("content_sha256")
    return StoredFile(data, sha(row, "last_commit_id"))


def raw(data: bytes, headers: Mapping[str, str]) -> bytes:
    """A file as it is; any other page that comes with 200 lacks GitLab's headers, or doesn't fit them.

    The hash is that of the text which GitLab shows: other encodings are turned into UTF-8 there, and have the blob's
    own id to be known by.
    """
    if headers.get("X-Gitlab-Size") != str(len(data)):
        raise odd("X-Gitlab-Size")
    named = headers.get("X-Gitlab-Content-Sha256")
    blob = headers.get("X-Gitlab-Blob-Id", "")
    if not named or (hashlib.sha256(data).hexdigest() != named and blob_id(data, like=blob) != blob):
        raise odd("X-Gitlab-Content-Sha256")
    return data


def commit(row: object) -> Commit:
    """A commit of a list."""
    parents = field(row, "parent_ids", list)
    if not all(isinstance(parent, str) for parent in parents):
        raise odd("parent_ids")
    return Commit(sha(row), tuple(parents), field(row, "message", str), _is_rewritten(row))


def brought(row: Mapping[str, object]) -> Commit:
    """A commit of a merge request; GitLab doesn't keep the parents of these in every version."""
    return commit({"parent_ids": [], **row})


def changes(row: object) -> Changes:
    """A comparison of two commits."""
    paths, complete = touched(rows(field(row, "diffs", list)))
    timed_out = isinstance(row, Mapping) and row.get("compare_timeout") is True
    return Changes(tuple(map(commit, field(row, "commits", list))), paths, complete and not timed_out)


def touched(diffs: Iterable[Mapping[str, object]]) -> tuple[tuple[str, ...], bool]:
    """The paths that the diffs name, old and new ones, and whether there can't be others."""
    listed = list(diffs)
    names = {field(diff, key, str): None for diff in listed for key in ("old_path", "new_path")}
    return tuple(names), len(listed) < MAX_DIFFS and not any(map(_is_cut, listed))


def deployment(row: object) -> Deployment:
    """A deployment record."""
    return Deployment(
        id=field(row, "id", int),
        commit=sha(row, "sha"),
        status=field(row, "status", str),
        user=user(row, "user"),
        branch=field(row, "ref", str),
        created=field(row, "created_at", str),
        number=field(row, "iid", int),
    )


def status(row: object) -> Status:
    """A commit status."""
    description = row.get("description") if isinstance(row, Mapping) else None
    return Status(field(row, "status", str), str(description or ""), user(row, "author"), field(row, "created_at", str))


def merge_request(row: object) -> MergeRequest:
    """A merged merge request; which of its shas landed depends on how it was merged, so all of them are taken."""
    keys = ("merge_commit_sha", "squash_commit_sha", "sha")
    landed = frozenset(sha(row, key) for key in keys if isinstance(row, Mapping) and row.get(key))
    return MergeRequest(field(row, "iid", int), field(row, "source_branch", str), landed)


def note(row: object, thread: str | None = None) -> Note:
    """A note of a merge request or of a discussion."""
    return Note(field(row, "id", int), field(row, "body", str), user(row, "author"), thread)


def _is_rewritten(row: object) -> bool:
    """Whether author and committer, or their times, differ; so also where GitLab doesn't say."""
    both = (("author_email", "committer_email"), ("authored_date", "committed_date"))
    said = [(row.get(one), row.get(other)) for one, other in both if isinstance(row, Mapping)]
    return not all(one and one == other for one, other in said)


def _is_cut(diff: Mapping[str, object]) -> bool:
    """Whether GitLab left something out: it says so, or a diff is empty that is no mere rename or change of mode."""
    if any(diff.get(flag) for flag in _FLAGS):
        return True
    mere = diff.get("renamed_file") is True or diff.get("a_mode") != diff.get("b_mode")
    fresh = diff.get("new_file") is True or diff.get("deleted_file") is True
    return not diff.get("diff") and (fresh or not mere)
