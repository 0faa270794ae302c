"""What leaves the service: only to where the settings say, never with a secret in sight, never twice."""

import json
import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.aic.connection import AicConnection
from shared.adapters.aic.place import AicPlace
from shared.adapters.aic.workspace import AicWorkspace
from shared.adapters.gitlab.connection import GitlabConnection
from shared.adapters.gitlab.repository import GitlabRepository
from shared.deadline import Deadline
from shared.domain import address, content
from shared.domain.errors import Permanent, Refused, ServiceError, Transient
from shared.domain.gitlab import CiPipeline, Deployment, FileAction, Note, OnCommit, OnMergeRequest
from shared.ports.aic import Workspace
from shared.ports.gitlab import Repository
from tests.fakes import FakeClock
from tests.scripted import Asked, Scripted, Told, json_answer, scripted

SHA = "a" * 40
CANARY = "glpat-canary-4f7b"
CONTENT = content.of_job({"stages": []})
NOTE = Note(1, "x", 1, "t")
DEPLOYMENT = Deployment(1, SHA, "running", 1, "b", "2026-11-20T10:00:00Z")
CI_PIPELINE = CiPipeline(1, SHA, "failed", 1, "https://gitlab.test/-/pipelines/1")

GITLAB_CALLS: dict[str, Callable[[Repository], object]] = {
    "own_id": lambda port: port.own_id(),
    "head": lambda port: port.head("main"),
    "file": lambda port: port.file("a", "main"),
    "content": lambda port: port.content("a", SHA),
    "compare": lambda port: port.compare(SHA, "b" * 40),
    "touched": lambda port: port.touched(SHA),
    "tree": lambda port: port.tree(SHA, "a"),
    "is_ancestor": lambda port: port.is_ancestor(SHA, "b" * 40),
    "path_commits": lambda port: list(port.path_commits("a", SHA, first_parent=True)),
    "line": lambda port: list(port.line(SHA)),
    "deployments": lambda port: list(port.deployments("e")),
    "open_deployment": lambda port: port.open_deployment("e", branch="b", commit=SHA, status="running"),
    "end_deployment": lambda port: port.end_deployment(DEPLOYMENT, "failed"),
    "statuses": lambda port: port.statuses(SHA, branch="b", name="n"),
    "post_status": lambda port: port.post_status(SHA, branch="b", name="n", state="failed", description=""),
    "merged": lambda port: list(port.merged("b", since="2026-11-20T10:00:00+01:00")),
    "merge_request_commits": lambda port: port.merge_request_commits(1),
    "notes": lambda port: list(port.notes(OnMergeRequest(1))),
    "notes of a commit": lambda port: list(port.notes(OnCommit(SHA))),
    "write_note": lambda port: port.write_note(OnMergeRequest(1), "x", replaces=None),
    "write_note again": lambda port: port.write_note(OnMergeRequest(1), "x", replaces=NOTE),
    "delete_note": lambda port: port.delete_note(OnMergeRequest(1), NOTE),
    "write_note on a commit": lambda port: port.write_note(OnCommit(SHA), "x", replaces=None),
    "write_note on a commit again": lambda port: port.write_note(OnCommit(SHA), "x", replaces=NOTE),
    "last_touched": lambda port: port.last_touched("a", SHA),
    "archive": lambda port: list(port.archive(SHA, "a")),
    "commit": lambda port: port.commit("b", [FileAction("create", "a", b"x")], message="m"),
    "branch_names": lambda port: port.branch_names("a"),
    "delete_branch": lambda port: port.delete_branch("b"),
    "proposals": lambda port: list(port.proposals(target="b", state="opened")),
    "proposal": lambda port: port.proposal(1),
    "issue": lambda port: port.issue(1),
    "merge_result": lambda port: port.merge_result(1),
    "propose": lambda port: port.propose("a", "b", title="t", description="d"),
    "edit_proposal": lambda port: port.edit_proposal(1, description="d"),
    "accept": lambda port: port.accept(1, head=SHA),
    "hooks": lambda port: port.hooks(),
    "token": lambda port: port.token(),
    "access": lambda port: port.access(),
    "start_pipeline": lambda port: port.start_pipeline("b"),
    "start_pipeline with variables": lambda port: port.start_pipeline("b", variables={"A": "1"}),
    "started_pipelines": lambda port: list(port.started_pipelines("b", since="2026-11-20T10:00:00+01:00")),
    "ci_pipeline": lambda port: port.ci_pipeline(1),
    "ci_variables": lambda port: port.ci_variables(1),
    "ci_jobs": lambda port: port.ci_jobs(CI_PIPELINE),
    "cancel_pipeline": lambda port: port.cancel_pipeline(1),
    "fail_deployment": lambda port: port.fail_deployment(DEPLOYMENT),
}
AIC_CALLS: dict[str, Callable[[Workspace], object]] = {
    "jobs": lambda port: port.jobs(),
    "read": lambda port: port.read("a"),
    "create": lambda port: port.create("A", CONTENT),
    "update": lambda port: port.update("a", "A", CONTENT),
}
CALLS = [("gitlab", name) for name in GITLAB_CALLS] + [("aic", name) for name in AIC_CALLS]


