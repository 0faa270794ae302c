"""The GitLab adapter against the stand-in: what the port promises, and what each call costs."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import partial
from itertools import islice
from pathlib import Path

import pytest

from shared.adapters.gitlab.connection import GitlabConnection
from shared.adapters.gitlab.repository import GitlabRepository
from shared.deadline import Deadline
from shared.domain.errors import Permanent, ServiceError, Transient
from shared.domain.gitlab import Note, OnCommit, OnMergeRequest, Place
from shared.ports.gitlab import Repository
from tests.contract.gitlab_stand_in import PATH, StandIn, served
from tests.fakes import FakeClock

NOWHERE = "0123456789" * 4
FILES = {"aic/QA/config/A.json": '{"a": 1}', "aic/QA/config/B.json": '{"b": 1}', "README.md": "hi"}


class Bench:
    """A seeded stand-in, the adapter upon it, and its shorthands."""

    def __init__(self, stand_in: StandIn) -> None:
        self.stand_in = stand_in
        stand_in.seed(main=FILES, develop={})
        self.clock = FakeClock()
        self.repository = self.opened("service")

    def opened(self, token: str, *, path: str = PATH, number: int | None = None) -> Repository:
        deadline = Deadline.within(self.clock, seconds=300)
        return GitlabRepository(GitlabConnection(self.stand_in.url, token), path, deadline=deadline, number=number)

    def push(self, files: dict[str, str], *, branch: str = "main", delete: tuple[str, ...] = ()) -> str:
        body = {"project": PATH, "branch": branch, "message": "Change", "write": files, "delete": delete}
        return str(self.stand_in.admin("POST", "commit", body)["commit"])

    def head(self, branch: str = "main") -> str:
        found = self.repository.head(branch)
        assert found
        return found

    def cost(self, call: Callable[[], object]) -> int:
        """How many requests the call makes."""
        self.stand_in.admin("DELETE", "counters")
        call()
        return int(self.stand_in.admin("GET", "counters")["requests"])

    def fault(self, kind: str, **rule: object) -> None:
        self.stand_in.admin("PUT", "faults", [{"kind": kind, **rule}])

    def merge(self, source: str, *, files: dict[str, str]) -> int:
        """A merge request from a new branch, merged; answers its iid."""
        project = self.stand_in.project()
        project.branches.create({"branch": source, "ref": "main"})
        self.push(files, branch=source)
        request = project.mergerequests.create({"source_branch": source, "target_branch": "main", "title": source})
        merged = self.stand_in.http.put(f"/api/v4/projects/1/merge_requests/{request.iid}/merge")
        for _ in range(50):
            if merged.status_code == 200:
                break
            merged = self.stand_in.http.put(f"/api/v4/projects/1/merge_requests/{request.iid}/merge")
        assert merged.status_code == 200, merged.text
        return int(request.iid)

    def open_request(self) -> int:
        project = self.stand_in.project()
        project.branches.create({"branch": "topic", "ref": "main"})
        self.push({"topic.txt": "x"}, branch="topic")
        return int(
            project.mergerequests.create({"source_branch": "topic", "target_branch": "main", "title": "Topic"}).iid
        )


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with served(tmp_path) as stand_in:
        yield Bench(stand_in)


def reason_of(call: Callable[[], object], kind: type[ServiceError] = Permanent) -> str:
    with pytest.raises(kind) as caught:
        call()
    assert not caught.value.__cause__
    return caught.value.reason


def test_sixteen_threads_share_one_repository(bench: Bench) -> None:
    """Each gets its own answer."""
    commit = bench.push({f"many/{number}.json": str(number) for number in range(64)})

    def content(number: int) -> bytes | None:
        return bench.repository.content(f"many/{number}.json", commit)

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(content, range(64))) == [str(number).encode() for number in range(64)]


def test_the_project_is_found_by_path_or_number(bench: Bench) -> None:
    """Both without a request of their own."""
    assert bench.opened("t").head("main") == bench.opened("t", path="moved/away", number=1).head("main")
    assert bench.cost(lambda: bench.opened("t").head("main")) == 1


def test_own_id_is_asked_once_per_connection(bench: Bench) -> None:
    """Another token is another user."""
    connection = GitlabConnection(bench.stand_in.url, "service")

    def ask() -> int:
        deadline = Deadline.within(bench.clock, seconds=300)
        return GitlabRepository(connection, PATH, deadline=deadline).own_id()

    assert bench.cost(lambda: {ask(), ask(), ask()}) == 1
    assert ask() == bench.repository.own_id() != bench.opened("somebody").own_id()


def test_head_is_the_newest_commit_or_nothing(bench: Bench) -> None:
    """Branch names with slashes and signs are names."""
    sha = bench.push({"x": "1"})
    bench.stand_in.project().branches.create({"branch": "feature/ä#1", "ref": sha})

    assert bench.head() == sha == bench.head("feature/ä#1")
    assert bench.repository.head("feature/none") is None
    assert bench.cost(lambda: bench.repository.head("main")) == 1


def test_file_tells_the_last_commit_of_its_path(bench: Bench) -> None:
    """Not the ref's own commit."""
    sha = bench.push({"a b/ü#.json": "ü"})
    bench.push({"other": "1"})
    found = bench.repository.file("a b/ü#.json", "main")

    assert found is not None
    assert (found.data, found.commit) == ("ü".encode(), sha)
    assert bench.repository.file("a b/ü#.json", "HEAD") == found
    assert bench.cost(lambda: bench.repository.file("README.md", "main")) == 1


