"""What a review of a merge request is made of."""

from collections.abc import Mapping

from ..domain import run
from ..domain.delivery import Delivery
from ..domain.messages import plan as message
from ..domain.told import Told
from ..flows.catalogue import Catalogue
from ..flows.foresight import Question
from ..flows.reviewing import ReviewOrder, review
from .ground import Ground


class Planner:
    """What an instance keeps between deliveries: beside connections what the newest commits hold."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Raises Refused `settings-invalid`."""
        self._ground = Ground(environ)
        self._catalogue = Catalogue()

    def close(self) -> None:
        """Closes the connections."""
        self._ground.close()

    def run(self, delivery: Delivery) -> Told:
        """One delivery, from its message to its end; raises Refused for a bad message, and what a review raises."""
        request, ground = message.read(delivery.data), self._ground
        project = ground.project(request.project)
        named = run.of(delivery, now=ground.clock.now())
        question = Question(
            request.project,
            request.merge_request,
            frozenset(project.workspaces),
            named,
            project.requires,
            project.gates,
        )
        order = ReviewOrder(question, request.by or "" if delivery.by_hand else "", ground.final(delivery))
        outside = ground.outside(project, times=ground.times(delivery), width=project.aic_concurrency)
        return review(order, self._catalogue, outside).told()