def in_time() -> Deadline:
    return Deadline.within(FakeClock(), seconds=300)


def repository(url: str) -> Repository:
    return GitlabRepository(GitlabConnection(url, CANARY), "a/b", deadline=in_time())


def workspace(url: str) -> Workspace:
    return AicWorkspace(AicPlace(AicConnection(f"{url}/v1", CANARY), project="P", workspace="W", deadline=in_time()))


def call(system: str, name: str, *, url: str) -> object:
    """One call of a port against that address; AIC's two lookups come first."""
    return GITLAB_CALLS[name](repository(url)) if system == "gitlab" else AIC_CALLS[name](workspace(url))


def lookups_then(answer: Callable[[Asked], Told]) -> Callable[[Asked], Told]:
    """AIC's lookups succeed, everything else is answered as told."""

    def answers(asked: Asked) -> Told:
        lookup = re.fullmatch(r"/v1/projects(/p/workspaces)?", asked.target)
        if lookup:
            return json_answer(json.dumps([{"$id": "p", "name": "P"}, {"$id": "w", "name": "W"}]))
        return answer(asked)

    return answers


def test_every_method_of_the_ports_is_called_here() -> None:
    """A new one has to be tried as well."""
    for port, calls in ((Repository, GITLAB_CALLS), (Workspace, AIC_CALLS)):
        methods = {name for name in vars(port) if not name.startswith("_")}
        assert methods == {name.split(" ")[0] for name in calls}


HOSTILE_URLS = [
    "",
    "git.example.com",
    "//git.example.com",
    "https://",
    "https:///api",
    "http://git.example.com",
    "ftp://git.example.com",
    "file:///etc/passwd",
    "https://user@git.example.com",
    "https://user:word@git.example.com",
    "https://@git.example.com",
    "https://git.example.com?x=1",
    "https://git.example.com?",
    "https://git.example.com#x",
    "https://git.example.com#",
    "https://git.example.com.",
    "https://git.example.com.:443",
    "https://git.example.com:",
    "https://git.example.com:0",
    "https://git.example.com:99999",
    "https://git.example.com:x",
    "https://git.example.com/../x",
    "https://git.example.com/a/..",
    "https://git.example.com/./a",
    "https://git.example.com//evil",
    "https://git.example.com/%2e%2e/",
    "https://git.example.com\\@evil.example",
    "https://git.example.com /",
    " https://git.example.com",
    "https://git.exa\tmple.com",
    "https://git.example.com\n",
    "https://gıt.example.com",
    "https://git_hub.example.com",
    "https://-git.example.com",
    "https://git..example.com",
    "https://10.0.0.1",
    "https://8.8.8.8/apis",
    "https://2130706433",
    "https://0x7f000001",
    "https://0x7f.1",
    "https://127.1",
    "https://0177.0.0.1",
    "https://1.2.3.4.5",
    "https://169.254.169.254",
    "http://169.254.169.254/computeMetadata/v1",
    "https://[fd00::1]",
    "https://[::ffff:127.0.0.1]",
    "https://[::ffff:169.254.169.254]",
    "https://[::]",
    "https://0.0.0.0",
    "https://[::1",
    "https://[fe80::1%25eth0]",
    "https://metadata",
    "https://metadata.google.internal",
    "https://METADATA.google.internal/",
    "https://x.metadata.google.internal",
    "https://metadata.goog",
    "https://instance-data.ec2.internal",
    "http://localhost.example.com",
    "http://localhost.",
    "http://127.0.0.1.example.com",
    "http://user@localhost",
]


