"""How many pipelines go side by side."""

import threading

from shared.flows.pace import Pace

from ..waiting import wait_for


def test_no_more_than_the_width_are_under_way_at_once() -> None:
    """The others wait for their turn."""
    pace, under_way, most = Pace(3), [0], [0]
    lock, gate = threading.Lock(), threading.Barrier(3)

    def work() -> None:
        with pace.turn():
            with lock:
                under_way[0] += 1
                most[0] = max(most[0], under_way[0])
            gate.wait(timeout=30)
            with lock:
                under_way[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=30)

    assert most[0] == 3


def test_whoever_comes_when_all_turns_are_taken_waits() -> None:
    """Until one of them is over."""
    pace, order = Pace(1), list[str]()

    def second() -> None:
        with pace.turn():
            order.append("second")

    waiting = threading.Thread(target=second)
    with pace.turn():
        waiting.start()
        wait_for(lambda: bool(pace._lock._waiters))  # type: ignore[attr-defined]
        order.append("first")
    waiting.join(timeout=30)

    assert order == ["first", "second"]


def test_trouble_halves_the_width_and_calm_lets_it_grow_back() -> None:
    """Once a round, however often AIC complains in it."""
    pace = Pace(8)
    with pace.turn():
        pace.trouble()
        pace.trouble()
    assert pace.width == 4

    widths = []
    for _ in range(30):
        with pace.turn():
            pass
        widths.append(pace.width)

    assert widths[-1] == 8
    assert widths == sorted(widths)


def test_the_width_never_falls_below_one() -> None:
    """One after the other always works."""
    pace = Pace(2)
    for _ in range(9):
        with pace.turn():
            pace.trouble()

    assert pace.width == 1
