"""The control plane of the GitLab stand-in: seeding, dumping, other people's commits, and the process itself."""

import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.contract.gitlab_stand_in import API, PATH, StandIn, named, served


@pytest.fixture
def gitlab(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path / "git") as stand_in:
        yield stand_in


def blob_sha(text: str) -> str:
    return hashlib.sha1(f"blob {len(text)}\0{text}".encode(), usedforsecurity=False).hexdigest()


def test_a_seeded_project_is_as_it_was_described(gitlab: StandIn) -> None:
    """One commit on the protected default branch; each branch starts there and gets one of its own."""
    gitlab.seed(main={"a": "1"}, develop={"b/c": "2"})

    dumped = gitlab.admin("GET", "dump?contents=1")["projects"][PATH]

    assert (dumped["id"], dumped["default_branch"], dumped["protected"]) == (1, "main", {"main": 40})
    main, develop = dumped["branches"]["main"], dumped["branches"]["develop"]
    assert main["contents"] == {"README.md": "# pin-fusion-2.0\n", "a": "1"}
    assert develop["files"] == {"README.md": blob_sha("# pin-fusion-2.0\n"), "b/c": blob_sha("2")}
    assert main["commits_count"] == develop["commits_count"] == 2
    assert dumped["commits_created"] == 0
    assert all(dumped[kind] == [] for kind in ("merge_requests", "notes", "statuses", "hooks", "pipelines"))


def test_a_dump_can_be_short(gitlab: StandIn) -> None:
    gitlab.seed(main={"a": "1"}, develop={})

    dumped = gitlab.admin("GET", "dump?hashes=1&branch=develop")["projects"][PATH]

    assert list(dumped["branches"]) == ["develop"]
    assert set(dumped["branches"]["develop"]) == {"commit", "tree", "commits_count"}


def test_the_dumped_directory_is_a_real_repository(gitlab: StandIn) -> None:
    gitlab.seed(main={"a": "1"})
    dumped = gitlab.admin("GET", "dump")["projects"][PATH]

    command = ["git", "-C", dumped["git_dir"], "rev-parse", "HEAD", "main^{tree}"]
    shas = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    assert shas == [dumped["branches"]["main"]["commit"], dumped["branches"]["main"]["tree"]]


def test_a_thousand_pipelines_are_seeded_at_once(gitlab: StandIn) -> None:
    files = {f"config/p {n}.json": "{}" * 100 for n in range(1000)} | {f"code/p {n}/t.py": "x" for n in range(1000)}

    gitlab.seed(main=files)

    assert gitlab.admin("GET", "dump")["projects"][PATH]["branches"]["main"]["commits_count"] == 2
    assert len(gitlab.project().repository_tree(recursive=True, per_page=100, get_all=True)) > 2000


@pytest.mark.parametrize(
    "project",
    [
        {"name": "x"},
        {"namespace": "g", "name": "x", "branches": ["a"]},
        {"namespace": "g", "name": "x", "branches": {"a b": {}}},
        {"namespace": "g", "name": "x", "branches": {"a": {}, "a/b": {}}},
        {"namespace": "g", "name": "x", "branches": {"main": {"../x": ""}}},
        {"namespace": "g", "name": "x", "default_branch": "a..b"},
        named(PATH),
    ],
)
def test_what_cannot_be_seeded_is_refused(gitlab: StandIn, project: dict[str, object]) -> None:
    gitlab.seed(main={})

    answer = gitlab.http.post("/__admin__/seed", json={"projects": [project]})

    assert answer.status_code == 400
    assert list(gitlab.admin("GET", "dump")["projects"]) == [PATH]


