"""What every `ports.Repository` promises to the flows: the fake of the tests, and the adapter against the stand-in."""

import hashlib
from dataclasses import replace
from datetime import datetime
from itertools import islice

import pytest

from shared.domain.gitlab import Deployment, Note, OnCommit, OnIssue, OnMergeRequest, Place
from shared.ports.gitlab import Repository
from tests.contract import repositories
from tests.contract.failing import reason_of
from tests.contract.repositories import Bench

KINDS = repositories.KINDS
bench = repositories.bench
NOWHERE = "0123456789" * 4
QA = "aic/qa"
CONFIG = "aic/a.json"


def head(bench: Bench, branch: str = "main") -> str:
    found = bench.repository.head(branch)
    assert found
    return found


def listed(bench: Bench, commit: str, *, first_parent: bool) -> list[str]:
    return list(bench.repository.path_commits(CONFIG, commit, first_parent=first_parent))


def post(repository: Repository, commit: str, state: str, description: str = "", *, name: str = "aic/deploy") -> None:
    repository.post_status(commit, branch="main", name=name, state=state, description=description)


def posted(bench: Bench, commit: str) -> list[tuple[str, str]]:
    found = bench.repository.statuses(commit, branch="main", name="aic/deploy")
    return [(status.state, status.description) for status in found]


def test_a_token_tells_until_when_it_lives_and_what_it_may(bench: Bench) -> None:
    """Without an end it says so; its value it never tells."""
    endless = bench.repository.token()
    bench.expire("2099-12-31")
    token = bench.repository.token()

    assert (endless.ends, endless.scopes, endless.id > 0) == ("", ("api",), True)
    assert (token.id, token.ends) == (endless.id, "2099-12-31")


def test_the_level_of_the_services_user_is_known(bench: Bench) -> None:
    """Maintainers see hooks, developers may do all else."""
    before = bench.repository.access()
    bench.demote()

    assert (before, bench.repository.access()) == (40, 30)


def test_users_have_ids_of_their_own(bench: Bench) -> None:
    """By which the service tells its own records from anybody else's."""
    assert bench.repository.own_id() == bench.repository.own_id() != bench.other.own_id()


def test_a_branch_has_a_newest_commit_and_a_missing_one_has_none(bench: Bench) -> None:
    """A branch name is taken exactly."""
    sha = bench.commit("main", {"a": "1"})
    bench.commit("feature/ä#1", {"b": "1"}, parents=(sha,))

    assert bench.repository.head("main") == sha != bench.repository.head("feature/ä#1")
    assert bench.repository.head("feature") is None
    assert bench.repository.head("Main") is None


def test_a_file_of_the_default_branch_comes_with_its_last_commit(bench: Bench) -> None:
    """Not with the newest commit of the branch."""
    bench.commit("main", {CONFIG: "1"})
    last = bench.commit("main", {CONFIG: "2"})
    bench.commit("main", {"other": "1"})
    bench.commit("side", {CONFIG: "3"}, parents=(last,))
    found = bench.repository.file(CONFIG, "HEAD")

    assert found is not None
    assert (found.data, found.commit) == (b"2", last)
    assert bench.repository.file(CONFIG, "main") == found
    assert bench.repository.file("none", "HEAD") is None
    assert reason_of(lambda: bench.repository.file(CONFIG, NOWHERE)) == "gitlab-not-found"


def test_the_last_commit_of_a_file_may_be_one_that_was_merged(bench: Bench) -> None:
    """As git log tells it: a merge that took the file as it was on the branch has not touched it."""
    old = bench.commit("main", {CONFIG: "1"})
    side = bench.commit("side", {CONFIG: "2"}, parents=(old,))
    other = bench.commit("main", {"other": "1"})
    bench.commit("main", {CONFIG: "2"}, parents=(other, side))
    found = bench.repository.file(CONFIG, "HEAD")

    assert found is not None
    assert found.commit == side


def test_f42_only_an_absent_file_has_no_content(bench: Bench) -> None:
    """A commit that is gone is an error: nobody may take it for a deleted file."""
    sha = bench.commit("main", {CONFIG: b"\xff\x00", "empty": ""})
    later = bench.commit("main", {CONFIG: None})

    assert bench.repository.content(CONFIG, sha) == b"\xff\x00"
    assert bench.repository.content("empty", sha) == b""
    assert bench.repository.content(CONFIG, later) is None
    assert bench.repository.content("aic", sha) is None
    assert reason_of(lambda: bench.repository.content(CONFIG, NOWHERE)) == "gitlab-not-found"


