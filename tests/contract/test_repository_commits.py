"""What every `ports.Repository` promises of the commits and branches that the service makes."""

from functools import partial

import pytest

from shared.domain.errors import Transient
from shared.domain.gitlab import FileAction
from tests.contract import repositories
from tests.contract.failing import reason_of
from tests.contract.repositories import Bench

bench = repositories.bench
NOWHERE = "0123456789" * 4


def head(bench: Bench, branch: str = "main") -> str:
    found = bench.repository.head(branch)
    assert found
    return found


def files(bench: Bench, commit: str) -> dict[str, bytes | None]:
    paths = bench.repository.tree(commit, "").keys() - {"README.md"}
    return {path: bench.repository.content(path, commit) for path in paths}


def create(path: str, text: str = "new") -> FileAction:
    return FileAction("create", path, text.encode())


def test_all_actions_are_one_commit(bench: Bench) -> None:
    """With the message as it was given, upon the branch's newest commit."""
    base = bench.commit("main", {"old": "1", "gone": "2", "from": "3", "also/from": "4"})
    actions = (
        create("new/ä 1.json", "{}"),
        FileAction("update", "old", b"\x00\xff\r\n"),
        FileAction("delete", "gone"),
        FileAction("move", "to", previous="from"),
        FileAction("move", "also/to", b"other", previous="also/from"),
    )
    made = bench.repository.commit("main", actions, message="Subject\n\nAIC-Run: 1")

    assert made == head(bench)
    (found,) = bench.repository.compare(base, made).commits
    assert (found.sha, found.parents, found.message.rstrip("\n")) == (made, (base,), "Subject\n\nAIC-Run: 1")
    assert files(bench, made) == {
        "new/ä 1.json": b"{}",
        "old": b"\x00\xff\r\n",
        "to": b"3",
        "also/to": b"other",
    }


def test_a_commit_with_a_start_makes_its_branch_there(bench: Bench) -> None:
    """The branch that the start lies on stays where it is."""
    start = bench.commit("main", {"a": "1"})
    tip = bench.commit("main", {"a": "2"})
    made = bench.repository.commit("aic-sync/qa", (FileAction("update", "a", b"3"),), message="x", start=start)

    assert head(bench, "aic-sync/qa") == made
    assert head(bench) == tip
    assert [commit.parents for commit in bench.repository.compare(start, made).commits] == [(start,)]
    assert bench.repository.content("a", made) == b"3"


def test_an_update_that_changes_nothing_is_a_commit_all_the_same(bench: Bench) -> None:
    """GitLab asks nobody whether it is worth it."""
    base = bench.commit("main", {"a": "1"})
    made = bench.repository.commit("main", (FileAction("update", "a", b"1"),), message="x")

    assert made == head(bench) != base


OUTDATED = {
    "create what is there": create("there"),
    "create below a file": create("there/below"),
    "create over a folder": create("dir"),
    "update what is not there": FileAction("update", "none", b"2"),
    "update a folder": FileAction("update", "dir", b"2"),
    "delete what is not there": FileAction("delete", "none"),
    "move what is not there": FileAction("move", "to", previous="none"),
    "move onto another": FileAction("move", "dir/inner", previous="there"),
}


@pytest.mark.parametrize("action", OUTDATED.values(), ids=OUTDATED)
def test_f42_a_commit_that_does_not_fit_the_files_is_outdated_and_does_nothing(
    bench: Bench, action: FileAction
) -> None:
    """Not even its other actions; whoever planned it has to look again."""
    base = bench.commit("main", {"there": "1", "dir/inner": "1"})
    call = bench.repository.commit

    assert reason_of(lambda: call("main", (create("first"), action), message="x"), Transient) == "gitlab-outdated"
    assert head(bench) == base


@pytest.mark.parametrize("kind", ["update", "delete", "move"])
def test_a_file_that_somebody_touched_since_is_not_changed(bench: Bench, kind: str) -> None:
    """Only the last commit of that very path counts; of a move it is the old one."""
    seen = bench.commit("main", {"a": "1", "b": "1"})
    bench.commit("main", {"b": "2"})
    shapes = {
        "update": FileAction("update", "a", b"3", last_commit=seen),
        "delete": FileAction("delete", "a", last_commit=seen),
        "move": FileAction("move", "c", previous="a", last_commit=seen),
    }
    start = bench.commit("side", {"a": "2"}, parents=(seen,))
    call = bench.repository.commit

    assert reason_of(lambda: call("side", (shapes[kind],), message="x"), Transient) == "gitlab-outdated"
    assert head(bench, "side") == start
    assert call("main", (shapes[kind],), message="x") == head(bench)


def test_the_last_commit_of_a_file_is_looked_for_from_the_start(bench: Bench) -> None:
    """What happened on other branches since doesn't count for a branch that is cut before."""
    start = bench.commit("main", {"a": "1"})
    bench.commit("main", {"a": "2"})
    action = FileAction("update", "a", b"3", last_commit=start)

    assert bench.repository.commit("side", (action,), message="x", start=start) == head(bench, "side")


