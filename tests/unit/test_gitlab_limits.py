"""The windows of the GitLab stand-in's limits."""

from emulators.gitlab.limits import Windows


def test_a_window_ends_a_minute_after_it_began() -> None:
    """Each key has its own, and the first use after its end begins the next."""
    now = [100.0]
    windows = Windows(clock=lambda: now[0])

    assert [windows.count("a").number for _ in range(2)] == [1, 2]
    now[0] += 59
    assert (windows.count("a").number, windows.count("a").left, windows.count("b").number) == (3, 1, 1)
    now[0] += 1
    assert (windows.count("a").number, windows.count("b").number) == (1, 2)


def test_a_window_may_be_shorter() -> None:
    """As that of large commits."""
    now = [100.0]
    windows = Windows(clock=lambda: now[0])

    assert windows.count("a", seconds=30).left == 30
    now[0] += 30
    assert windows.count("a", seconds=30).number == 1