def test_a_comparison_has_every_commit_with_its_parents(bench: Bench) -> None:
    """Merge commits too; those of a merged branch that base lacks as well."""
    base = bench.commit("main", {"a": "1"})
    side = bench.commit("side", {"b": "1"}, parents=(base,))
    plain = bench.commit("main", {"c": "1"})
    merge = bench.commit("main", {"b": "1"}, parents=(plain, side))
    changes = bench.repository.compare(base, merge)

    assert {commit.sha: commit.parents for commit in changes.commits} == {
        side: (base,),
        plain: (base,),
        merge: (plain, side),
    }
    assert len(changes.commits) == 3
    assert not any(commit.rewritten for commit in changes.commits)
    assert (set(changes.paths), changes.complete) == ({"b", "c"}, True)


def test_a_comparison_names_old_and_new_paths(bench: Bench) -> None:
    """Of a rename both; what came and went again is no difference."""
    base = bench.commit("main", {"old.json": "1\n2\n3\n", "gone": "x", "same": "y"})
    bench.commit("main", {"there": "and back", "old.json": None, "new.json": "1\n2\n3\n", "gone": None})
    tip = bench.commit("main", {"there": None})
    changes = bench.repository.compare(base, tip)

    assert (set(changes.paths), changes.complete) == ({"old.json", "new.json", "gone"}, True)


def test_a_comparison_starts_where_the_two_have_parted(bench: Bench) -> None:
    """At the nearest commit that both have, also behind a merge of something much older."""
    root = head(bench)
    old = bench.commit("side", {"side": "1"}, parents=(root,))
    first = bench.commit("main", {"a": "1"})
    base = bench.commit("main", {"b": "1"})
    middle = bench.commit("main", {"c": "1"})
    last = bench.commit("main", {"d": "1"})
    merge = bench.commit("merged", {"c": "1", "d": "1", "a": "1", "b": "1"}, parents=(old, last))

    assert set(bench.repository.compare(base, merge).paths) == {"side", "c", "d"}
    ahead = bench.commit("ahead", {"ahead": "1"}, parents=(first,))
    changes = bench.repository.compare(ahead, middle)
    assert {commit.sha for commit in changes.commits} == {base, middle}
    assert set(changes.paths) == {"b", "c"}


def test_a_comparison_with_itself_or_an_ancestor_is_empty(bench: Bench) -> None:
    """Empty and complete: there is nothing to look at."""
    old = head(bench)
    new = bench.commit("main", {"a": "1"})

    for base in (old, new):
        changes = bench.repository.compare(base, old)
        assert (changes.commits, changes.paths, changes.complete) == ((), (), True)


def test_a_comparison_with_a_commit_that_is_gone_is_an_error(bench: Bench) -> None:
    """On either end."""
    known = head(bench)

    assert reason_of(lambda: bench.repository.compare(NOWHERE, known)) == "gitlab-not-found"
    assert reason_of(lambda: bench.repository.compare(known, NOWHERE)) == "gitlab-not-found"


def test_a_commit_touched_what_differs_from_its_first_parent(bench: Bench) -> None:
    """A merge what it brought, a rename both paths, a root commit all its files."""
    base = bench.commit("main", {"a": "1", "b": "1"})
    side = bench.commit("side", {"a": None, "moved": "1"}, parents=(base,))
    plain = bench.commit("main", {"b": "2"})
    merge = bench.commit("main", {"a": None, "moved": "1"}, parents=(plain, side))
    root = bench.commit("orphan", {"x": "1", "y": "1"})
    touched = bench.repository.touched

    assert [(set(paths), complete) for paths, complete in map(touched, (side, plain, merge, root))] == [
        ({"a", "moved"}, True),
        ({"b"}, True),
        ({"a", "moved"}, True),
        ({"x", "y"}, True),
    ]
    assert reason_of(lambda: touched(NOWHERE)) == "gitlab-not-found"


