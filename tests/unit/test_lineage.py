"""What the service captured between base and head, and what came upon it."""

from collections.abc import Mapping

import pytest

from shared.domain import lineage, trailers
from shared.domain.gitlab import Commit
from shared.domain.lineage import Capture

OURS = f"Captured [skip ci]\n\n{trailers.make('QA', run='1')}"
THEIRS = f"Captured [skip ci]\n\n{trailers.make('DEV', run='1')}"


def by(sha: str, *parents: str) -> Commit:
    """A commit of a person."""
    return Commit(sha, parents, sha)


def ours(sha: str, *parents: str) -> Commit:
    """A capture."""
    return Commit(sha, parents, OURS)


def found(*commits: Commit, **touched: str) -> Mapping[str, Capture]:
    """Upon base `b`; each commit touched the pipelines that its word spells, one letter each."""
    titles = {sha: frozenset(letters) for sha, letters in touched.items()}
    return lineage.captures("b", commits, titles, workspace="QA")


CASES = [
    pytest.param(found(by("1", "b"), **{"1": "p"}), {}, id="people's commits are no captures"),
    pytest.param(found(ours("1", "b"), **{"1": "pq"}), {"p": ("1", False), "q": ("1", False)}, id="one upon base"),
    pytest.param(found(Commit("1", ("b",), THEIRS), **{"1": "p"}), {}, id="of another workspace"),
    pytest.param(found(Commit("1", ("b",), OURS, rewritten=True), **{"1": "p"}), {}, id="rebased by somebody"),
    pytest.param(found(ours("1", "b"), ours("2", "1"), **{"1": "p", "2": "p"}), {"p": ("2", False)}, id="the newest"),
    pytest.param(
        found(ours("1", "b"), ours("2", "1"), **{"1": "pq", "2": "p"}),
        {"p": ("2", False), "q": ("1", False)},
        id="the newest of each pipeline",
    ),
    pytest.param(found(by("1", "b"), ours("2", "1"), **{"1": "p", "2": "p"}), {"p": ("2", False)}, id="upon a change"),
    pytest.param(found(ours("1", "b"), by("2", "1"), **{"1": "p", "2": "p"}), {"p": ("1", True)}, id="changed since"),
    pytest.param(found(ours("1", "b"), by("2", "1"), **{"1": "p", "2": "q"}), {"p": ("1", False)}, id="another since"),
    pytest.param(
        found(ours("1", "b"), by("2", "b"), by("m", "2", "1"), **{"1": "p", "2": "q", "m": "p"}),
        {"p": ("1", False)},
        id="a merge of it is no change",
    ),
    pytest.param(
        found(ours("1", "b"), by("2", "b"), by("m", "2", "1"), **{"1": "p", "2": "p", "m": "p"}),
        {"p": ("1", True)},
        id="changed beside it",
    ),
    pytest.param(
        found(by("2", "b"), by("m", "b", "2"), ours("1", "b"), by("n", "m", "1"), **{"2": "p", "m": "p", "1": "p"}),
        {"p": ("1", True)},
        id="a merge beside it is a change",
    ),
    pytest.param(
        found(ours("1", "b"), ours("2", "b"), by("m", "1", "2"), **{"1": "p", "2": "p", "m": "p"}),
        {"p": ("2", True)},
        id="two beside each other",
    ),
    pytest.param(
        found(ours("2", "1"), ours("1", "b"), **{"1": "p", "2": "p"}), {"p": ("2", False)}, id="in whatever order"
    ),
    pytest.param(
        found(ours("1", "old"), by("m", "b", "1"), **{"1": "p", "m": "p"}),
        {},
        id="upon something older than base",
    ),
    pytest.param(
        found(by("1", "old"), by("m", "b", "1"), ours("2", "m"), **{"1": "p", "m": "p", "2": "p"}),
        {"p": ("2", False)},
        id="upon a merge of something older",
    ),
    pytest.param(found(by("1", "b"), by("2", "b"), Commit("m", ("1", "2"), OURS), m="p"), {}, id="a merge is none"),
    pytest.param(found(ours("1", "b")), {}, id="one that touched nothing"),
]


@pytest.mark.parametrize(("captured", "expected"), CASES)
def test_a_capture_holds_until_somebody_else_touches_the_pipeline(
    captured: Mapping[str, Capture], expected: Mapping[str, tuple[str, bool]]
) -> None:
    """By title: the commit, and whether it was overtaken."""
    assert {title: (each.commit, each.overtaken) for title, each in captured.items()} == expected


@pytest.mark.no_cover
def test_a_thousand_captures_are_told_apart_in_no_time() -> None:
    """Each upon the one before."""
    commits = [ours(str(number), str(number - 1) if number else "b") for number in range(1000)]
    titles = {each.sha: frozenset({"p", each.sha}) for each in commits}

    captured = lineage.captures("b", commits, titles, workspace="QA")

    assert captured["p"] == Capture("999", overtaken=False)
    assert len(captured) == 1001
