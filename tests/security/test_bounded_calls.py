"""SEC-30: no call outlives its run, no server makes us wait as it likes, and nothing that writes is sent twice."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from shared.adapters.aic.connection import AicConnection
from shared.adapters.aic.place import AicPlace
from shared.adapters.aic.workspace import AicWorkspace
from shared.adapters.clock import SystemClock
from shared.adapters.gitlab.connection import GitlabConnection
from shared.adapters.gitlab.repository import GitlabRepository
from shared.deadline import Deadline
from shared.domain import content
from shared.domain.errors import Transient
from shared.domain.gitlab import Care, CiPipeline, Deployment, FileAction, Note, OnCommit, OnIssue, OnMergeRequest
from shared.ports import Clock
from shared.ports.aic import Workspace
from shared.ports.gitlab import Repository
from tests.fake_workspace import stored
from tests.fakes import FakeClock

SHA, OTHER = "a" * 40, "b" * 40
RUN = 480.0
CONFIG = content.of_file(stored("x").encode())
RUNNING = Deployment(1, SHA, "running", 7, "develop", "2026-11-20T10:00:00Z")
CI_PIPELINE = CiPipeline(1, SHA, "failed", 7, "https://gitlab.test/-/pipelines/1")
NOTE = Note(1, "old", 7, "c" * 40)
Call = Callable[[Repository, Workspace], object]
WRITES: Mapping[str, Call] = {
    "create": lambda _, aic: aic.create("t", CONFIG),
    "update": lambda _, aic: aic.update("1", "t", CONFIG),
    "commit": lambda git, _: git.commit("b", (FileAction("create", "a", b"x"),), message="m", start=SHA),
    "delete_branch": lambda git, _: git.delete_branch("b"),
    "propose": lambda git, _: git.propose("b", "main", title="t", description=""),
    "propose to somebody": lambda git, _: git.propose("b", "main", title="t", description="", care=Care(("l",))),
    "edit_proposal": lambda git, _: git.edit_proposal(1, title="t", close=True),
    "start_pipeline": lambda git, _: git.start_pipeline("b", variables={"A": "1"}),
    "cancel_pipeline": lambda git, _: git.cancel_pipeline(1),
    "fail_deployment": lambda git, _: git.fail_deployment(RUNNING),
    "open_deployment": lambda git, _: git.open_deployment("e", branch="b", commit=SHA, status="running"),
    "end_deployment": lambda git, _: git.end_deployment(RUNNING, "success"),
    "post_status": lambda git, _: git.post_status(SHA, branch="b", name="n", state="success", description=""),
    "write_note on a merge request": lambda git, _: git.write_note(OnMergeRequest(1), "new", replaces=None),
    "write_note on an issue": lambda git, _: git.write_note(OnIssue(1), "new", replaces=None),
    "write_note on a commit": lambda git, _: git.write_note(OnCommit(SHA), "new", replaces=None),
    "replace a note on a merge request": lambda git, _: git.write_note(OnMergeRequest(1), "new", replaces=NOTE),
    "delete_note": lambda git, _: git.delete_note(OnMergeRequest(1), NOTE),
    "replace a note on a commit": lambda git, _: git.write_note(OnCommit(SHA), "new", replaces=NOTE),
}
READS: Mapping[str, Call] = {
    "jobs": lambda _, aic: aic.jobs(),
    "read": lambda _, aic: aic.read("1"),
    "own_id": lambda git, _: git.own_id(),
    "head": lambda git, _: git.head("develop"),
    "file": lambda git, _: git.file("a", "HEAD"),
    "content": lambda git, _: git.content("a", SHA),
    "compare": lambda git, _: git.compare(SHA, OTHER),
    "touched": lambda git, _: git.touched(SHA),
    "tree": lambda git, _: git.tree(SHA, "config"),
    "last_touched": lambda git, _: git.last_touched("a", SHA),
    "archive": lambda git, _: list(git.archive(SHA, "config")),
    "branch_names": lambda git, _: git.branch_names("aic-sync/"),
    "proposal": lambda git, _: git.proposal(1),
    "issue": lambda git, _: git.issue(1),
    "proposals": lambda git, _: list(git.proposals(target="b", state="opened")),
    "accept": lambda git, _: git.accept(1, head=SHA),
    "hooks": lambda git, _: git.hooks(),
    "started_pipelines": lambda git, _: list(git.started_pipelines("b", since="2026-11-20T10:00:00Z")),
    "ci_pipeline": lambda git, _: git.ci_pipeline(1),
    "ci_variables": lambda git, _: git.ci_variables(1),
    "ci_jobs": lambda git, _: git.ci_jobs(CI_PIPELINE),
    "token": lambda git, _: git.token(),
    "access": lambda git, _: git.access(),
    "is_ancestor": lambda git, _: git.is_ancestor(SHA, of=OTHER),
    "path_commits": lambda git, _: list(git.path_commits("a", SHA, first_parent=True)),
    "line": lambda git, _: list(git.line(SHA)),
    "deployments": lambda git, _: list(git.deployments("e")),
    "statuses": lambda git, _: git.statuses(SHA, branch="b", name="n"),
    "merged": lambda git, _: list(git.merged("b")),
    "merge_request_commits": lambda git, _: git.merge_request_commits(1),
    "merge_result": lambda git, _: git.merge_result(1),
    "notes": lambda git, _: list(git.notes(OnMergeRequest(1))),
    "notes of an issue": lambda git, _: list(git.notes(OnIssue(1))),
    "notes of a commit": lambda git, _: list(git.notes(OnCommit(SHA))),
}
FOUND = {"/projects": [{"$id": "p", "name": "p"}], "/projects/p/workspaces": [{"$id": "w", "name": "w"}]}


@dataclass
class Bad:
    """A server that fails every request but those by which AIC's workspace is found; `silent` it never answers."""

    url: str = ""
    status: int = 503
    after: str | None = None
    silent: bool = False
    asked: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def ports(self, clock: Clock, *, seconds: float) -> tuple[Repository, Workspace]:
        deadline = Deadline.within(clock, seconds=seconds)
        git = GitlabRepository(GitlabConnection(self.url, "token"), "team/one", deadline=deadline, number=1)
        aic = AicConnection(f"{self.url}/aic", "key")
        return git, AicWorkspace(AicPlace(aic, project="p", workspace="w", deadline=deadline))


