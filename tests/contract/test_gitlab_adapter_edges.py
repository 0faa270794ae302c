"""The GitLab adapter against answers that no proper GitLab gives, or only rarely."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from threading import Event

import pytest

from shared.domain.errors import Permanent, Refused, ServiceError, Transient
from shared.domain.gitlab import Commit, Deployment, MergeRequest, Note, OnCommit, OnMergeRequest, StoredFile
from shared.ports.gitlab import Repository
from tests.contract.gitlab_script import OTHER, SHA, opened, told
from tests.fakes import FakeClock
from tests.scripted import Asked, Told, halting, json_answer, scripted

WHEN = "2026-11-20T10:00:00.000Z"


def reason_of(call: Callable[[], object], kind: type[ServiceError] = Permanent) -> str:
    with pytest.raises(kind) as caught:
        call()
    return caught.value.reason


def raw(data: bytes, **more: str | None) -> Told:
    """A file as GitLab sends it; names of headers without their dashes, None for one that isn't there."""
    headers = {"Size": str(len(data)), "ContentSha256": hashlib.sha256(data).hexdigest(), **more}
    dashed = {"Size": "Size", "ContentSha256": "Content-Sha256", "BlobId": "Blob-Id"}
    return Told(
        body=data,
        headers={"Content-Type": "text/plain"}
        | {f"X-Gitlab-{dashed[name]}": value for name, value in headers.items() if value is not None},
    )


def raw_slowly(clock: FakeClock, done: Event, *, seconds: int) -> Told:
    """A good answer, whose headers take their time."""
    return replace(raw(b"whole"), slowly=halting(clock, done, seconds=seconds))


def stored(data: bytes, **more: object) -> dict[str, object]:
    content = base64.b64encode(data).decode()
    return {"content": content, "content_sha256": hashlib.sha256(data).hexdigest(), "last_commit_id": SHA, **more}


def diff(**more: object) -> dict[str, object]:
    plain = {"old_path": "a", "new_path": "a", "a_mode": "100644", "b_mode": "100644", "diff": "@@ -1 +1 @@"}
    return {**plain, "new_file": False, "renamed_file": False, "deleted_file": False, **more}


@pytest.mark.parametrize(
    "row",
    [
        stored(b"x", content_sha256="0" * 64),
        stored(b"x", content="%%%"),
        stored(b"x", last_commit_id="main"),
        stored(b"x", last_commit_id=None),
        {},
        [],
        None,
        "x",
    ],
)
def test_a_file_that_does_not_match_its_own_hash_or_shape_is_odd(row: object) -> None:
    """A config that came broken is asked again."""
    with told(row) as server:
        assert reason_of(lambda: opened(server).file("x", "main"), Transient) == "gitlab-odd-answer"
        assert len(server.asked) == 3
    with told(row, stored(b"x")) as server:
        found = opened(server).file("x", "main")
        assert found is not None
        assert found.data == b"x"


def test_content_that_ends_early_is_asked_again() -> None:
    """Half a config is none."""
    with told(Told(body=b"half", promised=8), raw(b"complete")) as server:
        assert opened(server).content("x", SHA) == b"complete"


@pytest.mark.parametrize(
    "odd",
    [
        Told(body=b"<html>Please sign in</html>", headers={"Content-Type": "text/html"}),
        Told(body=b""),
        Told(body=b"{}", headers={"Content-Type": "application/json"}),
        raw(b"whole", ContentSha256=None),
        raw(b"whole", ContentSha256=""),
        raw(b"whole", ContentSha256=hashlib.sha256(b"other").hexdigest()),
        raw(b"whole", ContentSha256=hashlib.sha256(b"other").hexdigest(), BlobId="0" * 40),
        raw(b"whole", Size=None),
        raw(b"whole", Size="6"),
        raw(b"", Size="5"),
        raw(b"", Size="5", ContentSha256=hashlib.sha256(b"whole").hexdigest()),
    ],
)
def test_content_that_does_not_fit_its_headers_is_asked_again(odd: Told) -> None:
    """Whatever comes with 200 in place of a config must not be deployed, nor taken for an empty file."""
    with told(odd) as server:
        assert reason_of(lambda: opened(server).content("x", SHA), Transient) == "gitlab-odd-answer"
        assert len(server.asked) == 3
    with told(odd, raw(b"whole")) as server:
        assert opened(server).content("x", SHA) == b"whole"
        assert server.asked[1].target == f"/api/v4/projects/a%2Fb/repository/files/x/raw?ref={SHA}"


