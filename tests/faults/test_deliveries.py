"""Messages that come several times, late, or in another order: the branch is what counts."""

import itertools
from collections.abc import Callable, Mapping
from types import MappingProxyType

import pytest

from tests.faults import oracle
from tests.faults.oracle import judge
from tests.faults.sampling import shown, some
from tests.faults.scenarios import SCENARIOS, said
from tests.faults.trials import END
from tests.faults.world import World
from tests.stage import ENVIRONMENT, Stage, stage

ORDERS = 200
"""Of the 2,520 orders of four merges and their messages."""
MERGES: Mapping[str, Callable[[Stage], int]] = MappingProxyType(
    {
        "1": lambda world: world.merge(source="feature/1", a="by 1"),
        "2": lambda world: world.merge(source="feature/2", a="by 2", b="by 2"),
        "3": lambda world: world.merge(source="feature/3", b="by 3", new="by 3"),
        "4": lambda world: world.merge(source="feature/4", c=None, new="by 4"),
    }
)


@pytest.mark.parametrize("times", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_message_that_comes_several_times_is_the_same_as_once(name: str, times: int) -> None:
    """What runs, each note, record and status: the same, and AIC is written to no more."""
    scenario = SCENARIOS[name]
    once, often = World(scenario.make()), World(scenario.make())

    for message in scenario.messages:
        once.deliver(message)
    for message in scenario.messages:
        for _ in range(times):
            often.deliver(message)

    assert judge(often.ledger, END) == []
    assert oracle.live(often.stage.aic) == scenario.live
    assert often.stage.records() == once.stage.records()
    assert len(often.stage.writes()) == len(once.stage.writes())
    assert _notes(often) >= _notes(once)
    assert often.stage.gitlab.posted[-1:] == once.stage.gitlab.posted[-1:]


def test_four_merges_and_their_messages_come_in_any_order() -> None:
    """Each message after its own merge; the last one leaves the workspace as the branch is."""
    orders = [
        order
        for order in itertools.permutations("1234abcd")
        if all(order.index(merge) < order.index(message) for merge, message in zip("1234", "abcd", strict=True))
    ]
    assert len(orders) == 2520

    found = {"".join(order): _in_order(order) for order in some(orders, ORDERS)}

    assert shown(found) == ""


def _in_order(order: tuple[str, ...]) -> list[str]:
    world = World(stage(a="one", b="one", c="one"))
    numbers: dict[str, int] = {}
    for event in order:
        if event in MERGES:
            numbers["abcd"["1234".index(event)]] = MERGES[event](world.stage)
        else:
            world.deliver(said(merge_request=numbers[event]))
    found = judge(world.ledger, END)
    wanted = oracle.configs(world.stage.gitlab, world.stage.head)
    runs = oracle.live(world.stage.aic)
    if {title: text for title, text in runs.items() if title != "c"} != wanted:
        found.append(f"runs {runs}, wanted {wanted}")
    if oracle.recorded(world.stage.gitlab, ENVIRONMENT) != world.stage.head:
        found.append("not on record")
    untold = [number for number in range(1, 5) if len(_on_merge_request(world, number)) != 1]
    return found + [f"notes on !{number}: {len(_on_merge_request(world, number))}" for number in untold]


def _on_merge_request(world: World, number: int) -> list[str]:
    places = world.stage.gitlab.written
    return [note.body for place, notes in places.items() if getattr(place, "iid", None) == number for note in notes]


def _notes(world: World) -> int:
    return sum(len(notes) for notes in world.stage.gitlab.written.values())
