"""What the end of dead letters is made of: the topic of a letter leads to its flow."""

from collections.abc import Mapping

from ..domain import dead_letter, dead_letter_report, dead_letter_request, posting, run
from ..domain.dead_letter import Letter
from ..domain.dead_letter_report import Buried, Fate
from ..domain.delivery import Delivery
from ..domain.errors import Refused, ServiceError, Transient
from ..domain.messages import deploy as message
from ..domain.told import Told
from ..flows.dead_deploy import bury
from ..flows.dead_message import tell
from ..flows.target import Order
from .deploying import merge_request
from .ground import Ground

PATIENCE = 24 * 60 * 60
"""Seconds after which a letter is acknowledged whatever could be done: the kept subscription has it."""


class Undertaker:
    """What an instance keeps between deliveries."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Raises Refused `settings-invalid`."""
        self._ground = Ground(environ)

    def close(self) -> None:
        """Closes the connections."""
        self._ground.close()

    def run(self, delivery: Delivery) -> Told:
        """One delivery of a dead letter; raises Transient while another one may do better."""
        try:
            letter = dead_letter.read(delivery, now=self._ground.clock.now())
        except Refused as error:
            return dead_letter_report.unreadable(error)
        last = self._ground.clock.now() - letter.died.timestamp() >= PATIENCE
        try:
            found = self._buried(letter, last=last)
        except Refused as error:
            return Buried(Fate.UNREADABLE, error.reason, error.detail).told(letter)
        except ServiceError as error:
            if isinstance(error, Transient) and not last:
                raise
            # Nobody could be told: what can't be mended by waiting must not come for ever.
            return Buried(Fate.GIVEN_UP, error.reason, error.detail, {"untold": [error.reason]}).told(letter)
        told = found.told(letter)
        return Told(told.said, told.fields, told.bad) if last else told

    def _buried(self, letter: Letter, *, last: bool) -> Buried:
        if letter.topic == posting.DEPLOY:
            return self._deploy(letter, last=last)
        asked = dead_letter_request.read(letter)
        if not asked.project:
            return Buried(
                Fate.GIVEN_UP, letter.error.reason, letter.error.detail, {"workflow": asked.what, "by": asked.by}
            )
        project = self._ground.project(asked.project)
        outside = self._ground.outside(project, times=self._ground.times(letter.delivery), width=1)
        return tell(asked, letter, outside, allowed=frozenset(project.workspaces))

    def _deploy(self, letter: Letter, *, last: bool) -> Buried:
        ground, delivery = self._ground, letter.delivery
        request = message.read(delivery.data)
        project = ground.project(request.project)
        order = Order(
            request,
            frozenset(project.workspaces),
            run.of(delivery, now=ground.clock.now()),
            by_hand=delivery.by_hand,
            final=True,
            merge_request=merge_request(delivery),
            redelivered=True,
        )
        outside = ground.outside(project, times=ground.times(delivery), width=project.aic_concurrency)
        return bury(order, letter, outside, last=last)