@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_content_in_another_encoding_is_known_by_its_blob(digest: str) -> None:
    """GitLab hashes text after it has turned it into UTF-8; what is sent are the bytes as they are."""
    data, shown = "ü".encode("latin-1"), "ü".encode()
    blob = hashlib.new(digest, b"blob %d\0" % len(data) + data).hexdigest()
    with told(raw(data, ContentSha256=hashlib.sha256(shown).hexdigest(), BlobId=blob)) as server:
        assert opened(server).content("x", SHA) == data


def test_an_empty_file_is_one_that_says_so() -> None:
    """Its size and the hash of nothing."""
    with told(raw(b"")) as server:
        assert opened(server).content("x", SHA) == b""
        assert len(server.asked) == 1


def test_a_pointer_of_large_file_storage_stays_a_pointer() -> None:
    """The object itself would come by way of another host."""
    with told(raw(b"version https://git-lfs")) as server:
        opened(server).content("x", SHA)
        assert "lfs" not in server.asked[0].target


@pytest.mark.parametrize(
    ("cut", "complete"),
    [
        (diff(), True),
        (diff(diff="", renamed_file=True, new_path="b"), True),
        (diff(diff="", b_mode="100755"), True),
        (diff(diff=""), False),
        (diff(diff=None), False),
        (diff(diff="", new_file=True, a_mode="0"), False),
        (diff(diff="", deleted_file=True, b_mode="0"), False),
        (diff(collapsed=True), False),
        (diff(too_large=True), False),
    ],
)
def test_only_a_whole_diff_is_complete(cut: dict[str, object], complete: bool) -> None:
    """What GitLab left out may hide paths; both lists say so."""
    with told({"commits": [], "diffs": [diff(), cut]}) as server:
        assert opened(server).compare(SHA, OTHER).complete is complete
        assert "straight=false" in server.asked[0].target
    with told([diff(), cut]) as server:
        assert opened(server).touched(SHA)[1] is complete


def test_a_rename_names_both_paths() -> None:
    """The old one has changed too."""
    with told({"commits": [], "diffs": [diff(new_path="b", renamed_file=True)]}) as server:
        assert opened(server).compare(SHA, OTHER).paths == ("a", "b")


@pytest.mark.parametrize("near", [899, 900])
def test_a_diff_near_the_limit_is_not_complete(near: int) -> None:
    """GitLab may have stopped there."""
    with told({"commits": [], "diffs": [diff()] * near}) as server:
        assert opened(server).compare(SHA, OTHER).complete is (near < 900)


def entry(path: str, *, mode: str = "100644", kind: str = "blob") -> dict[str, str]:
    return {"id": OTHER, "name": path.rsplit("/", 1)[-1], "type": kind, "path": path, "mode": mode}


@pytest.mark.parametrize(("mode", "kind"), [("120000", "blob"), ("160000", "commit")])
def test_a_link_that_is_named_like_a_config_is_refused(mode: str, kind: str) -> None:
    """It has no content of its own; others are merely left out."""
    with told([entry("c/a.json"), entry("c/b.json", mode=mode, kind=kind)]) as server:
        with pytest.raises(Refused) as caught:
            opened(server).tree(SHA, "c")
        assert (caught.value.reason, "c/b.json" in caught.value.detail) == ("tree-unusual", True)
    with told(
        [
            entry("c/a.json", mode="100755"),
            entry("c/b", mode=mode, kind=kind),
            entry("c/x.json", kind="tree", mode="040000"),
        ]
    ) as server:
        assert opened(server).tree(SHA, "c") == {"c/a.json": OTHER}


