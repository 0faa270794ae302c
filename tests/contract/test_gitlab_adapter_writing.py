"""Commits and branches through the GitLab adapter: what is sent, and what GitLab's refusals mean."""

import base64
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from emulators.gitlab.objects import EXECUTABLE, FileChange, Signature
from emulators.gitlab.repository import GitRepository
from shared.domain.errors import Permanent, ServiceError, Transient
from shared.domain.gitlab import FileAction
from tests.contract.failing import reason_of
from tests.contract.gitlab_script import OTHER, SHA, methods, opened, opened_upon, refused, told
from tests.contract.gitlab_stand_in import PATH, StandIn, served
from tests.fakes import FakeClock
from tests.scripted import Scripted, Told

ACTIONS = (
    FileAction("create", "new/ä", b"\x00\xff"),
    FileAction("update", "old", b"", last_commit=OTHER),
    FileAction("move", "to", previous="from", last_commit=SHA),
    FileAction("move", "to2", b"x", previous="from2"),
    FileAction("delete", "gone", last_commit=SHA),
)
NOT_ALLOWED = "403 Forbidden - You are not allowed to push into this branch"


def commit(server: Scripted, *, start: str | None = None) -> str:
    return opened(server).commit("side", ACTIONS, message="m\n\nAIC-Run: 1", start=start)


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path) as running:
        running.seed(main={"a": "1", "b": "1"})
        yield running


def test_a_commit_is_sent_as_gitlab_takes_it() -> None:
    """All content as base64; a move without content keeps what it had."""
    with told({"id": SHA}, status=201) as server:
        assert commit(server, start=OTHER) == SHA
        (asked,) = server.asked

    assert (asked.method, asked.target) == ("POST", "/api/v4/projects/a%2Fb/repository/commits")
    content = {"encoding": "base64", "content": base64.b64encode(b"\x00\xff").decode()}
    assert json.loads(asked.body) == {
        "branch": "side",
        "commit_message": "m\n\nAIC-Run: 1",
        "start_sha": OTHER,
        "stats": False,
        "actions": [
            {"action": "create", "file_path": "new/ä", **content},
            {
                "action": "update",
                "file_path": "old",
                "encoding": "base64",
                "content": "",
                "last_commit_id": OTHER,
            },
            {"action": "move", "file_path": "to", "previous_path": "from", "last_commit_id": SHA},
            {"action": "move", "file_path": "to2", "previous_path": "from2", "encoding": "base64", "content": "eA=="},
            {"action": "delete", "file_path": "gone", "last_commit_id": SHA},
        ],
    }


def test_a_commit_onto_a_branch_names_no_start() -> None:
    """GitLab takes any start for a new branch."""
    with told({"id": SHA}, status=201) as server:
        commit(server)

        assert not {"start_sha", "start_branch", "force"} & json.loads(server.asked[0].body).keys()


OUTDATED = (
    "A file with this name already exists",
    "A file with this name doesn't exist",
    "A directory with this name already exists",
    "The file has changed since you started editing it: config/a.json",
    "You are attempting to update a file that has changed since you started editing it.",
    "You can only create or edit files when you are on a branch",
    "A branch called 'side' already exists. Switch to that branch in order to make changes",
    "Could not update refs/heads/main. Please refresh and try again.",
)


@pytest.mark.parametrize("text", OUTDATED)
def test_refusals_that_another_look_may_settle_are_outdated(text: str) -> None:
    """Nothing was done, and it is sent once."""
    with told(refused(400, text)) as server:
        assert reason_of(lambda: commit(server), Transient) == "gitlab-outdated"
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        refused(400, "400 Bad request - actions[0][action] must be one of: create, update, move, delete, chmod"),
        refused(400, "Path cannot include directory traversal"),
        refused(400, "invalid path: 'A file with this name already exists'"),
        refused(400, "Cannot find start_sha '0'"),
        refused(400, "Something went wrong when we tried to create 'x' for you: A branch called x"),
        refused(400, ["A file with this name already exists"]),
        refused(400, {"base": ["no"]}),
        Told(400, b"<html>", {"Content-Type": "text/html"}),
        refused(413, "413 Request Entity Too Large"),
        Told(413, b"too large"),
        refused(422, "A file with this name already exists"),
    ],
)
def test_other_refusals_of_a_commit_are_final(answer: Told) -> None:
    """Also where a path or branch is called as GitLab's own words."""
    with told(answer) as server:
        assert reason_of(lambda: commit(server)) == "commit-refused"
        assert len(server.asked) == 1


def test_f43_a_commit_that_is_not_allowed_ends_at_once() -> None:
    """One request and one clear reason: no search for the file that might be to blame."""
    with told(refused(403, NOT_ALLOWED)) as server:
        assert reason_of(lambda: commit(server)) == "gitlab-forbidden"
        assert methods(server) == ["POST"]


