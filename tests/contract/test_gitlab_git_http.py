"""The real git clones, fetches and pushes over HTTP, and everybody hears of it as if the API had done it."""

import base64
import gzip
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.contract.git_client import Clone, address, cloned, run
from tests.contract.gitlab_stand_in import API, PATH, StandIn, named, served
from tests.contract.hooked import first, hooked, kinds, opened, tip
from tests.contract.receiver import receiving
from tests.waiting import wait_for

ZEROS = "0" * 40
BASIC = {"Authorization": f"Basic {base64.b64encode(b'anybody:one').decode()}"}


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path / "gitlab") as stand_in:
        stand_in.seed(feature={"a.txt": "a\n"})
        yield stand_in


@pytest.fixture
def clone(stand_in: StandIn, tmp_path: Path) -> Clone:
    return cloned(stand_in, tmp_path / "work", "--branch", "feature")


def test_a_clone_has_every_branch_and_its_history(stand_in: StandIn, clone: Clone) -> None:
    """What the API says is what git gets."""
    assert (clone.directory / "a.txt").read_text() == "a\n"
    assert clone.git("rev-parse", "origin/main") == tip(stand_in)
    assert clone.git("rev-parse", "origin/feature") == tip(stand_in, "feature")
    assert clone.git("symbolic-ref", "refs/remotes/origin/HEAD") == "refs/remotes/origin/main"
    assert clone.git("log", "--format=%s") == "Fill feature\nInitial commit"


@pytest.mark.parametrize("options", [("--depth", "1"), ("--filter=blob:none",), ("--config", "protocol.version=0")])
def test_clones_may_be_shallow_partial_or_of_the_old_protocol(
    stand_in: StandIn, tmp_path: Path, options: tuple[str, ...]
) -> None:
    copy = cloned(stand_in, tmp_path, *options, "--branch", "feature")
    assert (copy.directory / "a.txt").read_text() == "a\n"


def test_a_fetch_brings_what_came_by_the_api(stand_in: StandIn, clone: Clone) -> None:
    made = stand_in.commit("feature", {"action": "create", "file_path": "b.txt", "content": "b"}).json()["id"]
    clone.git("fetch", "--quiet")
    assert clone.git("rev-parse", "origin/feature") == made


def test_a_push_moves_the_branch_and_the_open_merge_request(stand_in: StandIn, clone: Clone) -> None:
    """A Push Hook in the name of the token's user, and an update of the merge request with the old revision."""
    opened(stand_in)
    before = tip(stand_in, "feature")
    with receiving() as receiver:
        hooked(stand_in, receiver, push_events=True)
        made = clone.commit("b.txt", "b\n", "Add b")
        clone.git("push", "--quiet")
        push = first(receiver, "refs/heads/feature").body
        update = first(receiver, "update").body

    assert (push["before"], push["after"], push["user_username"]) == (before, made, "user2")
    assert [(one["id"], one["added"]) for one in push["commits"]] == [(made, ["b.txt"])]
    assert update["object_attributes"]["oldrev"] == before
    assert update["object_attributes"]["last_commit"]["id"] == made
    assert stand_in.get("/merge_requests/1").json()["sha"] == made
    assert stand_in.get("/repository/files/b.txt/raw", ref="feature").text == "b\n"


def test_branches_and_tags_are_made_and_removed(stand_in: StandIn, clone: Clone) -> None:
    """Zeros stand for what is not there; a tag has a hook of its own."""
    with receiving() as receiver:
        hooked(stand_in, receiver, push_events=True, tag_push_events=True, merge_requests_events=False)
        clone.git("tag", "--annotate", "v1", "--message", "One")
        head, tag = clone.git("rev-parse", "HEAD"), clone.git("rev-parse", "v1")
        clone.git("push", "--quiet", "origin", "HEAD:refs/heads/new/one", "v1")
        clone.git("push", "--quiet", "--delete", "origin", "new/one")
        receiver.wait(3)

    moves = {(one.body["object_kind"], one.body["ref"]): one.body for one in receiver.got[:2]}
    branch, tagged = moves["push", "refs/heads/new/one"], moves["tag_push", "refs/tags/v1"]
    assert (branch["before"], branch["after"]) == (ZEROS, head)
    assert (tagged["before"], tagged["after"], tagged["checkout_sha"]) == (ZEROS, tag, head)
    gone = receiver.got[2].body
    assert (gone["before"], gone["after"], gone["checkout_sha"]) == (head, ZEROS, None)
    assert stand_in.get("/repository/branches/new%2Fone").status_code == 404
    assert stand_in.get("/repository/commits/v1").json()["id"] == head


