"""How many of very many cases are tried: some, chosen by a seed, or with FAULTS_FULL=1 all of them.

Another choice is made with FAULTS_SEED; a failure names the seed and the case: scenario, call and blow. docs/faults.md
says when all were tried.
"""

import os
import random
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

Case = TypeVar("Case")

FULL = os.environ.get("FAULTS_FULL") == "1"
SEED = int(os.environ.get("FAULTS_SEED", "20261120"))


def some(cases: Sequence[Case], count: int, *, of: str = "") -> Sequence[Case]:
    """So many of them; all if there are no more, or all are asked for.

    Each equal stretch of them gives one, so that no part of a run goes untried. `of` names what they are cases of:
    where the same cases are tried of several, those are different ones.
    """
    if FULL or len(cases) <= count:
        return cases
    dice = random.Random(f"{SEED} {of}")  # noqa: S311 - repeatable on purpose
    edges = [number * len(cases) // count for number in range(count + 1)]
    return [cases[dice.randrange(start, end)] for start, end in pairwise(edges)]


def shown(found: dict[str, list[str]]) -> str:
    """The failures, by the names of their cases."""
    lines = [f"{case}: {'; '.join(problems)}" for case, problems in found.items() if problems]
    return "\n".join([f"seed {SEED}, {len(lines)} cases:", *lines[:40]]) if lines else ""