def test_a_tree_holds_every_file_below_the_folder_with_its_blob(bench: Bench) -> None:
    """By Git's own blob ids, so that equal ids mean equal bytes."""
    sha = bench.commit("main", {"aic/QA/1.json": "{}", "aic/QA/x/2.json": "{}", "aic/QAX.json": "1"})
    blob = hashlib.sha1(b"blob 2\0{}", usedforsecurity=False).hexdigest()

    assert bench.repository.tree(sha, "aic/QA") == {"aic/QA/1.json": blob, "aic/QA/x/2.json": blob}
    assert set(bench.repository.tree(sha, "")) == {"README.md", "aic/QA/1.json", "aic/QA/x/2.json", "aic/QAX.json"}


def test_a_missing_folder_is_empty_but_a_missing_commit_is_an_error(bench: Bench) -> None:
    """Else a commit that is gone would look like one without pipelines."""
    assert bench.repository.tree(head(bench), "aic") == {}
    assert reason_of(lambda: bench.repository.tree(NOWHERE, "aic")) == "gitlab-not-found"


def test_ancestry_follows_history(bench: Bench) -> None:
    """A commit is its own ancestor, one that is gone nobody's; of one that is gone nothing can be said."""
    old = head(bench)
    side = bench.commit("side", {"b": "1"}, parents=(old,))
    new = bench.commit("main", {"a": "1"})
    merge = bench.commit("merged", {"b": "1"}, parents=(new, side))
    is_ancestor = bench.repository.is_ancestor

    assert [is_ancestor(each, merge) for each in (old, side, new, merge)] == [True] * 4
    assert [is_ancestor(each, new) for each in (side, merge, NOWHERE)] == [False] * 3
    assert reason_of(lambda: is_ancestor(old, NOWHERE)) == "gitlab-refused"


def test_a_commit_that_exists_is_its_own_ancestor(bench: Bench) -> None:
    """The first one, the newest one and one in between; a tip that hasn't moved on is no rewritten history."""
    first = head(bench)
    between = bench.commit("main", {"a": "1"})
    newest = bench.commit("main", {"a": "2"})

    assert [bench.repository.is_ancestor(each, each) for each in (first, between, newest)] == [True] * 3


def test_the_line_of_a_commit_is_itself_and_its_first_parents(bench: Bench) -> None:
    """Newest first, down to the root; what a merge brought isn't in it, as it never was the tip."""
    root = head(bench)
    plain = bench.commit("main", {"a": "1"})
    side = bench.commit("side", {"b": "1"}, parents=(root,))
    merge = bench.commit("main", {"b": "1"}, parents=(plain, side))
    tip = bench.commit("main", {"c": "1"})

    assert list(bench.repository.line(tip)) == [tip, merge, plain, root]
    assert list(bench.repository.line(side)) == [side, root]
    assert list(islice(bench.repository.line(tip), 1)) == [tip]
    assert list(bench.repository.line(NOWHERE)) == []


def test_path_commits_are_newest_first_and_leave_others_out(bench: Bench) -> None:
    """Both listings, where there are no merges; a deletion is a change of the path as any other."""
    first = bench.commit("main", {CONFIG: "1"})
    bench.commit("main", {"other": "1"})
    gone = bench.commit("main", {CONFIG: None})
    again = bench.commit("main", {CONFIG: "1"})
    tip = bench.commit("main", {"other": "2"})

    for first_parent in (False, True):
        assert listed(bench, tip, first_parent=first_parent) == [again, gone, first]
        assert list(islice(bench.repository.path_commits(CONFIG, tip, first_parent=first_parent), 1)) == [again]
        assert listed(bench, gone, first_parent=first_parent) == [gone, first]


def test_a_path_that_never_was_has_no_commits(bench: Bench) -> None:
    """Nor has a commit that is gone."""
    assert listed(bench, head(bench), first_parent=False) == []
    assert listed(bench, NOWHERE, first_parent=False) == []
    assert listed(bench, NOWHERE, first_parent=True) == []


def test_a_merge_that_takes_the_branch_is_only_listed_by_first_parents(bench: Bench) -> None:
    """The other listing goes on along the branch, and loses what main had meanwhile."""
    base = bench.commit("main", {CONFIG: "1"})
    side = bench.commit("side", {CONFIG: "3"}, parents=(base,))
    plain = bench.commit("main", {CONFIG: "2"})
    merge = bench.commit("main", {CONFIG: "3"}, parents=(plain, side))

    assert listed(bench, merge, first_parent=False) == [side, base]
    assert listed(bench, merge, first_parent=True) == [merge, plain, base]


