"""What an AIC workspace has beside its pipelines, as the flows see it."""

from collections.abc import Mapping

from ...domain.aic import Named
from ...domain.errors import Permanent
from . import shapes
from .connection import Reply
from .place import AicPlace, answer, check_key, check_up, own


class AicDesk:
    """Implements `ports.Desk` for one run; raises what `AicPlace` raises."""

    def __init__(self, place: AicPlace) -> None:
        self._place = place

    def drives(self) -> tuple[Named, ...]:
        """The places for files."""
        return self._listed("drives")

    def datasets(self) -> tuple[Named, ...]:
        """The sets of tables."""
        return self._listed("datasets")

    def tables(self, dataset_id: str) -> tuple[Named, ...]:
        """The tables of a dataset."""
        return self._listed("datasets", own(dataset_id), "tables")

    def copies(self, job_id: str) -> tuple[Named, ...]:
        """The pipeline's interactive branches."""
        return self._listed(*_copies(job_id))

    def add_copy(self, job_id: str, name: str, config: Mapping[str, object]) -> None:
        """Makes an interactive branch. Sent once."""
        self._place.write("PUT", self._place.path(*_copies(job_id)), body={"name": name, "config": config})

    def delete_copy(self, job_id: str, copy_id: str) -> None:
        """Sent again where it is not sure that it arrived: what is gone stays so."""
        send, deadline = self._place.connection.send, self._place.deadline
        path = self._place.path(*_copies(job_id), own(copy_id))
        self._place.repeated(lambda: _check_gone(send("DELETE", path, deadline=deadline)))

    def _listed(self, *rest: str) -> tuple[Named, ...]:
        return self._place.read(
            self._place.path(*rest), lambda reply: () if reply.status == 404 else shapes.names(answer(reply))
        )


def _copies(job_id: str) -> tuple[str, ...]:
    return ("interactive-pipeline", own(job_id), "branches")


def _check_gone(reply: Reply) -> None:
    check_key(reply)
    check_up(reply)
    if reply.status >= 300 and reply.status != 404:
        raise Permanent("aic-write-refused", f"AIC answered {reply.status} to a deletion")