def test_only_the_files_own_absence_is_none(bench: Bench) -> None:
    """A missing commit, branch or project is an error: nobody may take it for a deleted file."""
    head = bench.head()

    assert bench.repository.file("aic/none.json", "main") is None
    assert bench.repository.file("aic", "main") is None
    assert bench.repository.content("aic/none.json", head) is None
    for call in (bench.repository.file, bench.repository.content):
        assert reason_of(lambda call=call: call("README.md", NOWHERE)) == "gitlab-not-found"  # type: ignore[misc]
    assert reason_of(lambda: bench.opened("t", path="no/such").content("README.md", "main")) == "gitlab-not-found"


def test_content_is_the_bytes_at_that_commit(bench: Bench) -> None:
    """Also of an empty file, and of one that has changed since."""
    old = bench.head()
    new = bench.push({"README.md": "later", "empty": ""})

    assert bench.repository.content("README.md", old) == b"hi"
    assert bench.repository.content("README.md", new) == b"later"
    assert bench.repository.content("empty", new) == b""
    assert bench.cost(lambda: bench.repository.content("README.md", new)) == 1


def test_compare_names_commits_and_paths(bench: Bench) -> None:
    """A change, a deletion and a new file; commits with their parents."""
    old = bench.head()
    middle = bench.push({"aic/QA/config/A.json": "{}"})
    new = bench.push({"new.json": "{}"}, delete=("aic/QA/config/B.json",))
    changes = bench.repository.compare(old, new)

    assert {commit.sha: commit.parents for commit in changes.commits} == {middle: (old,), new: (middle,)}
    assert all(commit.message.startswith("Change") for commit in changes.commits)
    assert set(changes.paths) == {"aic/QA/config/A.json", "aic/QA/config/B.json", "new.json"}
    assert changes.complete
    assert bench.cost(lambda: bench.repository.compare(old, new)) == 1


def test_compare_of_one_commit_with_itself_is_empty_and_complete(bench: Bench) -> None:
    """Nothing to look at."""
    head = bench.head()
    changes = bench.repository.compare(head, head)

    assert (changes.commits, changes.paths, changes.complete) == ((), (), True)


def test_compare_tells_when_it_timed_out(bench: Bench) -> None:
    """Then the trees have to be read."""
    old, new = bench.head(), bench.push({"x": "1"})
    bench.stand_in.settings(compare_timeout=True)

    assert not bench.repository.compare(old, new).complete


def test_more_text_than_an_answer_may_have_is_not_asked_for_again(bench: Bench) -> None:
    """A large capture that just landed: its commits are had from a list, and its files a few at a time."""
    old = bench.head()
    quotes = '"' * 150_000  # which take two bytes each
    files = {f"big/{number:03}.json": f"{number}{quotes}" for number in range(101)}
    new = bench.push(files)
    last = bench.push({"x": "1"})
    changes = bench.repository.compare(old, last)

    assert [(commit.sha, commit.parents) for commit in changes.commits] == [(new, (old,)), (last, (new,))]
    assert (changes.paths, changes.complete) == ((), False)
    assert bench.cost(lambda: bench.repository.compare(old, last)) == 2
    assert bench.repository.touched(new) == (tuple(files), True)


def test_many_changed_files_are_not_believed_to_be_all(bench: Bench) -> None:
    """900 are near GitLab's own limit."""
    old = bench.head()
    new = bench.push({f"many/{number}.json": str(number) for number in range(900)})

    assert not bench.repository.compare(old, new).complete
    paths, complete = bench.repository.touched(new)
    assert (len(paths), complete) == (900, False)


