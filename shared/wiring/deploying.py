"""What a deploy is made of."""

from collections.abc import Mapping

from ..domain import run
from ..domain.delivery import Delivery
from ..domain.messages import deploy as message
from ..domain.report import Report
from ..flows.deploy import deploy
from ..flows.target import Order
from .ground import Ground


class Deployer:
    """What an instance keeps between deliveries."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Raises Refused `settings-invalid`."""
        self._ground = Ground(environ)

    def close(self) -> None:
        """Closes the connections."""
        self._ground.close()

    def run(self, delivery: Delivery) -> Report:
        """One delivery, from its message to the report; raises Refused for a bad message, and what a deploy raises."""
        request = message.read(delivery.data)
        project = self._ground.project(request.project)
        final = self._ground.final(delivery)
        order = Order(
            request,
            frozenset(project.workspaces),
            run.of(delivery, now=self._ground.clock.now()),
            by_hand=delivery.by_hand,
            final=final,
            merge_request=merge_request(delivery),
            redelivered=delivery.attempt > 1,
            drives=project.backup_drives,
            gates=project.gates,
            proves=bool(project.requires),
        )
        times = self._ground.times(delivery)
        return deploy(order, self._ground.outside(project, times=times, width=project.aic_concurrency))


def merge_request(delivery: Delivery) -> int | None:
    """The one whose merge the webhook saw; a person's message can't claim one."""
    number = delivery.attributes.get("merge_request", "")
    return int(number) if number.isdecimal() and not delivery.by_hand else None