def test_a_branch_that_was_merged_as_keep_ours_is_in_no_listing(bench: Bench) -> None:
    """Its versions have to be found another way."""
    base = bench.commit("main", {CONFIG: "1"})
    side = bench.commit("side", {CONFIG: "3"}, parents=(base,))
    plain = bench.commit("main", {CONFIG: "2"})
    merge = bench.commit("main", {}, parents=(plain, side))

    assert listed(bench, merge, first_parent=False) == [plain, base]
    assert listed(bench, merge, first_parent=True) == [plain, base]


def test_a_merge_that_reverts_both_sides_is_in_both_listings(bench: Bench) -> None:
    """It differs from all its parents, so the first listing follows each of them."""
    base = bench.commit("main", {CONFIG: "1"})
    side = bench.commit("side", {CONFIG: "3"}, parents=(base,))
    plain = bench.commit("main", {CONFIG: "2"})
    merge = bench.commit("main", {CONFIG: "1"}, parents=(plain, side))
    tip = bench.commit("main", {"other": "1"})

    assert listed(bench, tip, first_parent=False) == [merge, plain, side, base]
    assert listed(bench, tip, first_parent=True) == [merge, plain, base]


def test_deployments_are_newest_first_of_one_environment_by_anybody(bench: Bench) -> None:
    """With the id of whoever made each."""
    commit = head(bench)
    opened = [
        repository.open_deployment(QA, branch="main", commit=commit, status=status)
        for repository, status in (
            (bench.repository, "failed"),
            (bench.other, "success"),
            (bench.repository, "running"),
        )
    ]
    bench.repository.open_deployment("aic/other", branch="main", commit=commit, status="success")

    assert list(bench.repository.deployments(QA)) == opened[::-1]
    assert [(each.commit, each.status, each.user) for each in opened] == [
        (commit, "failed", bench.repository.own_id()),
        (commit, "success", bench.other.own_id()),
        (commit, "running", bench.repository.own_id()),
    ]
    assert list(bench.repository.deployments("aic/none")) == []


@pytest.mark.parametrize("status", ["success", "failed", "canceled"])
def test_a_running_deployment_is_ended_and_the_same_end_again_is_fine(bench: Bench, status: str) -> None:
    """Two deliveries may come to the same end; it stays one record, in its place."""
    running = bench.repository.open_deployment(QA, branch="main", commit=head(bench), status="running")
    newer = bench.repository.open_deployment(QA, branch="main", commit=head(bench), status="running")
    bench.repository.end_deployment(running, status)
    bench.repository.end_deployment(running, status)

    ended = replace(running, status=status)
    assert list(bench.repository.deployments(QA)) == [newer, ended]


@pytest.mark.parametrize("ended", ["success", "failed", "canceled"])
@pytest.mark.parametrize("status", ["running", "success", "failed", "canceled"])
def test_a_deployment_that_is_known_to_have_ended_stays(bench: Bench, ended: str, status: str) -> None:
    """A proven success is never turned into anything else, nor is any other end."""
    deployment = bench.repository.open_deployment(QA, branch="main", commit=head(bench), status=ended)

    assert reason_of(lambda: bench.repository.end_deployment(deployment, status)) == "gitlab-refused"
    assert list(bench.repository.deployments(QA)) == [deployment]


def test_a_deployment_that_ended_unnoticed_can_end_otherwise_but_not_run_again(bench: Bench) -> None:
    """GitLab lets the last one to speak decide: who holds an old value has to look first."""
    running = bench.repository.open_deployment(QA, branch="main", commit=head(bench), status="running")
    bench.repository.end_deployment(running, "success")

    assert reason_of(lambda: bench.repository.end_deployment(running, "running")) == "gitlab-refused"
    bench.repository.end_deployment(running, "failed")
    assert [each.status for each in bench.repository.deployments(QA)] == ["failed"]


def test_deployments_tell_their_branch_and_number_and_when_they_were_made(bench: Bench) -> None:
    """Each its own branch and number; the time in ISO 8601, with its zone."""
    commit = bench.commit("develop", {"a": "1"}, parents=(head(bench),))
    for branch in ("main", "develop"):
        bench.repository.open_deployment(QA, branch=branch, commit=commit, status="success")
    found = list(bench.repository.deployments(QA))

    assert [each.branch for each in found] == ["develop", "main"]
    newer, older = (datetime.fromisoformat(each.created) for each in found)
    assert newer.utcoffset() is not None
    assert newer >= older
    assert [each.number - found[1].number for each in found] == [1, 0]


