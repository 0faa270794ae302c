"""A team's own code between capture and promotion, in the flows' words."""

from collections.abc import Mapping
from typing import Protocol

Configs = Mapping[str, Mapping[str, object]]
"""Title to jobConfig."""


class Step(Protocol):
    """One function that the settings name."""

    @property
    def name(self) -> str:
        """How the settings name it."""

    def apply(self, configs: Configs) -> object:
        """What it makes of the pipelines, not looked at in any way; it can do nothing to what it was given.

        Refused `step-refused` where it says no; Permanent `step-failed` where it breaks, or takes too long.
        """