@contextmanager
def bad(status: int = 503, *, after: str | None = None, silent: bool = False) -> Iterator[Bad]:
    made = Bad(status=status, after=after, silent=silent)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            found = FOUND.get(self.path.removeprefix("/aic"))
            if made.silent:
                made.over.wait()
            made.asked += [] if found else [self.command]
            self.close_connection = True
            body = json.dumps(found).encode() if found else b""
            self.send_response_only(200 if found else made.status)
            if made.after is not None:
                self.send_header("Retry-After", made.after)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield made
    finally:
        made.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("status", [500, 502, 503, 429])
@pytest.mark.parametrize("name", WRITES)
def test_sec_30_nothing_that_writes_is_sent_twice(name: str, status: int) -> None:
    """Whatever the server asks for: what a lost write did is learned by reading."""
    with bad(status, after="0") as server, pytest.raises(Transient):
        WRITES[name](*server.ports(FakeClock(), seconds=RUN))

    assert [method for method in server.asked if method != "GET"] in (["POST"], ["PUT"], ["DELETE"])


@pytest.mark.parametrize("after", ["86400", "Fri, 15 Jan 2038 08:00:00 GMT", "-1", "abc", "9" * 400, None])
@pytest.mark.parametrize("name", READS)
def test_sec_30_no_server_makes_a_read_outlive_its_run(name: str, after: str | None) -> None:
    """At most three attempts, and at most the time of the run, however long the server wants us to wait."""
    clock = FakeClock()
    with bad(after=after) as server, pytest.raises(Transient):
        READS[name](*server.ports(clock, seconds=RUN))

    assert 1 <= len(server.asked) <= 3
    assert clock.monotonic() <= RUN


@pytest.mark.parametrize("name", [*READS, *WRITES])
def test_sec_30_every_call_ends_with_its_run_when_nobody_answers(name: str) -> None:
    """A server that takes the connection and says nothing, ever."""
    ended = threading.Event()
    raised: list[Exception] = []

    def ask(server: Bad) -> None:
        try:
            {**READS, **WRITES}[name](*server.ports(SystemClock(), seconds=0.3))
        except Transient as error:
            raised.append(error)
        ended.set()

    with bad(silent=True) as server:
        threading.Thread(target=ask, args=(server,), daemon=True).start()

        assert ended.wait(30), f"{name} hangs"
    assert len(raised) == 1


@pytest.mark.parametrize("port", [Repository, Workspace])
def test_sec_30_no_call_of_a_port_is_forgotten(port: type) -> None:
    """Each method of both ports stands in one of the tables above."""
    tried = " ".join([*READS, *WRITES])

    assert [name for name in vars(port) if not name.startswith("_") and name not in tried] == []
