"""The pipelines of one AIC workspace as the flows see them."""

from collections.abc import Mapping

from ...domain.aic import Job
from ...domain.content import Content
from ...domain.errors import Permanent, Transient
from ..attempts import Failed
from . import shapes
from .connection import Reply
from .place import AicPlace, answer, check_key, check_up


class AicWorkspace:
    """Implements `ports.Workspace` for one run.

    Beside the errors of the port and of `AicPlace`: Permanent `aic-write-refused`; Transient `aic-write-unknown`,
    `aic-title-exists`.
    """

    def __init__(self, place: AicPlace) -> None:
        self._place = place

    def jobs(self) -> tuple[Job, ...]:
        """The pipelines that AIC lists, ids and titles only."""
        return self._place.read(self._jobs(), lambda reply: shapes.jobs(answer(reply)))

    def read(self, job_id: str) -> Mapping[str, object] | None:
        """The jobConfig, None when AIC answers 404."""
        path = (*self._jobs(), _own(job_id))
        return self._place.read(path, lambda reply: None if reply.status == 404 else shapes.job_config(answer(reply)))

    def create(self, title: str, content: Content) -> None:
        """Creates a pipeline. Sent once."""
        self._write("POST", self._jobs(), body={"title": title, **content.fields()})

    def update(self, job_id: str, title: str, content: Content) -> None:
        """Replaces the deployable part of a pipeline. Sent once."""
        self._write("PUT", (*self._jobs(), _own(job_id)), body={"title": title, **content.fields()})

    def _jobs(self) -> tuple[str, ...]:
        return self._place.path("jobs")

    def _write(self, method: str, path: tuple[str, ...], *, body: Mapping[str, object]) -> None:
        send, deadline = self._place.connection.send, self._place.deadline
        try:
            self._place.tried(lambda: _check_write(send(method, path, deadline=deadline, body=body)))
        except Failed as failure:
            raise Transient("aic-write-unknown", failure.detail) from None


def _own(job_id: str) -> str:
    try:
        return shapes.identifier(job_id)
    except Failed:
        raise Permanent("aic-refused", "this id can't be one of AIC's") from None


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
