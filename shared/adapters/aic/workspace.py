"""The pipelines of one AIC workspace as the flows see them."""

from collections.abc import Mapping

from ...domain.aic import Job
from ...domain.content import Content
from . import shapes
from .place import AicPlace, answer, own


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
        path = (*self._jobs(), own(job_id))
        return self._place.read(path, lambda reply: None if reply.status == 404 else shapes.job_config(answer(reply)))

    def create(self, title: str, content: Content) -> None:
        """Creates a pipeline. Sent once."""
        self._place.write("POST", self._jobs(), body={"title": title, **content.fields()})

    def update(self, job_id: str, title: str, content: Content) -> None:
        """Replaces the deployable part of a pipeline. Sent once."""
        self._place.write("PUT", (*self._jobs(), own(job_id)), body={"title": title, **content.fields()})

    def _jobs(self) -> tuple[str, ...]:
        return self._place.path("jobs")
