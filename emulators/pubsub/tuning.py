"""The switches of the queue, read from the control plane's settings."""

from collections.abc import Mapping
from dataclasses import dataclass

from emulators.settings import Settings

SHUFFLE_SECONDS = 0.2
DEFAULTS: Mapping[str, object] = {
    "duplicates": 0,
    "delay": 0,
    "shuffle": False,
    "replay": 0,
    "min_backoff": -1,
    "ack_deadline": -1,
}


@dataclass(frozen=True, slots=True)
class Tuning:
    """How the queue misbehaves, and how it hurries; seconds.

    Each message is delivered `duplicates` times more than needed (a fraction is a chance), starts `delay` late, and
    with `shuffle` by chance up to SHUFFLE_SECONDS later still. `replay` is the chance that once it is acknowledged the
    message of its key before it is delivered again and then it itself, as after an acknowledgement that got lost:
    https://cloud.google.com/pubsub/docs/ordering. The last two replace what every subscription says.
    """

    duplicates: float = 0
    delay: float = 0
    shuffle: bool = False
    replay: float = 0
    min_backoff: float | None = None
    ack_deadline: float | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Tuning":
        """Of the control plane's settings, where a negative number means: as the subscription says."""
        return cls(
            duplicates=max(0.0, settings.number("duplicates")),
            delay=max(0.0, settings.number("delay")),
            shuffle=settings.switch("shuffle"),
            replay=max(0.0, settings.number("replay")),
            min_backoff=_positive(settings.number("min_backoff")),
            ack_deadline=_positive(settings.number("ack_deadline")),
        )


def _positive(value: float) -> float | None:
    return value if value >= 0 else None