def test_touched_pages_through_a_commit(bench: Bench) -> None:
    """250 files are three pages, and complete."""
    sha = bench.push({f"many/{number}.json": str(number) for number in range(250)})
    paths, complete = bench.repository.touched(sha)

    assert (len(set(paths)), complete) == (250, True)
    assert bench.cost(lambda: bench.repository.touched(bench.push({"x": "1"}))) == 1


def test_tree_holds_every_file_below_the_folder(bench: Bench) -> None:
    """250 files are three pages; what lies beside the folder stays out."""
    sha = bench.push({f"aic/QA/config/{number}.json": str(number) for number in range(250)} | {"aic/QAX.json": "{}"})
    found = bench.repository.tree(sha, "aic/QA/config")

    assert len(found) == 252
    assert found["aic/QA/config/7.json"] == bench.repository.tree(sha, "aic")["aic/QA/config/7.json"]
    assert all(path.startswith("aic/QA/config/") for path in found)
    assert "README.md" in bench.repository.tree(sha, "")


def test_a_missing_folder_is_empty_but_a_missing_commit_is_an_error(bench: Bench) -> None:
    """GitLab answers 404 to both."""
    assert bench.repository.tree(bench.head(), "aic/none") == {}
    assert reason_of(lambda: bench.repository.tree(NOWHERE, "aic")) == "gitlab-not-found"
    assert reason_of(lambda: bench.opened("t", path="no/such").tree("main", "aic")) == "gitlab-not-found"


def test_ancestry_follows_history(bench: Bench) -> None:
    """A commit is its own ancestor; one that is gone is nobody's."""
    old, side = bench.head(), bench.push({"x": "side"}, branch="develop")
    new = bench.push({"x": "1"})
    is_ancestor = bench.repository.is_ancestor

    assert is_ancestor(old, new)
    assert is_ancestor(new, new)
    assert not is_ancestor(new, old)
    assert not is_ancestor(side, new)
    assert not is_ancestor(NOWHERE, new)
    assert bench.cost(lambda: is_ancestor(old, new)) == 1
    assert bench.cost(lambda: is_ancestor(new, new)) == 0
    assert reason_of(lambda: bench.opened("t", path="no/such").is_ancestor(old, new)) == "gitlab-not-found"


def test_path_commits_are_listed_newest_first_and_page_by_page(bench: Bench) -> None:
    """Who finds what they look for on the first page pays for one page."""
    made = [bench.push({"a/x #.json": str(number)}) for number in range(120)]
    bench.push({"other": "1"})
    head = bench.head()

    def asked(wanted: int | None, *, first_parent: bool = False) -> list[str]:
        return list(islice(bench.repository.path_commits("a/x #.json", head, first_parent=first_parent), wanted))

    assert asked(None) == asked(None, first_parent=True) == made[::-1]
    assert bench.cost(lambda: asked(100)) == 1
    assert bench.cost(lambda: asked(101)) == 2
    assert bench.cost(lambda: bench.repository.path_commits("x", head, first_parent=True)) == 0


def test_the_line_is_asked_page_by_page(bench: Bench) -> None:
    """Who finds what they look for on the first page pays for one page."""
    first = bench.head()
    made = [bench.push({"a": str(number)}) for number in range(120)]
    head = bench.head()

    assert list(bench.repository.line(head))[:121] == [*made[::-1], first]
    assert bench.cost(lambda: list(islice(bench.repository.line(head), 100))) == 1
    assert bench.cost(lambda: list(islice(bench.repository.line(head), 101))) == 2


def test_first_parent_lists_the_merge_rather_than_what_it_merged(bench: Bench) -> None:
    """The commits of the branch alone."""
    before = bench.head()
    bench.merge("topic", files={"aic/QA/config/A.json": "{}"})
    head = bench.head()
    first = list(bench.repository.path_commits("aic/QA/config/A.json", head, first_parent=True))

    assert first[0] == head
    assert first[1:] == list(bench.repository.path_commits("aic/QA/config/A.json", before, first_parent=True))


def test_deployments_come_newest_first_and_of_one_environment_only(bench: Bench) -> None:
    """With whoever made them."""
    commit = bench.head()
    bench.repository.open_deployment("aic/other", branch="main", commit=commit, status="success")
    made = [
        bench.repository.open_deployment("aic/qa", branch="main", commit=commit, status="success") for _ in range(3)
    ]
    foreign = bench.opened("foreign").open_deployment("aic/qa", branch="main", commit=commit, status="failed")

    assert list(bench.repository.deployments("aic/qa")) == [foreign, *made[::-1]]
    assert {deployment.user for deployment in made} == {bench.repository.own_id()} != {foreign.user}
    assert list(bench.repository.deployments("aic/none")) == []
    assert bench.cost(lambda: list(bench.repository.deployments("aic/qa"))) == 1


