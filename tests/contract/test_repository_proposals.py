"""What every `ports.Repository` promises of the merge requests that the service opens."""

from functools import partial
from itertools import islice

import pytest

from shared.domain.errors import Refused, Transient
from shared.domain.gitlab import Care, FileAction, OnMergeRequest, Proposal
from tests.contract import repositories
from tests.contract.failing import reason_of
from tests.contract.repositories import Bench

bench = repositories.bench
SIDE = "aic-rollback/1"


def head(bench: Bench, branch: str = "main") -> str:
    found = bench.repository.head(branch)
    assert found
    return found


def cut(bench: Bench, branch: str = SIDE, path: str = "a") -> str:
    """A branch with a commit of its own."""
    actions = (FileAction("create", path, branch.encode()),)
    return bench.repository.commit(branch, actions, message="x", start=head(bench))


def propose(bench: Bench, source: str = SIDE, target: str = "main", *, title: str = "Back") -> Proposal:
    return bench.repository.propose(source, target, title=title, description="Why\n\n- this", care=Care(("a", "b c")))


def listed(bench: Bench, state: str, *, target: str = "main", source: str | None = None) -> list[int]:
    return [each.iid for each in bench.repository.proposals(target=target, state=state, source=source)]


def test_a_proposal_is_a_merge_request_of_our_own(bench: Bench) -> None:
    """As the list shows it too; its head is that of the source, also after another commit."""
    tip = cut(bench)
    made = propose(bench)

    assert (made.source_branch, made.target_branch, made.state, made.head) == (SIDE, "main", "opened", tip)
    assert (made.author, made.title, made.description) == (bench.repository.own_id(), "Back", "Why\n\n- this")
    assert made.url.endswith(f"/-/merge_requests/{made.iid}")
    assert list(bench.repository.proposals(target="main", state="opened")) == [made]
    later = bench.repository.commit(SIDE, (FileAction("update", "a", b"2"),), message="y")
    (found,) = bench.repository.proposals(target="main", state="opened", source=SIDE)
    assert found.head == later != tip


def test_proposals_are_listed_newest_first_by_target_state_and_source(bench: Bench) -> None:
    """Whoever opened them; people's merge requests have numbers of the same row."""
    for branch in ("one", "two", "three"):
        cut(bench, branch, path=branch)
    bench.commit("develop", {"d": "1"}, parents=(head(bench),))
    first = propose(bench, "one").iid
    merged = bench.merge("two", "main")
    third = propose(bench, "three").iid
    other = propose(bench, "one", "develop").iid
    bench.close(first)

    assert (first, merged, third, other) == (1, 2, 3, 4)
    assert listed(bench, "all") == [third, merged, first]
    assert (listed(bench, "opened"), listed(bench, "closed"), listed(bench, "merged")) == ([third], [first], [merged])
    assert listed(bench, "all", source="one") == [first]
    assert listed(bench, "opened", target="develop") == [other]
    assert listed(bench, "opened", target="none") == []
    newest = next(bench.repository.proposals(target="main", state="all"))
    assert [each.iid for each in islice(bench.repository.proposals(target="main", state="all"), 1)] == [newest.iid]


def test_a_proposal_is_open_once(bench: Bench) -> None:
    """From the same branch into the same; after it was closed there may be another."""
    cut(bench)
    first = propose(bench)

    assert reason_of(partial(propose, bench), Transient) == "gitlab-busy"
    bench.repository.edit_proposal(first.iid, close=True)
    assert propose(bench).iid == first.iid + 1


def test_a_proposal_needs_two_branches(bench: Bench) -> None:
    """Two that there are."""
    cut(bench)

    for source, target in ((SIDE, SIDE), ("none", "main"), (SIDE, "none")):
        assert reason_of(partial(propose, bench, source, target)) == "gitlab-refused"
    assert listed(bench, "all") == []


