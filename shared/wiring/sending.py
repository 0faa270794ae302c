"""What sends something to somebody: news to people, dead letters to the functions that they were for."""

from ..adapters.pubsub_letters import PubSubLetters
from ..domain.delivery import Delivery
from ..domain.messages.command import Notify
from ..domain.messages.redrive import Redrive
from ..domain.told import Told
from ..flows.redrive import redrive
from .ground import Ground
from .notifying import told


def run(parameters: Notify | Redrive, ground: Ground, delivery: Delivery, *, by: str) -> Told:
    """Raises what the flow raises."""
    if isinstance(parameters, Notify):
        return told(ground, parameters, delivery, by=by).told()
    settings = ground.settings
    letters = PubSubLetters(project=settings.google_cloud_project, emulator=settings.pubsub_emulator_host)
    return redrive(
        parameters,
        letters=letters,
        publisher=ground.publisher,
        clock=ground.clock,
        deadline=ground.times(delivery).work,
    ).told()
