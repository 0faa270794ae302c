"""What the service costs: the page shows what the reckoning gives, and the reckoning is arithmetic."""

import pytest

from bench import cost
from tests.documented import ROOT


def item(name: str) -> cost.Item:
    (found,) = [each for each in cost.ITEMS if each.name == name]
    return found


def test_the_page_shows_what_is_reckoned() -> None:
    """`python -m bench.cost` prints it."""
    page = (ROOT / "docs/install.md").read_text(encoding="utf-8")

    assert "\n".join(cost.tables()) in page


@pytest.mark.parametrize(
    ("name", "merges", "amount", "dollars"),
    [
        ("Cloud Run, processor", 1000, 24_000 + 600_000 + 300_000 + 2_700 + 2_700 + 12_960 + 600, 18.31),
        ("Cloud Run, processor", 10, 240 + 6_000 + 3_000 + 2_700 + 2_700 + 12_960 + 600, 0),
        ("Cloud Run, memory", 1000, 12_000 + 600_000 + 300_000 + 2_700 + 2_700 + 12_960 + 600, 1.43),
        ("Secret Manager, values", 10, 8, 0.12),
        ("Secret Manager, reads", 100, 2 * (12_000 + 3_000 + 90 + 30 + 4_320 + 60) + 17_280, 0.14),
        ("Cloud Scheduler", 10, 5, 0.20),
        ("Cloud Storage, writes", 100, 5 * 104 * 30, 0.08),
    ],
)
def test_each_line_is_what_a_pocket_calculator_says(name: str, merges: int, amount: float, dollars: float) -> None:
    """The amount, less what is free of it, times the price."""
    assert item(name).amount(merges) == pytest.approx(amount)
    assert item(name).dollars(merges) == pytest.approx(dollars, abs=0.005)


def test_nothing_costs_less_than_nothing() -> None:
    """What is free and not used pays for nothing else."""
    assert all(each.dollars(merges) >= 0 for each in cost.ITEMS for merges in (0, *cost.RATES))
    assert all(cost.total(merges, free=False) > cost.total(merges) for merges in cost.RATES)


def test_the_last_lines_are_the_sums() -> None:
    """What people look at first."""
    paid, full = cost.tables()[-2:]

    assert [f"**${sum(each.dollars(merges) for each in cost.ITEMS):.2f}**" in paid for merges in cost.RATES] == [
        True
    ] * 3
    assert [f"${cost.total(merges, free=False):.2f}" in full for merges in cost.RATES] == [True] * 3