def test_a_proposal_is_edited_in_any_state(bench: Bench) -> None:
    """Only what is given; closing one that has ended changes nothing."""
    cut(bench)
    iid = propose(bench).iid

    def shown() -> tuple[str, str, str]:
        (found,) = bench.repository.proposals(target="main", state="all")
        return found.title, found.description, found.state

    bench.repository.edit_proposal(iid, title="Other")
    assert shown() == ("Other", "Why\n\n- this", "opened")
    bench.repository.edit_proposal(iid)
    bench.repository.edit_proposal(iid, description="", close=True)
    assert shown() == ("Other", "", "closed")
    bench.repository.edit_proposal(iid, title="Again", close=True)
    assert shown() == ("Again", "", "closed")
    assert bench.repository.head(SIDE)
    assert reason_of(lambda: bench.repository.edit_proposal(99, title="x")) == "gitlab-not-found"


def test_closing_one_that_was_merged_leaves_it_merged(bench: Bench) -> None:
    """Somebody was faster."""
    cut(bench)
    iid = propose(bench).iid
    bench.land(iid)
    bench.repository.edit_proposal(iid, description="late", close=True)

    assert listed(bench, "merged") == [iid]


def test_an_accepted_proposal_is_merged_with_a_merge_commit(bench: Bench) -> None:
    """Its commits come along unsquashed, its branch goes; accepted again it is the same."""
    base, tip = head(bench), cut(bench)
    bench.commit("main", {"meanwhile": "1"})
    before = head(bench)
    made = propose(bench)
    landed = bench.repository.accept(made.iid, head=tip)

    assert landed == head(bench)
    assert {commit.sha: commit.parents for commit in bench.repository.compare(before, landed).commits} == {
        tip: (base,),
        landed: (before, tip),
    }
    assert bench.repository.head(SIDE) is None
    (found,) = bench.repository.merged("main")
    assert (found.iid, found.source_branch, landed in found.landed) == (made.iid, SIDE, True)
    assert bench.repository.accept(made.iid, head=tip) == landed == head(bench)


def test_a_proposal_with_another_head_is_not_accepted(bench: Bench) -> None:
    """What nobody has looked at is not merged."""
    tip = cut(bench)
    made = propose(bench)
    later = bench.repository.commit(SIDE, (FileAction("update", "a", b"2"),), message="y")
    before = head(bench)

    assert reason_of(lambda: bench.repository.accept(made.iid, head=tip), Transient) == "gitlab-outdated"
    assert (head(bench), listed(bench, "opened")) == (before, [made.iid])
    bench.repository.accept(made.iid, head=later)


def test_what_conflicts_or_brings_nothing_or_is_closed_is_not_merged(bench: Bench) -> None:
    """That takes a person."""
    tip = cut(bench)
    conflict = propose(bench)
    bench.commit("main", {"a": "other"})
    empty_tip = bench.commit("empty", {}, parents=(head(bench),))
    bench.commit("main", {"b": "1"}, parents=(empty_tip,))
    empty = propose(bench, "empty")
    cut(bench, "closed", path="c")
    closed = propose(bench, "closed")
    bench.close(closed.iid)
    before = head(bench)

    accept = bench.repository.accept
    for made, expected in ((conflict, tip), (empty, empty_tip), (closed, closed.head)):
        assert reason_of(partial(accept, made.iid, head=expected)) == "merge-refused"
    assert head(bench) == before
    assert reason_of(lambda: accept(99, head=tip)) == "gitlab-not-found"


def test_nobody_merges_where_nobody_may(bench: Bench) -> None:
    """The proposal stays open."""
    bench.commit("prod", {"p": "1"}, parents=(head(bench),))
    tip = cut(bench)
    made = propose(bench, target="prod")
    bench.protect("prod")

    assert reason_of(lambda: bench.repository.accept(made.iid, head=tip)) == "gitlab-forbidden"
    assert listed(bench, "opened", target="prod") == [made.iid]


def test_a_proposal_ends_with_its_branch(bench: Bench) -> None:
    """GitLab closes what has no source any more."""
    cut(bench)
    made = propose(bench)
    bench.repository.delete_branch(SIDE)

    assert listed(bench, "closed") == [made.iid]
    assert listed(bench, "opened") == []