def test_a_forbidden_tree_is_not_an_absent_folder() -> None:
    """Only a 404 of a commit that is there is."""
    with told({"message": "403 Forbidden"}, status=403) as server:
        assert reason_of(lambda: opened(server).tree(SHA, "c")) == "gitlab-forbidden"


def test_the_next_page_is_the_links_query_at_our_own_address() -> None:
    """A GitLab behind a proxy names hosts that aren't ours."""
    link = {"Link": '<http://evil.example/api/v4/other?page_token=x%2Fy&per_page=100>; rel="next"'}
    first = Told(body=json.dumps([entry("c/a.json")]).encode(), headers={"Content-Type": "application/json", **link})
    with told(first, [entry("c/b.json")]) as server:
        assert set(opened(server).tree(SHA, "c")) == {"c/a.json", "c/b.json"}
        assert server.asked[1].target == "/api/v4/projects/a%2Fb/repository/tree?page_token=x%2Fy&per_page=100"


@pytest.mark.parametrize("url", ["http://x/?page=2", "http://["])
def test_a_link_that_leads_nowhere_new_is_odd(url: str) -> None:
    """Rather than turning in circles until the deadline."""
    link = {"Link": f'<{url}>; rel="next"', "Content-Type": "application/json"}
    with told(Told(body=json.dumps([entry("c/a.json")]).encode(), headers=link)) as server:
        assert reason_of(lambda: opened(server).tree(SHA, "c"), Transient) == "gitlab-odd-answer"


@pytest.mark.parametrize("rows", [{}, None, "x", [1], [None], json_answer("[" * 100_000)])
def test_a_page_of_any_other_shape_is_odd(rows: object) -> None:
    """Never an empty list."""
    with told(rows) as server:
        calls: tuple[Callable[[], object], ...] = (
            lambda: opened(server).tree(SHA, "c"),
            lambda: list(opened(server).deployments("e")),
            lambda: opened(server).statuses(SHA, branch="b", name="n"),
            lambda: list(opened(server).merged("b")),
            lambda: list(opened(server).notes(OnMergeRequest(1))),
            lambda: list(opened(server).notes(OnCommit(SHA))),
            lambda: list(opened(server).path_commits("p", SHA, first_parent=True)),
            lambda: list(opened(server).line(SHA)),
        )
        for call in calls:
            assert reason_of(call, Transient) == "gitlab-odd-answer"


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"{", b"[]", b"null", b"{}", b'{"id": true}', b'{"id": "1"}'])
@pytest.mark.parametrize("kind", ["application/json", "text/html"])
def test_a_single_answer_of_any_other_shape_is_odd(body: bytes, kind: str) -> None:
    """Reads are repeated, a write's effect is unknown."""
    with told(Told(body=body, headers={"Content-Type": kind})) as server:
        reads: tuple[Callable[[], object], ...] = (
            opened(server).own_id,
            lambda: opened(server).head("main"),
            lambda: opened(server).compare(SHA, OTHER),
            lambda: opened(server).is_ancestor(SHA, OTHER),
        )
        for call in reads:
            assert reason_of(call, Transient) == "gitlab-odd-answer"
        assert len(server.asked) == 3 * len(reads)
        server.asked.clear()
        write = partial(opened(server).write_note, OnCommit(SHA), "x", replaces=None)
        assert reason_of(write, Transient) == "gitlab-odd-answer"
        assert len(server.asked) == 1