def test_a_running_deployment_can_be_ended_once(bench: Bench) -> None:
    """Ending it the same way again is fine, running again is refused; one known to have ended isn't asked for."""
    running = bench.repository.open_deployment("aic/qa", branch="main", commit=bench.head(), status="running")
    assert bench.cost(lambda: bench.repository.end_deployment(running, "success")) == 1
    bench.repository.end_deployment(running, "success")

    assert [deployment.status for deployment in bench.repository.deployments("aic/qa")] == ["success"]
    assert reason_of(lambda: bench.repository.end_deployment(running, "running")) == "gitlab-refused"
    gone = replace(running, id=999)
    assert reason_of(lambda: bench.repository.end_deployment(gone, "failed")) == "gitlab-not-found"
    (ended,) = bench.repository.deployments("aic/qa")
    refused = partial(reason_of, lambda: bench.repository.end_deployment(ended, "failed"))
    assert bench.cost(lambda: refused()) == 0
    assert refused() == "gitlab-refused"


def test_deployments_tell_their_branch_and_when_they_were_made(bench: Bench) -> None:
    """As GitLab keeps it, and the same when it is opened as when it is listed."""
    opened = bench.repository.open_deployment("aic/qa", branch="develop", commit=bench.head("develop"), status="failed")
    (row,) = bench.stand_in.get("/deployments").json()

    assert list(bench.repository.deployments("aic/qa")) == [opened]
    assert (opened.branch, opened.created) == ("develop", row["created_at"])


def test_statuses_are_kept_newest_first(bench: Bench) -> None:
    """Also those that a newer one has replaced; other names and branches stay out."""
    commit = bench.head()

    def post(state: str, description: str, *, name: str = "aic/deploy") -> None:
        bench.repository.post_status(commit, branch="main", name=name, state=state, description=description)

    post("failed", "first")
    post("success", "x" * 300)
    post("success", "other", name="aic/plan")
    found = bench.repository.statuses(commit, branch="main", name="aic/deploy")

    assert [(status.state, status.description) for status in found] == [("success", "x" * 255), ("failed", "first")]
    assert {status.user for status in found} == {bench.repository.own_id()}
    assert bench.repository.statuses(commit, branch="develop", name="aic/deploy") == ()
    assert bench.cost(lambda: bench.repository.statuses(commit, branch="main", name="x")) == 1
    assert bench.cost(lambda: post("failed", "again")) == 1


@pytest.mark.parametrize("state", ["pending", "running"])
def test_a_status_that_is_already_so_stays(bench: Bench, state: str) -> None:
    """GitLab calls it an impossible transition."""
    commit = bench.head()
    for _ in range(2):
        bench.repository.post_status(commit, branch="main", name="aic/plan", state=state, description="d")

    (found,) = bench.repository.statuses(commit, branch="main", name="aic/plan")
    assert found.state == state


def test_a_status_that_is_no_status_is_refused(bench: Bench) -> None:
    """Other 400s are not swallowed."""
    commit = bench.head()

    def post() -> None:
        bench.repository.post_status(commit, branch="main", name="n", state="fine", description="d")

    assert reason_of(post) == "gitlab-refused"


@pytest.mark.parametrize("method", ["merge", "ff"])
def test_merged_requests_tell_what_landed(bench: Bench, method: str) -> None:
    """Whatever the merge method, the commit that is on the branch now is among them."""
    bench.stand_in.settings(merge_method=method)
    iid = bench.merge("topic", files={"x": "1"})
    (found,) = bench.repository.merged("main")

    assert (found.iid, found.source_branch) == (iid, "topic")
    assert bench.head() in found.landed
    assert list(bench.repository.merged("develop")) == []
    assert [commit.sha in found.landed for commit in bench.repository.merge_request_commits(iid)] == [True]


def test_requests_that_nobody_touched_since_are_left_out(bench: Bench) -> None:
    """By the time of their last update, in any time zone; the very moment counts as since."""
    bench.merge("topic", files={"x": "1"})
    (row,) = bench.stand_in.get("/merge_requests").json()
    updated = datetime.fromisoformat(row["updated_at"])

    def found(since: datetime) -> int:
        zone = timezone(timedelta(hours=5))
        return len(list(bench.repository.merged("main", since=since.astimezone(zone).isoformat())))

    assert [found(updated - timedelta(seconds=1)), found(updated + timedelta(seconds=1))] == [1, 0]
    assert bench.cost(lambda: found(updated)) == 1


