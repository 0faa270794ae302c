"""Where a workspace is inside of AIC, and how it is asked: what pipelines and drives of one run have in common."""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import TypeVar

from ...deadline import Deadline
from ...domain.errors import Permanent, Transient
from .. import attempts
from ..attempts import Failed
from . import shapes
from .connection import AicConnection, Reply

Result = TypeVar("Result")


class AicPlace:
    """One workspace for one run, found at its first use; `on_trouble` is called whenever AIC seems to be overworked.

    Raises Permanent `aic-project-missing`, `aic-workspace-missing`, `aic-unauthorized`, `aic-refused`, `aic-redirect`;
    Transient `aic-odd-answer`, `aic-unavailable`, `deadline`.
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
        self.connection = connection
        self.deadline = deadline
        self._project = project
        self._workspace = workspace
        self._on_trouble = on_trouble
        self._finding = Lock()
        self._found: tuple[str, ...] | None = None

    def path(self, *rest: str) -> tuple[str, ...]:
        """The names in the address of the workspace, and of what is below it."""
        with self._finding:
            if self._found is None:
                project = self._find(("projects",), self._project, kind="project")
                workspaces = ("projects", project, "workspaces")
                self._found = (*workspaces, self._find(workspaces, self._workspace, kind="workspace"))
            return (*self._found, *rest)

    def read(self, path: tuple[str, ...], shape: Callable[[Reply], Result], /, **query: str) -> Result:
        """What `shape` makes of the answer; tried again after Failed."""
        return self.repeated(
            lambda: shape(self.connection.send("GET", path, deadline=self.deadline, query=query or None))
        )

    def write(self, method: str, path: tuple[str, ...], *, body: Mapping[str, object]) -> None:
        """Sent once; raises Transient `aic-write-unknown`, `aic-title-exists`, Permanent `aic-write-refused`."""
        send, deadline = self.connection.send, self.deadline
        try:
            self.tried(lambda: _check_write(send(method, path, deadline=deadline, body=body)))
        except Failed as failure:
            raise Transient("aic-write-unknown", failure.detail) from None

    def repeated(self, attempt: Callable[[], Result]) -> Result:
        """The result of what may be done more than once; each failed attempt is trouble."""
        return attempts.read(lambda: self.tried(attempt), deadline=self.deadline)

    def tried(self, attempt: Callable[[], Result]) -> Result:
        """The result of a single attempt; raises Failed where it went wrong in a way that another may not."""
        try:
            return attempt()
        except Failed:
            self._on_trouble()
            raise

    def _find(self, path: tuple[str, ...], name: str, *, kind: str) -> str:
        ids = self.read(path, lambda reply: shapes.named(answer(reply), name))
        if len(ids) != 1:
            raise Permanent(f"aic-{kind}-missing", f"AIC lists {len(ids) or 'no'} {kind}s of the exact name `{name}`")
        return ids[0]


def own(given: str) -> str:
    """An id that AIC gave, safe in a path."""
    try:
        return shapes.identifier(given)
    except Failed:
        raise Permanent("aic-refused", "this id can't be one of AIC's") from None


def answer(reply: Reply) -> object:
    """The JSON of a read that went well."""
    check_key(reply)
    check_up(reply)
    if reply.status >= 300:
        raise Permanent("aic-refused", f"AIC answered {reply.status} to a read")
    return shapes.parsed(reply.data)


def check_key(reply: Reply) -> None:
    """Raises Permanent where the key isn't accepted."""
    if reply.status in (401, 403):
        raise Permanent("aic-unauthorized", f"AIC answered {reply.status}; check the secret `aic-api-key`")


def check_up(reply: Reply) -> None:
    """Raises Failed where AIC is busy or broken."""
    if reply.status in (408, 429) or reply.status >= 500:
        raise Failed("aic-unavailable", f"AIC answered {reply.status}", after=reply.after)


def _check_write(reply: Reply) -> None:
    """Any 2xx will do: what was written is read back, not believed."""
    check_key(reply)
    if reply.status == 404:
        raise Transient("aic-write-unknown", "AIC answered 404 to a write: the pipeline, or its workspace, is gone")
    if reply.status == 409:
        raise Transient("aic-title-exists", "AIC answered 409 to a write")
    check_up(reply)
    if reply.status >= 300:
        raise Permanent("aic-write-refused", f"AIC answered {reply.status} to a write")