def test_somebody_else_pushes_past_protection(gitlab: StandIn) -> None:
    project = gitlab.seed(main={"a": "1", "b": "2"})
    body = {"project": PATH, "branch": "main", "message": "theirs", "write": {"c/d": "3"}, "delete": ["a"]}
    gitlab.settings(user_access_level=30)

    sha = gitlab.admin("POST", "commit", body)["commit"]

    commit = project.commits.get("main")
    assert (commit.id, commit.title, commit.author_name) == (sha, "theirs", "Administrator")
    paths = {entry["path"] for entry in project.repository_tree(get_all=True, recursive=True)}
    assert paths == {"README.md", "b", "c", "c/d"}
    assert gitlab.admin("GET", "dump")["projects"][PATH]["commits_created"] == 0


@pytest.mark.parametrize(
    "body",
    [{"project": "nope"}, {"branch": "a b"}, {"delete": "a"}, {"write": {".git/config": ""}}, {"write": ["a"]}],
)
def test_a_push_that_cannot_be_is_refused(gitlab: StandIn, body: dict[str, object]) -> None:
    gitlab.seed(main={"a": "1"})
    before = gitlab.admin("GET", "dump")

    answer = gitlab.http.post("/__admin__/commit", json={"project": PATH, "branch": "main", **body})

    assert answer.status_code == 400
    assert gitlab.admin("GET", "dump") == before


def test_commits_through_the_api_are_counted(gitlab: StandIn) -> None:
    gitlab.seed(main={})
    gitlab.commit("main", {"action": "create", "file_path": "a"})
    gitlab.commit("main", {"action": "create", "file_path": "a"})

    assert gitlab.admin("GET", "dump")["projects"][PATH]["commits_created"] == 1


def test_a_reset_begins_anew(gitlab: StandIn) -> None:
    gitlab.seed(main={})
    directory = Path(gitlab.admin("GET", "dump")["projects"][PATH]["git_dir"])
    gitlab.settings(user_access_level=10)

    gitlab.admin("POST", "reset")

    assert gitlab.admin("GET", "dump") == {"projects": {}}
    assert not directory.exists()
    assert gitlab.seed(main={}).branches.get("main").can_push
    assert gitlab.client.projects.get(PATH).id == 1


def test_commits_at_the_same_time_all_land(gitlab: StandIn) -> None:
    """On one branch, each upon the other, none lost."""
    gitlab.seed(main={})

    def commit(number: int) -> int:
        action = {"action": "create", "file_path": f"f{number}", "content": "1"}
        return gitlab.commit("main", action).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(commit, range(40)))

    branch = gitlab.admin("GET", "dump")["projects"][PATH]["branches"]["main"]
    assert statuses == [201] * 40
    assert (branch["commits_count"], len(branch["files"])) == (42, 41)


def test_every_answer_has_gitlabs_headers_and_is_counted_by_route(gitlab: StandIn) -> None:
    gitlab.seed(main={"a b": "1"})
    gitlab.admin("DELETE", "counters")

    answer = gitlab.http.get(f"{API}/repository/files/a%20b/raw")

    assert {"X-Request-Id", "X-Runtime", "X-Gitlab-Meta"} <= {key.title() for key in answer.headers}
    routes = gitlab.admin("GET", "counters")["by_route"]
    assert routes == {"GET /projects/:id/repository/files/:path/raw": 1}


@pytest.mark.parametrize("with_data", [False, True])
def test_the_process_says_its_port_and_ends_when_told(tmp_path: Path, with_data: bool) -> None:
    data = ["--data", str(tmp_path / "kept")] if with_data else []
    command = [sys.executable, "-m", "emulators", "gitlab", "--port", "0", *data]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = f"http://127.0.0.1:{json.loads(process.stdout.readline())['port']}"
        healthy = httpx.get(f"{url}/__admin__/health", timeout=60).json()
        httpx.post(f"{url}/__admin__/seed", json={"projects": [named(PATH)]}, timeout=60).raise_for_status()
        dumped = httpx.get(f"{url}/__admin__/dump", timeout=60).json()["projects"][PATH]
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0

    assert healthy == {"ok": True}
    assert dumped["git_dir"].startswith(str(tmp_path)) == with_data