@pytest.mark.parametrize(("count", "told"), [(3, 3), (4, 0)])
def test_a_push_of_more_than_three_branches_is_told_to_no_hook(
    stand_in: StandIn, clone: Clone, count: int, told: int
) -> None:
    """The branches move all the same; merge requests still hear of their commits."""
    opened(stand_in)
    clone.commit("b.txt", "b\n")
    with receiving() as receiver:
        hooked(stand_in, receiver, push_events=True)
        clone.git("push", "--quiet", "origin", "HEAD:feature", *(f"HEAD:refs/heads/n{at}" for at in range(count - 1)))
        wait_for(lambda: "update" in kinds(receiver))
        stand_in.http.post(f"{API}/repository/branches", params={"branch": "last", "ref": "main"})
        first(receiver, "refs/heads/last")

    assert sum(kind.startswith("refs/heads/") for kind in kinds(receiver)) == told + 1


def test_a_merge_that_is_pushed_closes_the_merge_request_as_merged(stand_in: StandIn, clone: Clone) -> None:
    """By somebody who may push to the target."""
    opened(stand_in)
    clone.git("push", "--quiet", "origin", "feature:main")
    assert stand_in.get("/merge_requests/1").json()["state"] == "merged"


def test_a_protected_branch_declines_a_developers_push(stand_in: StandIn, clone: Clone) -> None:
    """As GitLab says it behind `remote:`; other branches of the same push stay where they were, too."""
    stand_in.settings(user_access_level=30)
    before = tip(stand_in)
    clone.commit("b.txt", "b\n")
    told = clone.refused("push", "origin", "HEAD:main", "HEAD:refs/heads/beside")
    assert "remote: GitLab: You are not allowed to push code to protected branches on this project." in told
    assert "! [remote rejected] HEAD -> main (pre-receive hook declined)" in told
    assert tip(stand_in) == before
    assert stand_in.get("/repository/branches/beside").status_code == 404
    clone.git("push", "--quiet", "origin", "HEAD:refs/heads/beside")


def test_history_of_a_protected_branch_is_not_rewritten(stand_in: StandIn, clone: Clone) -> None:
    """Not even by a maintainer; elsewhere a forced push is fine."""
    clone.git("push", "--quiet", "origin", "feature:main")
    clone.git("reset", "--quiet", "--hard", "HEAD~1")
    clone.commit("c.txt", "c\n")
    told = clone.refused("push", "--force", "origin", "HEAD:main")
    assert "GitLab: You are not allowed to force push code to a protected branch on this project." in told
    clone.git("push", "--quiet", "--force", "origin", "HEAD:feature")
    assert tip(stand_in, "feature") == clone.git("rev-parse", "HEAD")


def test_default_and_protected_branches_are_not_deleted(stand_in: StandIn, clone: Clone) -> None:
    """The default one by nobody, other protected ones only elsewhere."""
    assert "The default branch of a project cannot be deleted." in clone.refused("push", "origin", ":main")
    stand_in.project().protectedbranches.create({"name": "feature"})
    told = clone.refused("push", "origin", ":feature")
    assert "You can only delete protected branches using the web interface." in told
    stand_in.settings(user_access_level=30)
    assert "Only a project maintainer or owner can delete" in clone.refused("push", "origin", ":feature")
    stand_in.project().protectedbranches.get("feature")


