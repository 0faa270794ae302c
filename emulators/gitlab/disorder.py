"""How unreliably web hooks arrive: the setting `hooks`, and the dice that it is played with."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Disorder:
    """`duplicates` further copies of each delivery, each copy lost with probability `drop`.

    `auto_disable` is whether failures switch a hook off, as on gitlab.com; most GitLabs of one's own have it off.
    """

    shuffled: bool = False
    duplicates: int = 0
    drop: float = 0.0
    auto_disable: bool = True
    seed: int = 0


def read(settings: Mapping[str, object]) -> Disorder:
    """From `"ordered"`, `"shuffled"` or `{"order", "duplicates", "drop", "auto_disable"}`; the rest is orderly."""
    given = settings.get("hooks")
    fields = given if isinstance(given, dict) else {"order": given}
    return Disorder(
        shuffled=fields.get("order") == "shuffled",
        duplicates=int(_number(fields.get("duplicates"))),
        drop=_number(fields.get("drop")),
        auto_disable=fields.get("auto_disable") is not False,
        seed=int(_number(settings.get("rng_seed"))),
    )


class Dice:
    """Chance that repeats itself for the same seed; it begins anew when the seed changes."""

    def __init__(self) -> None:
        self._seed = 0
        self._random = random.Random()  # noqa: S311 (no secret hangs on it)

    def copies(self, disorder: Disorder) -> int:
        """How often a delivery is sent; 0 when it is lost."""
        dice = self._seeded(disorder)
        return sum(dice.random() >= disorder.drop for _ in range(1 + disorder.duplicates))

    def order(self, batch: list[Item], disorder: Disorder) -> list[Item]:
        """The batch in the order in which it is sent."""
        return self._seeded(disorder).sample(batch, len(batch)) if disorder.shuffled else batch

    def _seeded(self, disorder: Disorder) -> random.Random:
        if disorder.seed != self._seed:
            self._seed = disorder.seed
            self._random.seed(disorder.seed or None)
        return self._random


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
