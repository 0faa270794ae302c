"""Single files: as JSON, raw, by their headers alone, and single-file commits."""

import base64
import hashlib
from dataclasses import dataclass
from functools import partial

from emulators.gitlab import lfs
from emulators.gitlab.access import caller, commit_or_404, project_of
from emulators.gitlab.actions import BadAction, checked_path
from emulators.gitlab.errors import invalid, not_found
from emulators.gitlab.file_writes import create, delete, update
from emulators.gitlab.limits import check_size
from emulators.gitlab.objects import EXECUTABLE, Entry
from emulators.gitlab.parameters import params
from emulators.gitlab.project import Project, Record
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

_ONE = "/projects/:id/repository/files/:path"


def routes(router: Router, world: World) -> None:
    router.add("GET", _ONE, partial(_get, world))
    router.add("HEAD", _ONE, partial(_head, world))
    router.add("GET", f"{_ONE}/raw", partial(_raw, world))
    router.add("POST", _ONE, partial(create, world))
    router.add("PUT", _ONE, partial(update, world))
    router.add("DELETE", _ONE, partial(delete, world))


@dataclass(frozen=True, slots=True)
class _File:
    """One file at one commit, with the ref as it was asked for."""

    entry: Entry
    content: bytes
    ref: str
    commit_id: str
    last_commit_id: str

    def facts(self) -> Record:
        """What both the JSON document and the headers tell."""
        return {
            "file_name": self.entry.name,
            "file_path": self.entry.path,
            "size": len(self.content),
            "encoding": "base64",
            "content_sha256": hashlib.sha256(self.content).hexdigest(),
            "ref": self.ref,
            "blob_id": self.entry.id,
            "commit_id": self.commit_id,
            "last_commit_id": self.last_commit_id,
            "execute_filemode": self.entry.mode == EXECUTABLE,
        }

    def headers(self) -> dict[str, str]:
        """`X-Gitlab-…`, one for each fact; HTTP headers are Latin-1, so other characters go as GitLab's UTF-8 bytes."""
        return {f"X-Gitlab-{name.replace('_', '-').title()}": _latin(value) for name, value in self.facts().items()}


def _latin(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text.encode().decode("latin-1")


def _get(world: World, call: Call) -> Answer:
    found = _found(world, call)
    who = call.names["id"], caller(world, call).id
    check_size(world.windows, *who, settings=world.settings, size=len(found.content))
    return Answer(200, found.facts() | {"content": base64.b64encode(found.content).decode()})


def _head(world: World, call: Call) -> Answer:
    return Answer(200, None, _found(world, call).headers())


def _raw(world: World, call: Call) -> Answer:
    """The bytes as they are; an LFS pointer stays one unless its object is asked for, 404 if nobody has stored that."""
    found, body = _found(world, call, default_ref="HEAD"), None
    if params(call).flag("lfs") and lfs.oid_of(found.content):
        body = lfs.content(project_of(world, call), found.content)
        if body is None:
            raise not_found("File")
    return Answer(
        200, found.content if body is None else body, found.headers() | {"Content-Type": "text/plain; charset=utf-8"}
    )


def _found(world: World, call: Call, *, default_ref: str = "") -> _File:
    project, given = project_of(world, call), params(call)
    ref = given.text("ref") or default_ref
    if not ref:
        raise invalid("ref is missing" if "ref" not in given else "ref is empty")
    path = _path(call.names["path"])
    sha = commit_or_404(project, ref)
    return _File(*_read(project, sha, path), ref, sha, next(project.repository.log([sha], path=path)).id)


def _path(named: str) -> str:
    try:
        return checked_path(named)
    except BadAction as bad:
        raise invalid("file_path should be a valid file path") from bad


def _read(project: Project, sha: str, path: str) -> tuple[Entry, bytes]:
    entry, content = project.repository.entry(sha, path), project.repository.blob(sha, path)
    if entry is None or content is None:
        raise not_found("File")
    return entry, content
