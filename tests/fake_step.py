"""A team's own step in memory, as `ports.Step`."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.domain.errors import Refused
from shared.ports.step import Configs


@dataclass
class FakeStep:
    """Calls the function with a copy of what it is given; a text that it returns is a refusal."""

    call: Callable[[Any], object]
    name: str = "steps.rules:tidy"
    calls: int = 0

    def apply(self, configs: Configs) -> object:
        """As another process would see it."""
        self.calls += 1
        made = self.call(json.loads(json.dumps(configs)))
        if isinstance(made, str):
            raise Refused("step-refused", made)
        return made