def test_f43_a_protected_branch_of_the_stand_in_costs_one_request(stand_in: StandIn) -> None:
    """However many files the commit has."""
    stand_in.settings(user_access_level=30)
    stand_in.admin("DELETE", "counters")
    repository = opened_upon(stand_in)
    many = tuple(FileAction("create", f"config/{number}.json", b"{}") for number in range(300))

    assert reason_of(lambda: repository.commit("main", many, message="x")) == "gitlab-forbidden"
    assert stand_in.admin("GET", "counters")["requests"] == 1


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (refused(401, "401 Unauthorized"), Permanent, "gitlab-unauthorized"),
        (refused(404, "404 Project Not Found"), Permanent, "gitlab-not-found"),
        (refused(409, "409 Conflict"), Transient, "gitlab-busy"),
        (refused(429, {"error": "This endpoint has been requested too many times."}), Transient, "gitlab-unavailable"),
        (refused(500, "500 Internal Server Error"), Transient, "gitlab-unavailable"),
        (Told(502, b"Bad gateway"), Transient, "gitlab-unavailable"),
        (Told(silent=True), Transient, "gitlab-unavailable"),
        (Told(201, b"{}", {"Content-Type": "application/json"}), Transient, "gitlab-odd-answer"),
        (Told(201, b'{"id": "abc"}', {"Content-Type": "application/json"}), Transient, "gitlab-odd-answer"),
        (Told(201, b"[]", {"Content-Type": "application/json"}), Transient, "gitlab-odd-answer"),
        (Told(200, b"<html>Please sign in", {"Content-Type": "text/html"}), Transient, "gitlab-odd-answer"),
        (Told(202, b"", {}), Transient, "gitlab-odd-answer"),
    ],
)
def test_any_other_end_of_a_commit_is_told_apart_and_never_sent_again(
    answer: Told, kind: type[ServiceError], reason: str
) -> None:
    """After most of these it may have happened or not."""
    with told(answer) as server:
        assert reason_of(lambda: commit(server), kind) == reason
        assert len(server.asked) == 1


def test_what_gitlab_says_stays_outside() -> None:
    """Its words may quote files, and go neither into errors nor into logs."""
    for answer in (refused(400, "invalid path: 'secret'"), refused(400, "A file with this name already secret")):
        with told(answer) as server, pytest.raises(ServiceError) as caught:
            commit(server)
        assert "secret" not in repr(caught.value) + str(caught.value) + caught.value.detail
        assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_a_changed_file_stays_executable(stand_in: StandIn) -> None:
    """As does one that is moved."""
    git = GitRepository(Path(stand_in.admin("GET", "dump")["projects"][PATH]["git_dir"]))
    tip = git.branch("main")
    assert tip
    who = Signature("Somebody", "somebody@example.com", git.commit_of(tip).committed_date)
    changes = {path: FileChange(b"1", EXECUTABLE) for path in ("run", "go", "jump")}
    git.set_branch("main", git.commit((tip,), changes, message="x", author=who, committer=who))
    actions = (
        FileAction("update", "run", b"2"),
        FileAction("move", "moved", previous="go"),
        FileAction("move", "moved2", b"2", previous="jump"),
    )

    made = opened_upon(stand_in).commit("main", actions, message="x")
    entries = [git.entry(made, path) for path in ("run", "moved", "moved2")]
    assert [entry.mode for entry in entries if entry] == [EXECUTABLE] * 3


def test_a_branch_that_is_gone_is_deleted_but_a_project_that_is_gone_is_not() -> None:
    """Both are 404s."""
    with told(refused(404, "404 Branch Not Found")) as server:
        opened(server).delete_branch("aic-sync/x")
        assert (methods(server), server.asked[0].target.rsplit("/", 1)[1]) == (["DELETE"], "aic-sync%2Fx")
    with told(refused(404, "404 Project Not Found")) as server:
        assert reason_of(lambda: opened(server).delete_branch("x")) == "gitlab-not-found"


def test_branches_are_asked_for_by_their_beginning_page_by_page(stand_in: StandIn) -> None:
    """All of them, however many; signs that mean something in a search are only signs."""
    branches = stand_in.project().branches
    wanted = [f"aic-sync/{number:03}" for number in range(101)]
    for name in [*wanted, "x/aic-sync/1"]:
        branches.create({"branch": name, "ref": "main"})

    assert opened_upon(stand_in).branch_names("aic-sync/") == tuple(wanted)
    with told([{"name": "a*b$"}, {"name": "A*b$"}]) as server:
        assert opened(server).branch_names("a*b$") == ("a*b$",)


def test_the_last_commit_of_a_file_is_asked_without_the_file() -> None:
    """By HEAD; the header is checked like any answer."""
    with told(Told(headers={"X-Gitlab-Last-Commit-Id": OTHER})) as server:
        assert opened(server).last_touched("config/a b.json", SHA) == OTHER
        asked = server.asked[0]
        assert (asked.method, asked.target) == (
            "HEAD",
            f"/api/v4/projects/a%2Fb/repository/files/config%2Fa%20b.json?ref={SHA}",
        )
    for headers in ({}, {"X-Gitlab-Last-Commit-Id": "abc"}):
        with told(Told(headers=headers)) as server:
            call = partial(opened(server, clock=FakeClock()).last_touched, "x", SHA)
            assert reason_of(call, Transient) == "gitlab-odd-answer"
            assert len(server.asked) == 3


def test_a_file_is_only_absent_where_the_commit_is_there() -> None:
    """The answer to HEAD has no words, so the commit is asked for."""
    with told(Told(404), {"id": SHA}) as server:
        assert opened(server).last_touched("x", SHA) is None
        assert methods(server) == ["HEAD", "GET"]
    with told(Told(404), refused(404, "404 Commit Not Found")) as server:
        assert reason_of(lambda: opened(server).last_touched("x", SHA)) == "gitlab-not-found"