@pytest.mark.parametrize("url", HOSTILE_URLS)
def test_sec_12_a_base_url_that_could_send_secrets_elsewhere_is_refused_at_construction(url: str) -> None:
    """By both adapters, before any request, without quoting it."""
    for construct in (GitlabConnection, AicConnection):
        with pytest.raises(Refused) as caught:
            construct(url, CANARY)
        assert caught.value.reason == "url-refused"
        assert "example" not in str(caught.value)


@settings(deadline=None)
@given(st.text(alphabet="htps:/.@?#[]%\\0127localexmt \n-", max_size=40))
def test_sec_12_what_passes_is_plain(url: str) -> None:
    """Only a scheme, a host, perhaps a port and a path."""
    try:
        passed = address.check(url)
    except Refused:
        return
    assert re.fullmatch(r"(?i)https?://([a-z0-9.-]+|\[::1\])(:\d+)?(/[!-~]*)?", passed)
    assert not set(passed) & set("@?#%\\ ")


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Scripted]:
    """Another host, that must never be asked."""
    with scripted(lambda _: json_answer("[]")) as server:
        yield server


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(("system", "name"), CALLS)
def test_sec_13_no_redirect_is_followed(elsewhere: Scripted, system: str, name: str, status: int) -> None:
    """To another port, host or scheme: nothing reaches it, and people are told that something moved."""
    port = elsewhere.url.rsplit(":", 1)[1]
    hosts = (elsewhere.url, f"http://localhost:{port}", f"https://127.0.0.1:{port}", f"//127.0.0.1:{port}")
    headers = ({"Location": f"{host}/api/v4/x", "Content-Type": "application/json"} for host in hosts)
    moves = [Told(status, b"{}", header) for header in headers]
    with scripted(lookups_then(lambda _: moves[-1])) as server:
        while moves:
            server.asked.clear()
            with pytest.raises(Permanent) as caught:
                call(system, name, url=server.url)
            assert caught.value.reason == f"{system}-redirect"
            assert len(server.asked) == (1 if system == "gitlab" else 3)
            moves.pop()
    assert elsewhere.asked == []


def test_sec_13_no_redirect_is_followed_within_the_same_host_either() -> None:
    """A moved project is for people to look at: its new path may be anybody's."""
    moved = Told(301, b"", {"Location": "/api/v4/projects/7/repository/branches/main"})
    with scripted(lambda _: moved) as server:
        with pytest.raises(Permanent) as caught:
            call("gitlab", "head", url=server.url)
        assert (caught.value.reason, len(server.asked)) == ("gitlab-redirect", 1)


@pytest.mark.parametrize("name", ["deployments", "tree", "statuses", "touched", "notes"])
def test_sec_13_no_link_to_another_host_is_followed(elsewhere: Scripted, name: str) -> None:
    """The next page is asked of the same host and path."""

    def answers(asked: Asked) -> Told:
        link = f'<{elsewhere.url}/api/v4/x?page=2>; rel="next"' if "page=2" not in asked.target else ""
        return Told(200, b"[]", {"Content-Type": "application/json", "Link": link})

    with scripted(answers) as server:
        call("gitlab", name, url=server.url)
        first, second = (asked.target.partition("?")[0] for asked in server.asked)
        assert first == second
    assert elsewhere.asked == []


