"""One AIC workspace as the flows see it."""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import TypeVar

from ...deadline import Deadline
from ...domain.aic import Job
from ...domain.content import Content
from ...domain.errors import Permanent, Transient
from .. import attempts
from ..attempts import Failed
from . import shapes
from .connection import AicConnection, Reply

Result = TypeVar("Result")


class AicWorkspace:
    """Implements `ports.Workspace` for one run; `on_trouble` is called whenever AIC seems to have too much to do.

    Beside the port's errors: Permanent `aic-project-missing`, `aic-workspace-missing`, `aic-unauthorized`,
    `aic-refused`, `aic-write-refused`, `aic-redirect`; Transient `aic-odd-answer`, `aic-unavailable`,
    `aic-write-unknown`, `aic-title-exists`, `deadline`.
    """

    def __init__(
        self,
        connection: AicConnection,
        *,
        project: str,
        workspace: str,
        deadline: Deadline,
        on_trouble: Callable[[], None] = lambda: None,
    ) -> None:
        self._connection = connection
        self._project = project
        self._workspace = workspace
        self._deadline = deadline
        self._on_trouble = on_trouble
        self._finding = Lock()
        self._found: tuple[str, ...] | None = None

    def jobs(self) -> tuple[Job, ...]:
        """The pipelines that AIC lists, ids and titles only."""
        return self._read(self._jobs(), lambda reply: shapes.jobs(_answer(reply)))

    def read(self, job_id: str) -> Mapping[str, object] | None:
        """The jobConfig, None when AIC answers 404."""
        path = (*self._jobs(), _own(job_id))
        return self._read(path, lambda reply: None if reply.status == 404 else shapes.job_config(_answer(reply)))

    def create(self, title: str, content: Content) -> None:
        """Creates a pipeline. Sent once."""
        self._write("POST", self._jobs(), body={"title": title, **content.fields()})

    def update(self, job_id: str, title: str, content: Content) -> None:
        """Replaces the deployable part of a pipeline. Sent once."""
        self._write("PUT", (*self._jobs(), _own(job_id)), body={"title": title, **content.fields()})

    def _jobs(self) -> tuple[str, ...]:
        with self._finding:
            if self._found is None:
                project = self._find(("projects",), self._project, kind="project")
                workspaces = ("projects", project, "workspaces")
                workspace = self._find(workspaces, self._workspace, kind="workspace")
                self._found = (*workspaces, workspace, "jobs")
            return self._found

    def _find(self, path: tuple[str, ...], name: str, *, kind: str) -> str:
        ids = self._read(path, lambda reply: shapes.named(_answer(reply), name))
        if len(ids) != 1:
            raise Permanent(f"aic-{kind}-missing", f"AIC lists {len(ids) or 'no'} {kind}s of the exact name `{name}`")
        return ids[0]

    def _read(self, path: tuple[str, ...], shape: Callable[[Reply], Result]) -> Result:
        def attempt() -> Result:
            try:
                return shape(self._connection.send("GET", path, deadline=self._deadline))
            except Failed:
                self._on_trouble()
                raise

        return attempts.read(attempt, deadline=self._deadline)

    def _write(self, method: str, path: tuple[str, ...], *, body: Mapping[str, object]) -> None:
        try:
            _check_write(self._connection.send(method, path, deadline=self._deadline, body=body))
        except Failed as failure:
            self._on_trouble()
            raise Transient("aic-write-unknown", failure.detail) from None


def _own(job_id: str) -> str:
    try:
        return shapes.identifier(job_id)
    except Failed:
        raise Permanent("aic-refused", "this id can't be one of AIC's") from None


def _answer(reply: Reply) -> object:
    _check_key(reply)
    _check_up(reply)
    if reply.status >= 300:
        raise Permanent("aic-refused", f"AIC answered {reply.status} to a read")
    return shapes.parsed(reply.data)


def _check_write(reply: Reply) -> None:
    """Any 2xx will do: what was written is read back, not believed."""
    _check_key(reply)
    if reply.status == 404:
        raise Transient("aic-write-unknown", "AIC answered 404 to a write: the pipeline, or its workspace, is gone")
    if reply.status == 409:
        raise Transient("aic-title-exists", "AIC answered 409 to a write")
    _check_up(reply)
    if reply.status >= 300:
        raise Permanent("aic-write-refused", f"AIC answered {reply.status} to a write")


def _check_key(reply: Reply) -> None:
    if reply.status in (401, 403):
        raise Permanent("aic-unauthorized", f"AIC answered {reply.status}; check the secret `aic-api-key`")


def _check_up(reply: Reply) -> None:
    if reply.status in (408, 429) or reply.status >= 500:
        raise Failed("aic-unavailable", f"AIC answered {reply.status}", after=reply.after)
