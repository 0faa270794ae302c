"""What each action of a commit may do, and in which words it is refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from emulators.gitlab.actions import Action, BadAction, changed_since, checked_path, decoded, plan
from emulators.gitlab.objects import EXECUTABLE, REGULAR, SYMLINK, FileChange, Signature
from emulators.gitlab.repository import GitRepository

WHO = Signature("Ann", "ann@example.com", datetime(2026, 1, 1, tzinfo=UTC))
EXISTS = "A file with this name already exists"
ABSENT = "A file with this name doesn't exist"


@pytest.fixture
def git(tmp_path: Path) -> GitRepository:
    return GitRepository(tmp_path / "one.git")


@pytest.fixture
def sha(git: GitRepository) -> str:
    files = {
        "dir/file": FileChange(b"1"),
        "run": FileChange(b"#!", EXECUTABLE),
        "link": FileChange(b"run", SYMLINK),
    }
    return git.commit([], files, message="m", author=WHO, committer=WHO)


def act(
    kind: str, path: str, *, previous_path: str = "", content: bytes | None = None, executable: bool = False
) -> Action:
    return Action(kind, path, previous_path=previous_path, content=content, executable=executable)


@pytest.mark.parametrize(
    ("action", "text"),
    [
        (act("create", "dir/file"), EXISTS),
        (act("create", "dir/file/below"), EXISTS),
        (act("create", "dir"), "A directory with this name already exists"),
        (act("update", "dir"), ABSENT),
        (act("update", "other", content=b""), ABSENT),
        (act("delete", "other"), ABSENT),
        (act("chmod", "other"), ABSENT),
        (act("move", "new", previous_path="other"), ABSENT),
        (act("move", "run", previous_path="dir/file"), EXISTS),
        (act("create", "a/../b"), "Path cannot include directory traversal"),
        (act("create", "/"), "You must provide a file path"),
        (act("create", "a//b"), "invalid path: 'a//b'"),
        (act("create", ".git/config"), "invalid path: '.git/config'"),
    ],
)
def test_an_impossible_action_is_refused_in_gitlabs_words(
    git: GitRepository, sha: str, action: Action, text: str
) -> None:
    with pytest.raises(BadAction) as refused:
        plan(git, sha, [action])

    assert str(refused.value) == text


@pytest.mark.parametrize(("path", "mode"), [("run", EXECUTABLE), ("link", SYMLINK), ("dir/file", REGULAR)])
def test_an_update_keeps_the_mode(git: GitRepository, sha: str, path: str, mode: int) -> None:
    assert plan(git, sha, [act("update", path, content=b"2")]) == {path: FileChange(b"2", mode)}


def test_a_move_keeps_content_and_mode_unless_it_brings_content(git: GitRepository, sha: str) -> None:
    kept = plan(git, sha, [act("move", "walk", previous_path="run")])
    changed = plan(git, sha, [act("move", "walk", previous_path="run", content=b"2")])

    assert kept == {"run": None, "walk": FileChange(b"#!", EXECUTABLE)}
    assert changed == {"run": None, "walk": FileChange(b"2", EXECUTABLE)}


def test_chmod_changes_nothing_but_the_mode(git: GitRepository, sha: str) -> None:
    assert plan(git, sha, [act("chmod", "run")]) == {"run": FileChange(b"#!", REGULAR)}
    assert plan(git, sha, [act("chmod", "dir/file", executable=True)]) == {"dir/file": FileChange(b"1", EXECUTABLE)}


def test_each_action_sees_what_those_before_it_did(git: GitRepository, sha: str) -> None:
    """A file may be deleted and made again, and a directory that has become empty may become a file."""
    actions = [act("delete", "dir/file"), act("create", "dir", content=b"2"), act("update", "dir", content=b"3")]

    assert plan(git, sha, actions) == {"dir/file": None, "dir": FileChange(b"3")}
    with pytest.raises(BadAction, match=EXISTS):
        plan(git, sha, [act("create", "new"), act("create", "new")])


def test_a_plan_where_a_directory_became_a_file_can_be_committed(git: GitRepository, sha: str) -> None:
    changes = plan(git, sha, [act("delete", "dir/file"), act("create", "dir", content=b"2")])

    made = git.commit([sha], changes, message="m", author=WHO, committer=WHO)

    assert git.blob(made, "dir") == b"2"


def test_an_empty_repository_takes_only_new_files(git: GitRepository) -> None:
    assert plan(git, None, [act("create", "/a/b")]) == {"a/b": FileChange(b"")}
    with pytest.raises(BadAction, match=ABSENT):
        plan(git, None, [act("update", "a", content=b"")])


@pytest.mark.parametrize(("text", "content"), [("AAE=", b"\0\1"), ("AAE", b"\0\1"), ("A\nAE=\n", b"\0\1"), ("A", b"")])
def test_base64_is_read_without_complaint(text: str, content: bytes) -> None:
    assert decoded(text, "base64") == content
    assert decoded(text, "text") == text.encode()


def test_half_a_character_does_not_stop_a_commit() -> None:
    """JSON can carry what UTF-8 cannot."""
    assert decoded("a\ud800", "text") == b"a?"


def test_last_commit_id_is_about_the_path_alone(git: GitRepository, sha: str) -> None:
    """A commit elsewhere does not make it stale, one that touches the path does; creation never asks."""
    elsewhere = git.commit([sha], {"new": FileChange(b"1")}, message="m", author=WHO, committer=WHO)
    touched = git.commit([elsewhere], {"run": FileChange(b"2")}, message="m", author=WHO, committer=WHO)
    update = Action("update", "run", last_commit_id=sha)

    assert changed_since(git, elsewhere, update) is None
    assert changed_since(git, touched, update) == "run"
    assert changed_since(git, touched, Action("move", "x", previous_path="run", last_commit_id=sha)) == "run"
    assert changed_since(git, touched, Action("create", "run", last_commit_id=sha)) is None


def test_a_path_is_kept_as_it_is_but_for_slashes_around_it() -> None:
    assert checked_path("/code/ünï cödé/a%2Fb+.py/") == "code/ünï cödé/a%2Fb+.py"