def test_an_empty_project_takes_its_first_push(stand_in: StandIn, tmp_path: Path) -> None:
    """Its branch becomes the default one, and the next clone begins there."""
    stand_in.admin("POST", "seed", {"projects": [{**named("group/empty"), "empty": True}]})
    url = address(stand_in, path="group/empty")
    assert run("clone", "--quiet", url, "copy", directory=tmp_path).returncode == 0
    copy = Clone(tmp_path / "copy")
    copy.git("checkout", "--quiet", "-b", "trunk")
    made = copy.commit("a.txt", "a\n")
    copy.git("push", "--quiet", "origin", "trunk")
    project = stand_in.client.projects.get("group/empty")
    assert (project.default_branch, project.empty_repo) == ("trunk", False)
    assert run("clone", "--quiet", url, "again", directory=tmp_path).returncode == 0
    assert Clone(tmp_path / "again").git("rev-parse", "trunk") == made


def test_a_large_push_comes_in_chunks(stand_in: StandIn, clone: Clone) -> None:
    """Beyond git's buffer the body is chunked, after a request that only tries the credentials."""
    clone.git("config", "http.postBuffer", "65536")
    (clone.directory / "large.bin").write_bytes(bytes(range(256)) * 4096 + stand_in.url.encode())
    clone.git("config", "core.compression", "0")
    clone.commit("b.txt", "b\n")
    clone.git("push", "--quiet")
    assert tip(stand_in, "feature") == clone.git("rev-parse", "HEAD")
    log = stand_in.admin("GET", "log")
    assert max(one["bytes_in"] for one in log if one["route"] == "/:project.git/git-receive-pack") > 1_000_000


def test_a_packed_request_is_understood(stand_in: StandIn, tmp_path: Path) -> None:
    """git packs long requests of a fetch; here one is packed by hand."""
    want = tip(stand_in)
    line = f"want {want}\n".encode()
    body = b"%04x%s00000009done\n" % (len(line) + 4, line)
    headers = BASIC | {"Content-Type": "application/x-git-upload-pack-request", "Content-Encoding": "gzip"}
    url = f"{stand_in.url}/{PATH}.git/git-upload-pack"
    answer = httpx.post(url, headers=headers, content=gzip.compress(body))
    assert (answer.status_code, answer.content[:8]) == (200, b"0008NAK\n")
    assert httpx.post(url, headers=headers, content=b"no gzip").status_code == 400


def test_a_push_may_open_its_merge_request(stand_in: StandIn, clone: Clone) -> None:
    """Once: the same options on the next push edit the open one."""
    made = clone.commit("b.txt", "b\n", "Bring b")
    wanted = ("merge_request.create", "merge_request.label=bug", "merge_request.description=Why\\nnot")
    clone.git("push", *(f"--push-option={one}" for one in wanted), "origin", "feature")
    (first_one,) = stand_in.get("/merge_requests").json()
    clone.commit("c.txt", "c\n")
    more = ("merge_request.create", "merge_request.draft", "merge_request.unlabel=bug", "merge_request.squash")
    clone.git("push", *(f"--push-option={one}" for one in more), "origin", "feature")
    (then,) = stand_in.get("/merge_requests").json()

    assert (first_one["title"], first_one["target_branch"], first_one["sha"]) == ("Bring b", "main", made)
    assert (first_one["labels"], first_one["description"]) == (["bug"], "Why\nnot")
    assert (then["iid"], then["title"], then["labels"], then["squash"]) == (1, "Draft: Bring b", [], True)


def test_options_of_a_push_that_cannot_be_leave_the_push_alone(stand_in: StandIn, clone: Clone) -> None:
    """No merge request of a branch into itself or into one that isn't there, and none that nobody wants."""
    for option in ("merge_request.create", "merge_request.target=feature", "merge_request.title=x", "ci.skip"):
        made = clone.commit("b.txt", option)
        target = "--push-option=merge_request.target=nowhere"
        clone.git("push", f"--push-option={option}", target, "origin", "feature")
        assert tip(stand_in, "feature") == made

    assert stand_in.get("/merge_requests").json() == []