def test_a_deployment_of_what_is_gone_is_refused(bench: Bench) -> None:
    """Its commit, its branch, or the record itself."""
    commit = head(bench)
    opened = bench.repository.open_deployment

    assert reason_of(lambda: opened(QA, branch="main", commit=NOWHERE, status="running")) == "gitlab-refused"
    assert reason_of(lambda: opened(QA, branch="gone", commit=commit, status="running")) == "gitlab-refused"
    assert list(bench.repository.deployments(QA)) == []
    unknown = Deployment(999, commit, "running", bench.repository.own_id(), "main", "2026-11-20T10:00:00Z")
    assert reason_of(lambda: bench.repository.end_deployment(unknown, "failed")) == "gitlab-not-found"


@pytest.mark.parametrize("end", ["success", "failed", "canceled"])
def test_a_running_status_is_carried_on_to_its_end(bench: Bench, end: str) -> None:
    """Running and its end are one record; running again changes nothing, not even the description."""
    commit = head(bench)
    post(bench.repository, commit, "pending", "waits")
    post(bench.repository, commit, "running", "one")
    post(bench.repository, commit, "running", "two")
    assert posted(bench, commit) == [("running", "one")]
    post(bench.repository, commit, end, "three")

    assert posted(bench, commit) == [(end, "three")]


def test_a_finished_status_is_followed_by_another(bench: Bench) -> None:
    """Newest first, also of equal ones and of a new start."""
    commit = head(bench)
    for state, description in (("success", "one"), ("success", "one"), ("failed", "two"), ("running", "three")):
        post(bench.repository, commit, state, description)

    assert posted(bench, commit) == [("running", "three"), ("failed", "two"), ("success", "one"), ("success", "one")]


def test_statuses_are_of_one_commit_name_and_branch_by_anybody(bench: Bench) -> None:
    """Nobody carries on what another user runs."""
    commit = head(bench)
    post(bench.repository, commit, "running", "mine")
    post(bench.other, commit, "success", "theirs")
    post(bench.repository, commit, "success", "x", name="aic/plan")
    found = bench.repository.statuses(commit, branch="main", name="aic/deploy")

    assert all(datetime.fromisoformat(status.created).tzinfo for status in found)
    assert [(status.state, status.user) for status in found] == [
        ("success", bench.other.own_id()),
        ("running", bench.repository.own_id()),
    ]
    assert bench.repository.statuses(commit, branch="develop", name="aic/deploy") == ()
    later = bench.commit("main", {"a": "1"})
    assert posted(bench, later) == []


def test_a_status_of_a_commit_that_is_gone_is_an_error(bench: Bench) -> None:
    """To ask for and to set."""
    assert reason_of(lambda: posted(bench, NOWHERE)) == "gitlab-not-found"
    assert reason_of(lambda: post(bench.repository, NOWHERE, "success")) == "gitlab-not-found"


def test_a_long_description_is_cut(bench: Bench) -> None:
    """At the 255 characters that GitLab keeps."""
    commit = head(bench)
    post(bench.repository, commit, "success", "ü" * 300)

    assert posted(bench, commit) == [("success", "ü" * 255)]


@pytest.mark.parametrize("squash", [False, True], ids=["", "squash"])
@pytest.mark.parametrize("forward", [False, True], ids=["merge", "forward"])
def test_a_merged_request_tells_every_sha_that_may_have_landed(bench: Bench, squash: bool, forward: bool) -> None:
    """The target's new head is always among them, however it was merged."""
    start = head(bench)
    first = bench.commit("topic", {CONFIG: "1"}, parents=(start,))
    last = bench.commit("topic", {CONFIG: "2"})
    iid = bench.merge("topic", "main", squash=squash, forward=forward)
    (found,) = bench.repository.merged("main")
    tip = head(bench)
    new = {commit.sha for commit in bench.repository.compare(start, tip).commits}

    assert (found.iid, found.source_branch) == (iid, "topic")
    assert tip in found.landed
    assert found.landed == ({last} | new if squash else {last, tip})
    assert len(new) == {(False, False): 3, (False, True): 2, (True, False): 2, (True, True): 1}[squash, forward]
    assert bench.repository.content(CONFIG, tip) == b"2"
    assert {commit.sha for commit in bench.repository.merge_request_commits(iid)} == {first, last}


