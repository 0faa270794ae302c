"""`python -m bench.cost`: what the service costs a month at Google, as tables for docs/install.md.

List prices in US dollars for a region such as europe-west1, billed by request. Amounts are rather
too high than too low.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

RATES = (10, 100, 1000)
"""Merges a day."""
DAYS = 30
WORKSPACES = 3


@dataclass(frozen=True, slots=True)
class Work:
    """Something that a function does: how often a month at so many merges a day, and its seconds each time."""

    name: str
    times: Callable[[int], float]
    seconds: float
    gib: float
    why: str


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the bill: the amount a month at so many merges a day, what is free of it, and its price."""

    name: str
    unit: str
    amount: Callable[[int], float]
    free: float
    price: float
    per: float
    why: str

    def dollars(self, merges: int, *, free: bool = True) -> float:
        """What is left to be paid, with the free part or without."""
        return max(0.0, self.amount(merges) - (self.free if free else 0)) / self.per * self.price


WORK = (
    Work("hooks", lambda merges: 8 * merges * DAYS, 0.1, 0.5, "eight for each merge; the shortest time that is billed"),
    Work("plans", lambda merges: 4 * merges * DAYS, 5, 1, "four for each merge, a new instance included"),
    Work("deploys", lambda merges: merges * DAYS, 10, 1, "1 to 3 s were measured, the rest is for a new instance"),
    Work(
        "snapshots", lambda _: WORKSPACES * DAYS, 30, 1, "three workspaces of 1,000 pipelines; 20 s at 250 ms a request"
    ),
    Work("boards", lambda _: DAYS, 90, 1, "the same three workspaces in one run each night"),
    Work("sweeps", lambda _: 144 * DAYS, 3, 1, "every ten minutes; 0.6 s were measured"),
    Work("drills and checks", lambda _: 2 * DAYS, 10, 1, "daily and weekly"),
)


def runs(merges: int) -> float:
    """How often a function other than the webhook works."""
    return sum(each.times(merges) for each in WORK[1:])


def _requests(merges: int) -> float:
    return sum(each.times(merges) for each in WORK)


def _seconds(merges: int) -> float:
    return sum(each.times(merges) * each.seconds for each in WORK)


def _gib_seconds(merges: int) -> float:
    return sum(each.times(merges) * each.seconds * each.gib for each in WORK)


ITEMS = (
    Item("Cloud Run, processor", "vCPU-second", _seconds, 180_000, 0.000024, 1, "the seconds above, one vCPU each"),
    Item(
        "Cloud Run, memory",
        "GiB-second",
        _gib_seconds,
        360_000,
        0.0000025,
        1,
        "512 MiB for the webhook, 1 GiB for the others",
    ),
    Item("Cloud Run, requests", "request", _requests, 2_000_000, 0.40, 1e6, "the times above"),
    Item(
        "Pub/Sub",
        "GiB",
        lambda merges: 4 * _requests(merges) * 1000 / 2**30,
        10,
        40,
        1024,
        "four times 1,000 bytes a run",
    ),
    Item("Secret Manager, values", "version", lambda _: 8, 6, 0.06, 1, "four secrets, the value before each kept"),
    Item(
        "Secret Manager, reads",
        "read",
        lambda merges: 2 * runs(merges) + 17_280,
        10_000,
        0.03,
        10_000,
        "two a run; the webhook's two each five minutes",
    ),
    Item("Cloud Scheduler", "job", lambda _: 5, 3, 0.10, 1, "snapshot, board, sweep, drill, token check"),
    Item(
        "Cloud Logging",
        "GiB",
        lambda merges: 2 * _requests(merges) / 2**20,
        50,
        0.50,
        1,
        "2 KiB a run, Google's own line included",
    ),
    Item("Cloud Monitoring, alerts", "condition", lambda _: 11, 0, 0.10, 1, "eleven alerts of one condition each"),
    Item("Cloud Storage, kept", "GiB", lambda _: 10, 0, 0.020, 1, "backups of 30 days with their older versions"),
    Item(
        "Cloud Storage, writes",
        "operation",
        lambda merges: 5 * (merges + WORKSPACES + 1) * DAYS,
        0,
        0.005,
        1000,
        "five for each deploy, snapshot and board",
    ),
    Item("Artifact Registry", "GiB", lambda _: 5, 0.5, 0.10, 1, "ten images a function, which share most"),
    Item(
        "Traffic to the internet",
        "GiB",
        lambda merges: 0.1 * runs(merges) / 1024,
        0,
        0.12,
        1,
        "0.1 MiB a run, to GitLab and AIC",
    ),
)


def total(merges: int, *, free: bool = True) -> float:
    """Dollars a month."""
    return sum(each.dollars(merges, free=free) for each in ITEMS)


def tables() -> list[str]:
    """The lines of both tables, in Markdown."""
    heads = [f"{merges:,} merges a day" for merges in RATES]
    work = [
        [each.name, each.why, f"{each.seconds:g}", *(f"{each.times(merges):,.0f}" for merges in RATES)] for each in WORK
    ]
    bill = [[each.name, each.why, _price(each), *(_amount(each, merges) for merges in RATES)] for each in ITEMS]
    paid = [f"**${total(merges):.2f}**" for merges in RATES]
    full = [f"${total(merges, free=False):.2f}" for merges in RATES]
    ends = [["**a month**", "", "", *paid], ["without the free parts", "", "", *full]]
    return [
        *_table(["what is done in a month", "reckoned so", "seconds each", *heads], work),
        "",
        *_table(["what is billed", "reckoned so", "price, free part", *heads], [*bill, *ends]),
    ]


def _price(each: Item) -> str:
    many = f"{each.per:,.0f} {each.unit}{'' if each.unit == 'GiB' else 's'}" if each.per > 1 else each.unit
    price = f"{each.price:.7f}".rstrip("0") if each.price < 0.01 else f"{each.price:.2f}"
    free = f", {_number(each.free)} free" if each.free else ""
    return f"${price} per {many}{free}"


def _amount(each: Item, merges: int) -> str:
    return f"{_number(each.amount(merges))} → ${each.dollars(merges):.2f}"


def _number(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= 10 else f"{amount:.2g}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    line = ["---"] * 2 + ["---:"] * (len(head) - 2)
    return [f"| {' | '.join(cells)} |" for cells in (head, line, *rows)]


if __name__ == "__main__":
    sys.stdout.write("".join(f"{line}\n" for line in tables()))