def test_a_push_may_ask_for_its_merge(stand_in: StandIn, clone: Clone) -> None:
    """Once its pipeline has succeeded."""
    made = clone.commit("b.txt", "b\n")
    wanted = ("merge_request.create", "merge_request.title=Draft: b", "merge_request.merge_when_pipeline_succeeds")
    clone.git("push", *(f"--push-option={one}" for one in wanted), "origin", "feature")
    stand_in.http.post(f"{API}/statuses/{made}", json={"state": "success", "ref": "feature"})
    assert stand_in.get("/merge_requests/1").json()["merge_when_pipeline_succeeds"] is True
    stand_in.http.put(f"{API}/merge_requests/1", json={"title": "b"})

    assert stand_in.get("/merge_requests/1").json()["state"] == "merged"


@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_wrong_password_lets_nobody_in(stand_in: StandIn, tmp_path: Path, password: str) -> None:
    """401 asks for basic authentication, in GitLab's words."""
    stand_in.settings(require_token="one")
    told = run("ls-remote", address(stand_in, token=password), directory=tmp_path)
    assert told.returncode != 0
    assert "HTTP Basic: Access denied" in told.stderr
    answer = httpx.get(f"{stand_in.url}/{PATH}.git/info/refs?service=git-upload-pack")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Basic realm="GitLab"')


@pytest.mark.parametrize(
    ("level", "goal", "status"),
    [
        (5, "git-upload-pack", 404),
        (10, "git-upload-pack", 403),
        (20, "git-upload-pack", 200),
        (20, "git-receive-pack", 403),
        (30, "git-receive-pack", 200),
    ],
)
def test_levels_decide_who_may_clone_and_push(stand_in: StandIn, level: int, goal: str, status: int) -> None:
    stand_in.settings(user_access_level=level)
    answer = httpx.get(f"{stand_in.url}/{PATH}.git/info/refs", params={"service": goal}, headers=BASIC)
    assert answer.status_code == status


def test_what_git_does_not_ask_is_not_served(stand_in: StandIn) -> None:
    """The dumb protocol is refused; without `.git` the way there is told; unknown projects are not found."""
    url = f"{stand_in.url}/{PATH}"
    assert httpx.get(f"{url}.git/info/refs", headers=BASIC).status_code == 403
    assert httpx.get(f"{url}.git/git-upload-pack", headers=BASIC).status_code == 403
    moved = httpx.get(f"{url}/info/refs?service=git-upload-pack", headers=BASIC)
    assert (moved.status_code, moved.headers["Location"]) == (301, f"{url}.git/info/refs?service=git-upload-pack")
    absent = httpx.get(f"{stand_in.url}/a/b.git/info/refs?service=git-upload-pack", headers=BASIC)
    assert absent.status_code == 404
    junk = httpx.post(f"{url}.git/git-receive-pack", headers=BASIC, content=b"zzzz")
    assert junk.status_code == 400


def test_git_is_counted_delayed_and_faulted_as_the_api_is(stand_in: StandIn, tmp_path: Path) -> None:
    route = "/:project.git/info/refs"
    stand_in.admin("PUT", "faults", [{"kind": "503", "route": "git-upload-pack|info/refs", "times": 1}])
    stand_in.admin("DELETE", "counters")
    assert run("ls-remote", address(stand_in), directory=tmp_path).returncode != 0
    assert run("ls-remote", address(stand_in), directory=tmp_path).returncode == 0
    counters = stand_in.admin("GET", "counters")
    assert counters["by_route"][f"GET {route}"] >= 2
    assert counters["faults_fired"] == 1


def test_a_push_gone_after_its_effect_has_happened(stand_in: StandIn, clone: Clone) -> None:
    """The fault `drop` after the request: git fails, the branch has moved, and the hooks were sent."""
    made = clone.commit("b.txt", "b\n")
    stand_in.admin("PUT", "faults", [{"kind": "drop", "phase": "after", "route": "git-receive-pack", "method": "POST"}])
    with receiving() as receiver:
        hooked(stand_in, receiver, push_events=True)
        clone.refused("push", "origin", "feature")
        assert first(receiver, "refs/heads/feature").body["after"] == made
    assert tip(stand_in, "feature") == made