@pytest.mark.parametrize("on_commit", [False, True])
def test_a_note_is_written_found_and_replaced(bench: Bench, on_commit: bool) -> None:
    """On merge requests and on commits, newest first, with whoever wrote it."""
    place: Place = OnCommit(bench.head()) if on_commit else OnMergeRequest(bench.open_request())
    first = bench.repository.write_note(place, "first", replaces=None)
    bench.opened("foreign").write_note(place, "second", replaces=None)
    again = bench.repository.write_note(place, "first, again", replaces=first)
    found = list(bench.repository.notes(place))

    assert [note.body for note in found] == ["second", "first, again"]
    assert (again.id, again.thread) == (first.id, first.thread)
    assert found[1] == again == Note(first.id, "first, again", bench.repository.own_id(), first.thread)
    assert (first.thread is not None) == on_commit
    assert bench.cost(lambda: bench.repository.write_note(place, "x", replaces=first)) == 1
    assert bench.cost(lambda: bench.repository.write_note(place, "x", replaces=None)) == 1


def test_a_note_of_commands_alone_is_refused(bench: Bench) -> None:
    """GitLab carries them out and keeps no note."""
    place = OnMergeRequest(bench.open_request())

    assert reason_of(lambda: bench.repository.write_note(place, "/label ~x", replaces=None)) == "note-refused"


def test_reads_survive_two_bad_answers_and_give_up_after_three(bench: Bench) -> None:
    """The message is redelivered then."""
    for kind in ("500", "503", "429", "drop", "malformed", "empty"):
        bench.fault(kind, times=2)
        assert bench.repository.head("main")
        bench.fault(kind, times=3)
        reason = reason_of(lambda: bench.repository.head("main"), Transient)
        assert reason == ("gitlab-odd-answer" if kind in ("malformed", "empty") else "gitlab-unavailable")


@pytest.mark.parametrize("kind", ["500", "503", "429", "drop", "malformed", "empty"])
def test_content_survives_two_bad_answers_and_is_never_taken_from_one(bench: Bench, kind: str) -> None:
    """A proxy's page or nothing at all, with 200, is no config."""
    head = bench.head()
    bench.fault(kind, times=2)
    assert bench.repository.content("README.md", head) == b"hi"
    bench.fault(kind, times=3)
    reason = reason_of(lambda: bench.repository.content("README.md", head), Transient)
    assert reason == ("gitlab-odd-answer" if kind in ("malformed", "empty") else "gitlab-unavailable")


def test_a_page_that_fails_is_asked_again_and_not_skipped(bench: Bench) -> None:
    """The second page of a tree comes broken once in each way."""
    sha = bench.push({f"aic/{number}.json": str(number) for number in range(150)})
    whole = bench.repository.tree(sha, "aic")
    for kind in ("500", "drop", "malformed", "empty"):
        bench.fault(kind, skip=1, times=1)
        assert bench.repository.tree(sha, "aic") == whole


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_write_is_sent_once(bench: Bench, phase: str) -> None:
    """A lost answer may have been a done deed."""
    commit = bench.head()
    calls: tuple[Callable[[], object], ...] = (
        lambda: bench.repository.open_deployment("aic/qa", branch="main", commit=commit, status="success"),
        lambda: bench.repository.post_status(commit, branch="main", name="n", state="success", description=""),
        lambda: bench.repository.write_note(OnCommit(commit), "x", replaces=None),
    )
    for kind in ("502", "429", "drop", "malformed"):
        bench.fault(kind, phase=phase)
        for call in calls:
            if kind == "malformed" and call is calls[1]:
                continue
            assert bench.cost(lambda call=call: reason_of(call, Transient)) == 1  # type: ignore[misc]


@pytest.mark.parametrize(("kind", "reason"), [("401", "gitlab-unauthorized"), ("403", "gitlab-forbidden")])
def test_a_refused_token_is_permanent(bench: Bench, kind: str, reason: str) -> None:
    """Nobody waits for it to become valid."""
    commit = bench.head()
    bench.fault(kind)

    assert bench.cost(lambda: reason_of(lambda: bench.repository.head("main"))) == 1
    assert reason_of(lambda: bench.repository.head("main")) == reason
    assert reason_of(lambda: bench.repository.write_note(OnCommit(commit), "x", replaces=None)) == reason