@pytest.mark.parametrize("system", ["gitlab", "aic"])
def test_sec_13_proxies_and_passwords_of_the_environment_are_not_used(
    elsewhere: Scripted, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    """Whoever can set a variable must not read along."""
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(variable, elsewhere.url)
    with scripted(lookups_then(lambda _: json_answer('{"jobs": [], "id": 1}'))) as server:
        call(system, "own_id" if system == "gitlab" else "jobs", url=server.url)
        assert server.asked
    assert elsewhere.asked == []


hostile_names = st.one_of(
    st.text(),
    st.sampled_from(
        [
            "",
            ".",
            "..",
            "../..",
            "https://evil.example/x",
            "//evil.example",
            "a/../../b",
            "%2e%2e",
            "..%2f",
            "a?b#c",
            "\\",
        ]
    ),
    st.text(alphabet="./\\%2eE?#@:", max_size=12),
)


@settings(deadline=None)
@given(hostile_names)
def test_sec_14_no_id_of_aic_leads_out_of_its_workspace(name: str) -> None:
    """An id is a plain one or refused before anything is sent; ids that AIC itself lists too."""
    asked: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json=[{"$id": "p", "name": "P"}, {"$id": "w", "name": "W"}])

    connection = AicConnection("https://aic.example/v1", CANARY, transport=httpx.MockTransport(handler))
    opened = AicWorkspace(AicPlace(connection, project="P", workspace="W", deadline=in_time()))
    for attempt in (partial(opened.read, name), partial(opened.update, name, "A", CONTENT)):
        with suppress(ServiceError):
            attempt()
    within = r"https://aic\.example/v1/projects(/p/workspaces(/w/jobs/(?!\.{1,2}$)[A-Za-z0-9._-]{1,128})?)?"
    assert all(re.fullmatch(within, url) for url in asked)


@settings(deadline=None)
@given(hostile_names)
def test_sec_14_no_path_of_the_aic_connection_leaves_its_base(name: str) -> None:
    """The lower layer holds by itself: each name is one segment below the base."""
    asked: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200)

    connection = AicConnection("https://aic.example/v1", CANARY, transport=httpx.MockTransport(handler))
    try:
        connection.send("GET", ("projects", name, "workspaces"), deadline=in_time())
    except Permanent as refused:
        assert refused.reason == "url-refused"  # noqa: PT017 - refusing is one of two right outcomes
    assert all(re.fullmatch(r"https://aic\.example/v1/projects/[^/?#\\]+/workspaces", url) for url in asked)


@pytest.fixture(scope="module")
def gitlab_like() -> Iterator[Scripted]:
    with scripted(lambda _: json_answer("{}", 404)) as server:
        yield server


@settings(deadline=None)
@given(name=hostile_names)
def test_sec_14_no_name_leads_out_of_the_gitlab_project(gitlab_like: Scripted, name: str) -> None:
    """Branches, paths and commits stay one segment of the project's own address."""
    gitlab_like.asked.clear()
    port = repository(gitlab_like.url)
    for attempt in (
        partial(port.head, name),
        partial(port.file, name, "main"),
        partial(port.content, name, SHA),
        partial(port.touched, name),
        partial(port.compare, name, name),
    ):
        with pytest.raises(Permanent):
            attempt()
    within = (
        r"/api/v4/projects/a%2Fb/repository/"
        r"(branches/[^/?#]+|files/[^/?#]+(/raw)?\?ref=\w+|commits/[^/?#]+/diff\?per_page=100|compare\?[^/?#]*)"
    )
    assert all(re.fullmatch(within, asked.target) for asked in gitlab_like.asked)


FAULTS: dict[str, Told] = {
    "401": json_answer(f'{{"message": "401 Unauthorized {CANARY}"}}', 401),
    "403": json_answer(f'{{"message": "{CANARY}"}}', 403),
    "404": json_answer(f'{{"message": "{CANARY}"}}', 404),
    "409": json_answer(f'{{"message": "{CANARY}"}}', 409),
    "422": json_answer(f'{{"message": ["{CANARY}"]}}', 422),
    "429": Told(429, CANARY.encode(), {"Retry-After": CANARY}),
    "500": Told(500, CANARY.encode()),
    "302": Told(302, b"", {"Location": f"https://x.example/?private_token={CANARY}"}),
    "html": Told(200, f"<html>{CANARY}</html>".encode(), {"Content-Type": "text/html"}),
    "odd": json_answer(f'{{"{CANARY}": "{CANARY}"}}'),
    "cut": Told(200, CANARY.encode(), promised=1000),
    "silent": Told(silent=True),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("system", "name"), CALLS)
