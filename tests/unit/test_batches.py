"""Changes of files fill as few commits as GitLab's limits allow."""

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import batches
from shared.domain.gitlab import FileAction

MEGA = 1024 * 1024


def group(title: str, *sizes: int) -> tuple[FileAction, ...]:
    return tuple(FileAction("create", f"{title}/{number}", b"x" * size) for number, size in enumerate(sizes))


def test_what_fits_is_one_commit() -> None:
    """A thousand pipelines of some kilobytes."""
    groups = [group(f"p{number}", 5000, 4000) for number in range(1000)]

    assert [len(batch) for batch in batches.split(groups)] == [2000]


def test_more_than_a_request_holds_is_as_few_as_fit() -> None:
    """In the order that they come in."""
    groups = [group(f"p{number}", 5 * MEGA) for number in range(5)]

    assert [[action.path for action in batch] for batch in batches.split(groups)] == [
        ["p0/0", "p1/0"],
        ["p2/0", "p3/0"],
        ["p4/0"],
    ]


def test_nothing_is_no_commit() -> None:
    """GitLab would refuse an empty one."""
    assert list(batches.split([])) == []


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 3 * MEGA), min_size=1, max_size=3), max_size=12))
def test_no_pipeline_is_ever_divided_and_none_is_lost(sizes: list[list[int]]) -> None:
    """Its files change together."""
    groups = [group(f"p{number}", *each) for number, each in enumerate(sizes)]
    found = list(batches.split(groups))

    assert [action for batch in found for action in batch] == [action for each in groups for action in each]
    for each in groups:
        assert sum(set(each) <= set(batch) for batch in found) >= 1
    for batch in found:
        pipelines = {action.path.split("/")[0] for action in batch}
        assert len(pipelines) == 1 or sum(len(action.data or b"") for action in batch) <= batches.MOST_BYTES


def test_a_commit_has_a_bounded_number_of_changes() -> None:
    """GitLab bounds what a request may hold beside its bytes."""
    groups = [group(f"p{number}", *[1] * 10) for number in range(1200)]

    assert max(len(batch) for batch in batches.split(groups)) <= batches.MOST_ACTIONS