def test_a_branch_must_be_there_without_a_start_and_new_with_one(bench: Bench) -> None:
    """Both mean that somebody else was faster."""
    tip = head(bench)
    call = bench.repository.commit

    assert reason_of(lambda: call("none", (create("a"),), message="x"), Transient) == "gitlab-outdated"
    assert reason_of(lambda: call("main", (create("a"),), message="x", start=tip), Transient) == "gitlab-outdated"
    assert (bench.repository.head("none"), head(bench)) == (None, tip)


REFUSED = {
    "no actions": ("main", (), False),
    "leaves the repository": ("main", (create("../a"),), False),
    "no path": ("main", (create(""),), False),
    "Git's own folder": ("main", (create("a/.git/b"),), False),
    "a start that is gone": ("side", (create("a"),), True),
    "a branch below a branch": ("main/below", (create("a"),), False),
}


@pytest.mark.parametrize(("branch", "actions", "gone"), REFUSED.values(), ids=REFUSED)
def test_a_commit_that_can_never_be_is_refused(
    bench: Bench, branch: str, actions: tuple[FileAction, ...], gone: bool
) -> None:
    """Another look would not help."""
    tip = head(bench)
    start = NOWHERE if gone else None if branch == "main" else tip

    assert reason_of(lambda: bench.repository.commit(branch, actions, message="x", start=start)) == "commit-refused"
    assert bench.repository.head("side") is None
    assert head(bench) == tip


def test_a_start_is_a_whole_sha(bench: Bench) -> None:
    """Neither a beginning of one nor a branch."""
    for start in (head(bench)[:12], "main"):
        call = partial(bench.repository.commit, "side", (create("a"),), message="x", start=start)
        assert reason_of(call) == "commit-refused"


def test_nothing_is_committed_onto_a_protected_branch(bench: Bench) -> None:
    """That is said before anything else is looked at."""
    tip = bench.commit("prod", {"a": "1"}, parents=(head(bench),))
    bench.protect("prod")
    call = bench.repository.commit

    for action in (FileAction("update", "a", b"2"), FileAction("update", "none", b"2")):
        assert reason_of(partial(call, "prod", (action,), message="x")) == "gitlab-forbidden"
    assert head(bench, "prod") == tip


def test_the_last_commit_that_touched_a_file_is_that_of_the_listing(bench: Bench) -> None:
    """As seen at a commit or a branch; a folder is no file, a commit that is gone an error."""
    first = bench.commit("main", {"dir/ä 1": "1"})
    other = bench.commit("main", {"other": "1"})
    second = bench.commit("main", {"dir/ä 1": "2"})
    last_touched = bench.repository.last_touched

    assert [last_touched("dir/ä 1", each) for each in (first, other, second, "main")] == [first, first, second, second]
    assert [last_touched(path, second) for path in ("none", "dir", "dir/ä")] == [None, None, None]
    gone = bench.commit("main", {"dir/ä 1": None})
    assert last_touched("dir/ä 1", gone) is None
    for nowhere in (NOWHERE, "none"):
        assert reason_of(partial(last_touched, "other", nowhere)) == "gitlab-not-found"


def test_a_deleted_branch_is_gone_and_may_be_deleted_again(bench: Bench) -> None:
    """The default one stays."""
    bench.commit("aic-sync/ä#1", {"a": "1"}, parents=(head(bench),))
    bench.repository.delete_branch("aic-sync/ä#1")
    bench.repository.delete_branch("aic-sync/ä#1")

    assert bench.repository.head("aic-sync/ä#1") is None
    assert reason_of(lambda: bench.repository.delete_branch("main")) == "gitlab-refused"
    assert bench.repository.head("main")


def test_branches_are_found_by_how_they_begin(bench: Bench) -> None:
    """In order, and not by what only looks alike."""
    for branch in ("aic-sync/qa-2", "aic-sync/qa", "aic-syncs", "AIC-sync/x", "my/aic-sync/y"):
        bench.commit(branch, {"a": "1"}, parents=(head(bench),))

    assert bench.repository.branch_names("aic-sync/") == ("aic-sync/qa", "aic-sync/qa-2")
    assert bench.repository.branch_names("none") == ()


def test_f40_lists_of_branches_and_files_end_with_their_last_page(bench: Bench) -> None:
    """GitLab gives 20 branches or entries where nobody asks for more, and never more than a hundred."""
    paths = [f"{folder}/{number:03}/{name}" for folder in ("a", "b") for number in range(52) for name in ("x", "y")]
    base = bench.commit("main", dict.fromkeys(paths, "1"))
    branches = [f"aic-sync/{number:03}" for number in range(101)]
    for branch in branches:
        bench.commit(branch, {"a/000/x": branch}, parents=(base,))

    assert bench.repository.branch_names("aic-sync/") == tuple(branches)
    assert sorted(bench.repository.tree(base, "")) == ["README.md", *paths]