def test_a_user_that_is_gone_is_nobody() -> None:
    """Its records are still listed, as no user's own."""
    row = {"id": 9, "iid": 1, "sha": SHA, "status": "success", "user": None, "ref": "b", "created_at": WHEN}
    with told([row]) as server:
        assert list(opened(server).deployments("e")) == [Deployment(9, SHA, "success", 0, "b", WHEN, 1)]


@pytest.mark.parametrize("length", [40, 64])
def test_both_kinds_of_ids_are_taken(length: int) -> None:
    """A repository of SHA-256 has ids of 64 digits, everywhere."""
    sha = "c" * length
    commit = {"id": sha, "parent_ids": ["d" * length], "message": "m"}
    row = {"id": 1, "iid": 1, "sha": sha, "status": "success", "user": None, "ref": "b", "created_at": WHEN}
    merge_request = {"iid": 1, "source_branch": "x", "sha": sha}
    cases: tuple[tuple[object, Callable[[Repository], object], object], ...] = (
        ({"commit": commit}, lambda port: port.head("b"), sha),
        (stored(b"x", last_commit_id=sha), lambda port: port.file("x", "b"), StoredFile(b"x", sha)),
        ({"id": sha}, lambda port: port.is_ancestor(sha, "e" * length), True),
        ([commit], lambda port: list(port.line(sha)), [sha]),
        ([row], lambda port: [each.commit for each in port.deployments("e")], [sha]),
        ([merge_request], lambda port: [each.landed for each in port.merged("b")], [{sha}]),
    )
    for answer, call, found in cases:
        with told(answer) as server:
            assert call(opened(server)) == found


@pytest.mark.parametrize("sha", ["c" * 39, "c" * 41, "c" * 63, "c" * 65, "C" * 40, "g" * 40, "", "main"])
def test_anything_else_is_no_id(sha: str) -> None:
    """Short ids and names could stand for another commit tomorrow."""
    with told([{"id": sha}]) as server:
        assert reason_of(lambda: list(opened(server).line(SHA)), Transient) == "gitlab-odd-answer"


@pytest.mark.parametrize("wrong", [{"ref": None}, {"created_at": None}, {"created_at": 1}, {"sha": "x"}])
def test_a_deployment_of_any_other_shape_is_odd(wrong: dict[str, object]) -> None:
    """Nothing of it is guessed."""
    row = {"id": 9, "iid": 1, "sha": SHA, "status": "success", "user": None, "ref": "b", "created_at": WHEN}
    with told([row | wrong]) as server:
        assert reason_of(lambda: list(opened(server).deployments("e")), Transient) == "gitlab-odd-answer"


def test_an_unmerged_sha_is_not_asked_for() -> None:
    """Fast-forward leaves both other shas empty."""
    row = {"iid": 1, "source_branch": "x", "sha": SHA, "merge_commit_sha": None, "squash_commit_sha": None}
    with told([row]) as server:
        assert list(opened(server).merged("b")) == [MergeRequest(1, "x", frozenset({SHA}))]


@pytest.mark.parametrize(
    ("other", "rewritten"),
    [
        ({}, False),
        ({"committed_date": "2026-11-21T10:00:00.000Z"}, True),
        ({"committer_email": "ann@example.com"}, True),
        ({"authored_date": None, "committed_date": None}, True),
    ],
    ids=["as it was made", "rebased by its author", "rebased by somebody", "of no known time"],
)
def test_a_commit_that_was_put_elsewhere_is_known_by_its_committer(
    other: dict[str, str | None], *, rewritten: bool
) -> None:
    """Its message came along, but what it says of its content may no longer be true."""
    signed = {"author_email": "a@b", "committer_email": "a@b", "authored_date": WHEN, "committed_date": WHEN, **other}
    row = {"id": SHA, "parent_ids": [OTHER], "message": "m", **signed}
    with told({"commits": [row], "diffs": []}) as server:
        assert opened(server).compare(OTHER, SHA).commits == (Commit(SHA, (OTHER,), "m", rewritten=rewritten),)


