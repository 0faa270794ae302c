"""What GitLab keeps, as values: commits, files, deployments, statuses, merge requests, notes."""

import hashlib
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file's bytes and `commit`, the sha of the last commit that touched its path."""

    data: bytes
    commit: str


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit as lists show it; `parents` are full shas.

    `rewritten`: somebody else than its author, or at another time, put it where it is: rebased, squashed or picked.
    """

    sha: str
    parents: tuple[str, ...]
    message: str
    rewritten: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """What lies between two commits. `paths` is only exhaustive when `complete`; commits always are."""

    commits: tuple[Commit, ...]
    paths: tuple[str, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment record; `user` is the id of the user that made it, `created` an ISO 8601 time.

    `number` is what GitLab's pages show, and counts within the project.
    """

    id: int
    commit: str
    status: str
    user: int
    branch: str
    created: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Status:
    """A commit status: state is pending, running, success, failed, canceled or skipped; `created` an ISO 8601 time."""

    state: str
    description: str
    user: int
    created: str


@dataclass(frozen=True, slots=True)
class CiPipeline:
    """A pipeline of GitLab's CI; `state` is GitLab's word for it, `user` the id of whoever started it."""

    id: int
    commit: str
    state: str
    user: int
    url: str


@dataclass(frozen=True, slots=True)
class CiJob:
    """A job of a CI pipeline, or a commit status that somebody hung into it; `may_fail` without doing harm.

    `user` is the id of whoever started or posted it.
    """

    name: str
    state: str
    user: int
    may_fail: bool = False


@dataclass(frozen=True, slots=True)
class MergeRequest:
    """A merged merge request; `landed` holds every sha that it may have put onto its target."""

    iid: int
    source_branch: str
    landed: frozenset[str]


@dataclass(frozen=True, slots=True)
class OnMergeRequest:
    """A place for notes: a merge request."""

    iid: int


@dataclass(frozen=True, slots=True)
class OnCommit:
    """A place for notes: a commit that no merge request brought."""

    sha: str


@dataclass(frozen=True, slots=True)
class OnIssue:
    """A place for notes: an issue."""

    iid: int


Place = OnMergeRequest | OnCommit | OnIssue


@dataclass(frozen=True, slots=True)
class Note:
    """A note; `thread` is the discussion that it lives in, where GitLab needs that to change it."""

    id: int
    body: str
    user: int
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class FileAction:
    """One change of a commit: `data` is the new content, None for none (a deletion) or the old one (a move).

    `previous` is where a move comes from. `last_commit` is the commit that touched the file last as far as the caller
    knows; GitLab takes no change of a file that another one has touched since.
    """

    kind: Literal["create", "update", "delete", "move"]
    path: str
    data: bytes | None = None
    previous: str = ""
    last_commit: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A merge request in whatever state: opened, closed, merged or locked (while it is being merged).

    `author` is the id of the user that opened it, `head` the newest commit of its source, empty where GitLab has none.
    """

    iid: int
    source_branch: str
    target_branch: str
    state: str
    author: int
    title: str
    description: str
    head: str
    url: str
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Care:
    """How a merge request is handled: `labels` to have, `assignees` by their user names, and whether it is squashed.

    Empty or None leaves it to GitLab or, of one that is there already, to what it has.
    """

    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    squash: bool | None = None


AS_IT_COMES = Care()


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue; its state is opened or closed."""

    iid: int
    title: str
    state: str
    url: str


@dataclass(frozen=True, slots=True)
class Hook:
    """A web hook; GitLab sends nothing to one that is `disabled`, for a while or until somebody tests it.

    `verifies`: GitLab checks the certificate of whom it calls. `events` are the words of what it tells of. `signs`:
    GitLab has a key to sign what it sends with; it never tells which one, and older ones know of no such key.
    """

    id: int
    url: str
    disabled: bool
    verifies: bool = True
    events: tuple[str, ...] = ("merge_requests_events",)
    signs: bool = False


@dataclass(frozen=True, slots=True)
class Protection:
    """A rule by which branches are protected: a name or a pattern with stars, and the levels that may push and merge.

    0 stands for nobody, 30 for developers, 40 for maintainers.
    """

    name: str
    push: frozenset[int]
    merge: frozenset[int]


@dataclass(frozen=True, slots=True)
class Token:
    """An access token, never its value. `ends` (ISO 8601) is the first day on which it is good for nothing any more.

    It is empty where the token has no end.
    """

    id: int
    name: str
    ends: str
    scopes: tuple[str, ...]


def blob_id(data: bytes, *, like: str) -> str:
    """The name that Git gives to a file of this content, with the hash that the other name was made with."""
    whole = b"blob %d\0" % len(data) + data
    if len(like) == 64:
        return hashlib.sha256(whole).hexdigest()
    return hashlib.sha1(whole, usedforsecurity=False).hexdigest()