def test_a_proposal_takes_notes_and_tells_its_commits(bench: Bench) -> None:
    """As every merge request, open or not."""
    tip = cut(bench)
    made = propose(bench)
    note = bench.repository.write_note(OnMergeRequest(made.iid), "one", replaces=None)

    assert [commit.sha for commit in bench.repository.merge_request_commits(made.iid)] == [tip]
    bench.repository.edit_proposal(made.iid, close=True)
    assert [commit.sha for commit in bench.repository.merge_request_commits(made.iid)] == [tip]
    assert list(bench.repository.notes(OnMergeRequest(made.iid))) == [note]


@pytest.mark.parametrize("maintainer", [True, False])
def test_hooks_are_shown_to_maintainers(bench: Bench, maintainer: bool) -> None:
    """With their addresses; a new one is not disabled."""
    number = bench.hook("https://hooks.example.com/")
    if maintainer:
        (hook,) = bench.repository.hooks()
        assert (hook.id, hook.url, hook.disabled) == (number, "https://hooks.example.com/", False)
    else:
        bench.demote()
        assert reason_of(bench.repository.hooks) == "gitlab-forbidden"


def test_a_pipeline_is_started_on_a_branch(bench: Bench) -> None:
    """Each has its own number; one that is gone has none."""
    first = bench.repository.start_pipeline("main")

    assert bench.repository.start_pipeline("main") > first
    assert reason_of(lambda: bench.repository.start_pipeline("none")) == "gitlab-refused"


def test_a_merge_request_is_found_by_its_number_with_its_labels(bench: Bench) -> None:
    """Whatever became of it."""
    cut(bench)
    made = propose(bench)

    assert made.labels == frozenset({"a", "b c"})
    assert bench.repository.proposal(made.iid) == made
    bench.close(made.iid)
    found = bench.repository.proposal(made.iid)
    assert found is not None
    assert found.state == "closed"
    assert bench.repository.proposal(made.iid + 1) is None


def test_what_a_merge_would_make_can_be_looked_into(bench: Bench) -> None:
    """A commit upon the target, on no branch; the same as long as none of the two has moved."""
    cut(bench)
    made = propose(bench)
    target = bench.commit("main", {"b": "2"})
    result = bench.repository.merge_result(made.iid)

    assert result is not None
    assert bench.repository.content("a", result) == SIDE.encode()
    assert bench.repository.content("b", result) == b"2"
    changes = bench.repository.compare(target, result)
    assert changes.paths == ("a",)
    assert (target, made.head) in {commit.parents for commit in changes.commits}
    assert bench.repository.merge_result(made.iid) == result
    assert head(bench) == target
    bench.commit("main", {"c": "3"})
    assert bench.repository.merge_result(made.iid) != result


def test_what_can_not_be_merged_has_no_result(bench: Bench) -> None:
    """A file that both sides changed, and nothing to merge at all."""
    cut(bench)
    made = propose(bench)
    bench.commit("main", {"a": "ours"})
    assert bench.repository.merge_result(made.iid) is None

    bench.commit("same", {}, parents=(head(bench),))
    bench.commit("main", {"z": "1"}, parents=(head(bench, "same"),))
    empty = propose(bench, "same").iid
    assert bench.repository.merge_result(empty) is None


def test_a_proposal_is_handled_as_it_is_asked_for(bench: Bench) -> None:
    """Opened so, and changed so: labels are added. Whom GitLab doesn't know is refused, and nothing is done."""
    cut(bench)
    care = Care(("a",), (bench.person,), squash=True)
    made = bench.repository.propose(SIDE, "main", title="Back", description="", care=care)
    bench.repository.edit_proposal(made.iid, care=Care(("b",), squash=False))

    (found,) = bench.repository.proposals(target="main", state="opened")
    assert found.labels == {"a", "b"}
    assert bench.care(made.iid) == ((bench.person,), False)


def test_nobody_is_assigned_whom_gitlab_does_not_know(bench: Bench) -> None:
    """And nothing else is done then."""
    cut(bench)
    nobody = Care(("a",), ("nobody",))
    with pytest.raises(Refused, match="user-unknown"):
        bench.repository.propose(SIDE, "main", title="x", description="", care=nobody)
    assert listed(bench, "all") == []
    made = propose(bench)

    with pytest.raises(Refused, match="user-unknown"):
        bench.repository.edit_proposal(made.iid, title="x", care=nobody)
    assert bench.repository.proposal(made.iid) == made