def test_commits_of_a_merge_request_may_lack_their_parents() -> None:
    """Where they can't be done without, in a comparison, that is odd."""
    row = {"id": SHA, "message": "m"}
    with told([row]) as server:
        assert opened(server).merge_request_commits(1) == (Commit(SHA, (), "m", rewritten=True),)
    with told({"commits": [row], "diffs": []}) as server:
        assert reason_of(lambda: opened(server).compare(SHA, OTHER), Transient) == "gitlab-odd-answer"


def test_statuses_are_sorted_whatever_order_they_come_in() -> None:
    """The newest one has the highest id."""
    row = {"description": None, "author": {"id": 1}, "created_at": "2026-11-20T10:00:00.000Z"}
    rows = [{**row, "id": number, "status": str(number)} for number in (2, 3, 1)]
    with told(rows) as server:
        found = opened(server).statuses(SHA, branch="b", name="n")
        assert [status.state for status in found] == ["3", "2", "1"]


def test_what_gitlab_itself_writes_on_a_commit_is_no_note() -> None:
    """System notes of a discussion are left out."""
    notes = [{"id": number, "body": "x", "author": {"id": 1}, "system": number == 2} for number in (1, 2, 3)]
    with told([{"id": "t", "notes": notes}]) as server:
        assert [note.id for note in opened(server).notes(OnCommit(SHA))] == [3, 1]


@pytest.mark.parametrize("notes", [[], None, [1]])
def test_a_new_thread_without_its_note_is_odd(notes: object) -> None:
    """Whether it was written has to be looked up."""
    with told({"id": "t", "notes": notes}) as server:
        write = partial(opened(server).write_note, OnCommit(SHA), "x", replaces=None)
        assert reason_of(write, Transient) == "gitlab-odd-answer"


def test_a_note_without_its_thread_can_not_be_replaced() -> None:
    """GitLab changes notes of commits by way of their thread."""
    with told({}) as server:
        write = partial(opened(server).write_note, OnCommit(SHA), "x", replaces=Note(1, "x", 1))
        assert reason_of(write) == "url-refused"
        assert server.asked == []


def test_a_deployment_that_can_not_be_ended_any_more_is_read_again() -> None:
    """Equal is fine, anything else is refused."""
    row = {"id": 1, "sha": SHA, "status": "failed", "user": {"id": 1}}
    refusal = json_answer('{"message": "400 Bad request"}', 400)
    deployment = Deployment(1, SHA, "running", 1, "b", WHEN)
    with told(refusal, row) as server:
        opened(server).end_deployment(deployment, "failed")
        assert [asked.method for asked in server.asked] == ["PUT", "GET"]
    with told(refusal, row) as server:
        assert reason_of(lambda: opened(server).end_deployment(deployment, "success")) == "gitlab-refused"


def test_a_busy_status_is_transient_and_not_repeated() -> None:
    """Somebody else is writing the same one."""
    with told({"message": "409 Another update"}, status=409) as server:
        post = partial(opened(server).post_status, SHA, branch="b", name="n", state="failed", description="")
        assert reason_of(post, Transient) == "gitlab-busy"
        assert len(server.asked) == 1


def test_an_unrelated_history_has_no_ancestor_in_it() -> None:
    """No merge base at all."""
    with told({"message": "404 Merge Base Not Found"}, status=404) as server:
        assert not opened(server).is_ancestor(SHA, OTHER)


