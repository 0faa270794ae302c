"""The git core of the GitLab stand-in, held against git itself where git can say."""

import random
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from emulators.gitlab.objects import EXECUTABLE, FileChange, Signature
from emulators.gitlab.repository import GitRepository

START = datetime(2026, 1, 1, tzinfo=UTC)


class Writer:
    """Makes commits one minute apart, or as far as `step` says."""

    def __init__(self, path: Path) -> None:
        self.git = GitRepository(path)
        self.at = START
        self.step = timedelta(minutes=1)

    def who(self) -> Signature:
        self.at += self.step
        return Signature("Ann", "ann@example.com", self.at)

    def commit(self, *parents: str, **files: str | None) -> str:
        """Underscores in names stand for slashes; None removes a file."""
        changes = {
            name.replace("_", "/"): None if text is None else FileChange(text.encode()) for name, text in files.items()
        }
        who = self.who()
        return self.git.commit(parents, changes, message=f"{sorted(files)}\n", author=who, committer=who)

    def merge(self, ours: str, theirs: str) -> str | None:
        return self.git.merge(ours, theirs, message="merge", signature=self.who())


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return Writer(tmp_path / "one.git")


def run_git(writer: Writer, *arguments: str) -> list[str]:
    command = ["git", "-C", str(writer.git.path), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def test_a_tree_is_what_git_itself_makes_of_the_same_changes(writer: Writer) -> None:
    """Directories appear and vanish with their files; git's own check finds nothing wrong."""
    first = writer.commit(a_b_c="1", a_b_d="2", top="3")
    second = writer.commit(first, a_b_c=None, a_b_d=None, x_y="4")
    writer.git.set_branch("main", second)

    assert run_git(writer, "ls-tree", "-r", "--name-only", "main") == ["top", "x/y"]
    assert run_git(writer, "fsck", "--strict", "--no-dangling") == []


def test_removing_what_is_not_there_changes_nothing(writer: Writer) -> None:
    first = writer.commit(a_b="1")
    second = writer.commit(first, a_c=None, b_c_d=None, e=None)

    assert writer.git.commit_of(first).tree == writer.git.commit_of(second).tree


@pytest.mark.parametrize("seed", range(8))
def test_the_log_of_a_path_is_the_one_of_git(writer: Writer, seed: int) -> None:
    """Random histories with merges: the same commits in the same order, with and without `first_parent`."""
    dice = random.Random(seed)  # noqa: S311 - repeatable on purpose
    known = [writer.commit(a_x="0", b_y="0")]
    for number in range(40):
        ours, theirs = dice.choice(known), dice.choice(known)
        merged = writer.merge(ours, theirs) if number % 3 == 0 and ours != theirs else None
        name = dice.choice(["a_x", "a_z", "b_y", "c"])
        known.append(merged or writer.commit(ours, **{name: dice.choice("0123")}))
    tip = known[-1]
    for path in ("a", "a/x", "b/y", "c", "nothing"):
        log = [info.id for info in writer.git.log([tip], path=path)]
        assert log == run_git(writer, "log", "--date-order", "--format=%H", tip, "--", path)
        first = [info.id for info in writer.git.log([tip], path=path, first_parent=True)]
        assert first == run_git(writer, "log", "--date-order", "--first-parent", "--format=%H", tip, "--", path)
    inside = [info.id for info in writer.git.log([tip], exclude=[known[20]])]
    assert inside == run_git(writer, "log", "--date-order", "--format=%H", f"{known[20]}..{tip}")


@pytest.mark.parametrize("path", [None, "a"])
def test_no_commit_is_listed_before_its_children_however_fast_they_came(writer: Writer, path: str | None) -> None:
    """Everything in one second: here the merge's first parent is also the parent of its second one."""
    writer.step = timedelta(0)
    base = writer.commit(a="0")
    first = writer.commit(base, a="1")
    second = writer.commit(first, a="2")
    merged = writer.git.commit([first, second], {}, message="merge", author=writer.who(), committer=writer.who())
    last = writer.commit(merged, a="3")

    log = [info.id for info in writer.git.log([last], path=path)]

    assert log == ([last, merged, second, first, base] if path is None else [last, first, base])
    assert log == run_git(writer, "log", "--date-order", "--format=%H", last, *(["--", path] if path else []))


def test_of_two_sides_that_made_the_same_change_one_is_told(writer: Writer) -> None:
    """The merge brought nothing new to the path from the other side, so git does not go there."""
    base = writer.commit(a="1", b="1")
    ours, theirs = writer.commit(base, a="2"), writer.commit(writer.commit(base, a="2"), b="2")
    merged = writer.merge(ours, theirs)
    assert merged is not None

    log = [info.id for info in writer.git.log([merged], path="a")]

    assert log == [ours, base] == run_git(writer, "log", "--format=%H", merged, "--", "a")


def test_a_merge_takes_both_sides_or_nothing(writer: Writer) -> None:
    base = writer.commit(a="1", b="1", c="1")
    ours, theirs, rival = writer.commit(base, a="2"), writer.commit(base, b="2"), writer.commit(base, a="3")

    merged = writer.merge(ours, theirs)

    assert merged is not None
    assert (writer.git.blob(merged, "a"), writer.git.blob(merged, "b")) == (b"2", b"2")
    assert writer.git.commit_of(merged).parents == (ours, theirs)
    assert writer.merge(ours, rival) is None


def test_a_squash_is_one_commit_upon_the_target(writer: Writer) -> None:
    base = writer.commit(a="1", b="1")
    target = writer.commit(base, a="2")
    source = writer.commit(writer.commit(base, b="2"), c="3")

    squashed = writer.git.squash(target, base, source, message="all", signature=writer.who())

    assert squashed is not None
    assert writer.git.commit_of(squashed).parents == (target,)
    assert [writer.git.blob(squashed, path) for path in "abc"] == [b"2", b"2", b"3"]


def test_a_ref_may_be_a_branch_a_tag_head_or_an_unambiguous_sha(writer: Writer) -> None:
    sha = writer.commit(a="1")
    writer.git.set_branch("feature/x", sha)
    writer.git.set_branch("main", sha)
    run_git(writer, "-c", "user.name=a", "-c", "user.email=b", "tag", "-a", "-m", "x", "v1", sha)

    assert {writer.git.resolve(ref) for ref in ("feature/x", "main", "HEAD", "v1", sha, sha[:7])} == {sha}
    assert {writer.git.resolve(ref) for ref in ("nope", "a b", "feature", "..", "", "0" * 40, "ffff")} == {None}


def test_a_difference_that_was_asked_before_is_the_same_whatever_its_first_asker_did_with_it(writer: Writer) -> None:
    first, second = writer.commit(a="1"), writer.commit(b="2")
    writer.git.diff(first, second).clear()

    assert sorted(each.new_path for each in writer.git.diff(first, second)) == ["a", "b"]
    assert [each.diff for each in writer.git.diff(None, second)] == [
        "@@ -0,0 +1 @@\n+2\n\\ No newline at end of file\n"
    ]
    assert writer.git.diff(second, second) == []


def test_differences_name_modes_renames_and_binary_files(writer: Writer) -> None:
    old = writer.commit(a_x="one\ntwo\nthree\n", gone="1\n")
    who = writer.who()
    changes = {
        "a/x": None,
        "b/x": FileChange(b"one\ntwo\nthree\n", EXECUTABLE),
        "gone": None,
        "bin": FileChange(b"\0\1"),
    }
    new = writer.git.commit([old], changes, message="m", author=who, committer=who)

    moved, binary, gone = writer.git.diff(old, new)

    assert (moved.old_path, moved.new_path, moved.renamed_file, moved.b_mode) == ("a/x", "b/x", True, "100755")
    assert (binary.new_file, binary.a_mode, binary.diff) == (True, "0", "Binary files /dev/null and b/bin differ\n")
    assert (gone.deleted_file, gone.b_mode, gone.diff) == (True, "0", "@@ -1 +0,0 @@\n-1\n")


def test_a_submodule_is_listed_as_a_commit_and_has_no_content(writer: Writer) -> None:
    inner = writer.commit(a="1")
    listing = f"160000 commit {inner}\tlib\n".encode()
    command = ["git", "-C", str(writer.git.path), "mktree", "--missing"]
    tree = subprocess.run(command, input=listing, capture_output=True, check=True).stdout.decode().strip()
    outer = run_git(writer, "-c", "user.name=a", "-c", "user.email=b", "commit-tree", "-m", "m", tree)[0]

    entry = writer.git.entry(outer, "lib")

    assert entry is not None
    assert (entry.kind, entry.id, f"{entry.mode:o}") == ("commit", inner, "160000")
    assert writer.git.entries(outer, recursive=True) == [entry]
    assert writer.git.blob(outer, "lib") is None


def test_a_merge_base_is_found_among_many_or_not_at_all(writer: Writer) -> None:
    root = writer.commit(a="1")
    left, right, apart = writer.commit(root, a="2"), writer.commit(root, a="3"), writer.commit(b="1")

    assert writer.git.merge_base(left, right) == root
    assert writer.git.merge_base(left, left) == left
    assert writer.git.merge_base(left, apart) is None
    assert writer.git.is_ancestor(root, left)
    assert writer.git.is_ancestor(left, left)
    assert not writer.git.is_ancestor(left, root)
