"""How many of very many cases are tried: some, chosen by a seed, or with FAULTS_FULL=1 all of them.

Another choice is made with FAULTS_SEED; a failure names the seed and the case: scenario, call and blow.
"""

import os
import random
from collections.abc import Sequence
from typing import TypeVar

Case = TypeVar("Case")

FULL = os.environ.get("FAULTS_FULL") == "1"
SEED = int(os.environ.get("FAULTS_SEED", "20261120"))


def some(cases: Sequence[Case], count: int) -> Sequence[Case]:
    """So many of them, spread by the seed; all if there are no more, or all are asked for."""
    if FULL or len(cases) <= count:
        return cases
    return random.Random(SEED).sample(cases, count)  # noqa: S311 - repeatable on purpose


def shown(found: dict[str, list[str]]) -> str:
    """The failures, by the names of their cases."""
    lines = [f"{case}: {'; '.join(problems)}" for case, problems in found.items() if problems]
    return "\n".join([f"seed {SEED}, {len(lines)} cases:", *lines[:40]]) if lines else ""