def test_a_head_that_is_gone_is_an_error() -> None:
    """Only the commit asked about may be gone."""
    with told({"message": f"Could not find ref: {OTHER}"}, status=400) as server:
        assert reason_of(lambda: opened(server).is_ancestor(SHA, OTHER)) == "gitlab-refused"


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("30", 30.5, 32),
        ("86400", 60.5, 62),
        ("-1", 0.5, 2),
        ("abc", 0.5, 2),
        ("Fri, 15 Jan 2027 08:00:09 GMT", 9.5, 11),
    ],
)
@pytest.mark.parametrize("status", [429, 502])
def test_sec_30_gitlabs_retry_after_is_obeyed_within_reason(
    header: str, least: float, most: float, status: int
) -> None:
    """python-gitlab would sleep a day, or break over a date; RateLimit-Reset isn't looked at."""
    clock = FakeClock(now=1_800_000_000)
    wait = Told(status, b"Retry later", {"Retry-After": header, "RateLimit-Reset": "99999999999"})
    with told(wait, {"id": 7}) as server:
        assert opened(server, clock=clock).own_id() == 7
        assert least <= clock.slept[0] <= most


def test_sec_30_a_body_that_trickles_is_cut_at_the_deadline() -> None:
    """Time is looked at whenever a piece arrives, for reads and for writes."""
    clock, done = FakeClock(), Event()

    def late(_asked: Asked) -> Told:
        clock.advance(301)
        return Told(body=b"x", promised=100, hold=done)

    with scripted(late) as server:
        for call in (
            lambda repository: repository.content("x", SHA),
            lambda repository: repository.write_note(OnCommit(SHA), "x", replaces=None),
        ):
            assert reason_of(partial(call, opened(server, clock=clock)), Transient) == "deadline"
        assert len(server.asked) == 2
        done.set()


def test_headers_that_trickle_use_up_a_part_of_the_time_only() -> None:
    """Each of three attempts is ended in the middle of them; most of the run's time is left for others."""
    clock, done = FakeClock(), Event()
    with scripted(lambda _asked: raw_slowly(clock, done, seconds=34)) as server:
        repository = opened(server, clock=clock)
        assert reason_of(lambda: repository.content("x", SHA), Transient) == "gitlab-unavailable"
        assert len(server.asked) == 3
        assert clock.monotonic() < 150
        assert not done.is_set()
        done.set()


def test_headers_that_trickle_past_the_deadline_end_a_write() -> None:
    """What has been done is unknown, and it isn't sent again."""
    clock, done = FakeClock(), Event()
    with scripted(lambda _asked: raw_slowly(clock, done, seconds=301)) as server:
        write = partial(opened(server, clock=clock).write_note, OnCommit(SHA), "x", replaces=None)
        assert reason_of(write, Transient) == "deadline"
        assert len(server.asked) == 1
        assert not done.is_set()
        done.set()


def test_an_answer_beyond_the_cap_is_not_swallowed() -> None:
    """20 MiB are far more than any config may have."""
    with told(Told(body=b"x" * (20 * 1024 * 1024 + 1))) as server:
        assert reason_of(lambda: opened(server).content("x", SHA), Transient) == "answer-too-big"
        assert len(server.asked) == 1


def test_a_server_that_is_not_there_is_unavailable() -> None:
    """For reads after three attempts, for writes after one."""
    with told({}) as server:
        repository = opened(server)
    assert reason_of(lambda: repository.head("main"), Transient) == "gitlab-unavailable"
    assert (
        reason_of(lambda: repository.write_note(OnCommit(SHA), "x", replaces=None), Transient) == "gitlab-unavailable"
    )


def test_dotted_names_are_refused_before_anything_is_sent() -> None:
    """They would ask for something else."""
    with told({}) as server:
        calls: tuple[Callable[[], object], ...] = (
            lambda: opened(server).head(".."),
            lambda: opened(server).file("..", "main"),
            lambda: opened(server).content(".", SHA),
            lambda: opened(server).touched(".."),
            lambda: opened(server).statuses("..", branch="b", name="n"),
            lambda: opened(server).post_status("..", branch="b", name="n", state="failed", description=""),
            lambda: list(opened(server).notes(OnCommit(".."))),
            lambda: opened(server).write_note(OnCommit(".."), "x", replaces=None),
        )
        for call in calls:
            assert reason_of(call) == "url-refused"
        assert server.asked == []