def test_merged_requests_are_newest_first_and_of_one_target(bench: Bench) -> None:
    """Another target has its own."""
    start = head(bench)
    for branch in ("one", "two", "three"):
        bench.commit(branch, {branch: "1"}, parents=(start,))
    bench.commit("develop", {"develop": "1"}, parents=(start,))
    first = bench.merge("one", "main")
    bench.merge("two", "develop")
    third = bench.merge("three", "main")

    assert [found.iid for found in bench.repository.merged("main")] == [third, first]
    assert [found.iid for found in bench.repository.merged("main", since="2020-01-01T00:00:00Z")] == [third, first]
    assert list(bench.repository.merged("none")) == []


def test_commits_of_a_merge_request_are_its_own(bench: Bench) -> None:
    """Not those that its target already had, and with their messages; their parents GitLab doesn't tell."""
    start = head(bench)
    sha = bench.commit("topic", {"topic": "1"}, parents=(start,))
    bench.commit("main", {"main": "1"})
    iid = bench.merge("topic", "main")
    (found,) = bench.repository.merge_request_commits(iid)

    assert (found.sha, found.message.startswith("commit ")) == (sha, True)
    assert reason_of(lambda: bench.repository.merge_request_commits(99)) == "gitlab-not-found"


@pytest.fixture(params=["merge request", "commit", "issue"])
def place(request: pytest.FixtureRequest, bench: Bench) -> Place:
    """Where notes can stand."""
    bench.commit("topic", {"topic": "1"}, parents=(head(bench),))
    iid = bench.merge("topic", "main")
    if request.param == "issue":
        return OnIssue(bench.issue("Numbers are off"))
    return OnMergeRequest(iid) if request.param == "merge request" else OnCommit(head(bench))


def test_notes_are_newest_first_whoever_wrote_them(bench: Bench, place: Place) -> None:
    """With the id of their user, and without what GitLab itself wrote."""
    assert list(bench.repository.notes(place)) == []
    written = [
        repository.write_note(place, body, replaces=None)
        for repository, body in ((bench.repository, "one"), (bench.other, "two"), (bench.repository, "three"))
    ]

    assert list(bench.repository.notes(place)) == written[::-1]
    assert [(note.body, note.user) for note in written] == [
        ("one", bench.repository.own_id()),
        ("two", bench.other.own_id()),
        ("three", bench.repository.own_id()),
    ]


def test_a_replaced_note_keeps_its_id_and_place(bench: Bench, place: Place) -> None:
    """Its body alone is another."""
    first = bench.repository.write_note(place, "one", replaces=None)
    second = bench.repository.write_note(place, "two", replaces=None)
    again = bench.repository.write_note(place, "one, again", replaces=first)

    assert again == Note(first.id, "one, again", first.user, first.thread)
    assert list(bench.repository.notes(place)) == [second, again]


def test_a_note_of_a_merge_request_can_be_deleted(bench: Bench) -> None:
    """That one alone, and again is fine; to replace it is an error then."""
    bench.commit("topic", {"topic": "1"}, parents=(head(bench),))
    where = OnMergeRequest(bench.merge("topic", "main"))
    first, second = (bench.repository.write_note(where, text, replaces=None) for text in ("one", "two"))

    bench.repository.delete_note(where, second)
    bench.repository.delete_note(where, second)

    assert list(bench.repository.notes(where)) == [first]
    assert reason_of(lambda: bench.repository.write_note(where, "x", replaces=second)) == "gitlab-not-found"


def test_an_issue_is_found_by_its_number(bench: Bench) -> None:
    """With its title and state."""
    number = bench.issue("Numbers are off")

    found = bench.repository.issue(number)

    assert found is not None
    assert (found.iid, found.title, found.state) == (number, "Numbers are off", "opened")
    assert found.url.endswith(f"/-/issues/{number}")
    assert bench.repository.issue(99) is None


@pytest.mark.parametrize(
    "nowhere", [OnMergeRequest(99), OnCommit(NOWHERE), OnIssue(99)], ids=["merge request", "commit", "issue"]
)
def test_notes_of_what_is_gone_are_an_error(bench: Bench, nowhere: Place) -> None:
    """To read and to write."""
    assert reason_of(lambda: list(bench.repository.notes(nowhere))) == "gitlab-not-found"
    assert reason_of(lambda: bench.repository.write_note(nowhere, "x", replaces=None)) == "gitlab-not-found"