def test_sec_31_no_error_shows_the_token_or_a_body(system: str, name: str, fault: str) -> None:
    """Neither its text nor its repr nor the traceback that a crash would log."""
    with scripted(lookups_then(lambda _: FAULTS[fault])) as server:
        try:
            call(system, name, url=server.url)
        except ServiceError as error:
            shown = f"{error} {error!r} {error.detail} {error.args} {''.join(traceback.format_exception(error))}"
            assert CANARY not in shown
        assert any(CANARY in " ".join(asked.headers.values()) for asked in server.asked)


@pytest.mark.parametrize(("system", "name"), CALLS)
def test_sec_32_tokens_travel_in_one_header_alone(system: str, name: str) -> None:
    """Not in the address, not in a body, not in a header that others keep on redirects."""
    with scripted(lookups_then(lambda _: json_answer("{}", 418))) as server:
        with pytest.raises(ServiceError):
            call(system, name, url=server.url)
        for asked in server.asked:
            holders = [header for header, value in asked.headers.items() if CANARY in value]
            assert holders == (["authorization"] if system == "gitlab" else ["api-key"])
            assert CANARY not in asked.target
            assert CANARY.encode() not in asked.body


HTTPX_ERRORS = [
    kind
    for kind in vars(httpx).values()
    if isinstance(kind, type) and issubclass(kind, Exception) and kind.__module__.startswith("httpx")
]


@pytest.mark.parametrize("kind", HTTPX_ERRORS, ids=lambda kind: str(kind.__name__))
@pytest.mark.parametrize("name", AIC_CALLS)
def test_sec_32_every_error_of_httpx_is_mapped(kind: type[Exception], name: str) -> None:
    """None of them escapes as itself, and none is quoted."""
    error = kind.__new__(kind)
    Exception.__init__(error, f"https://x.example/?key={CANARY}")

    def handler(request: httpx.Request) -> httpx.Response:
        if not request.url.path.partition("/jobs")[1]:
            return httpx.Response(200, json=[{"$id": "p", "name": "P"}])
        raise error

    connection = AicConnection("https://aic.example", CANARY, transport=httpx.MockTransport(handler))
    opened = AicWorkspace(AicPlace(connection, project="P", workspace="P", deadline=in_time()))
    with pytest.raises(ServiceError) as caught:
        AIC_CALLS[name](opened)
    assert isinstance(caught.value, Permanent if kind is httpx.InvalidURL else Transient)
    assert CANARY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "secret", [f"{CANARY}\r\nx: y", f"{CANARY} ", f"{CANARY}é", f"{CANARY}\u200b", f"\x00{CANARY}"]
)
def test_sec_32_a_secret_that_no_header_can_carry_is_refused_unquoted(secret: str) -> None:
    """The libraries would quote it in their errors."""
    for construct in (partial(GitlabConnection, "https://g.example"), partial(AicConnection, "https://a.example")):
        with pytest.raises(Permanent) as caught:
            construct(secret)
        assert caught.value.reason == "secret-malformed"
        assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_sec_09_objects_do_not_print_their_secrets() -> None:
    """A repr in a log or a debugger shows no token."""
    gitlab_connection, aic_connection = (
        GitlabConnection("https://g.example", CANARY),
        AicConnection("https://a.example", CANARY),
    )
    opened = (
        GitlabRepository(gitlab_connection, "a/b", deadline=in_time()),
        AicWorkspace(AicPlace(aic_connection, project="P", workspace="W", deadline=in_time())),
    )
    assert CANARY not in repr((gitlab_connection, aic_connection, opened))
