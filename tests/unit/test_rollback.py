"""A rollback opens the merge request that takes pipelines back, and says so where they came from."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.errors import Permanent, ServiceError, Transient
from shared.domain.gitlab import OnCommit, OnMergeRequest
from shared.domain.layout import config_path
from shared.domain.messages.command import Rollback
from shared.domain.return_report import Returned
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.rollback import rollback

from ..failing import failing
from ..fake_workspace import stored
from ..fakes import FakePublisher
from ..stage import ENVIRONMENT, QA, Stage, stage

PROJECT = "pin/fusion"
MOMENT = datetime(2026, 11, 20, 9, tzinfo=UTC)
NAME = "aic-rollback/develop-0123abcd"


def asked(world: Stage, to: str = "previous", *, run: str = "0123abcd", final: bool = False, **said: Any) -> Returned:
    """The report of a rollback of develop that Ann asks for."""
    request = Rollback(**{"project": PROJECT, "branch": "develop", "to": to, "confirm": QA, **said})
    asker = Asker(frozenset({QA}), Run(run, MOMENT), "r-1", "ann", final)
    return rollback(request, asker, world.outside())


def bad_merge() -> tuple[Stage, int]:
    """A merge that changed `a` and `b` with their code, made `new` and dropped `old`; it is live. Its number."""
    world = stage(a="one", b="one", c="one", old="one")
    world.gitlab.push("develop", {"code/a/t1.sql": "one", "code/a/gone.sql": "x", "code/a/b/t1.sql": "one of a/b"})
    world.put(**{"a/b": "one"})
    world.deploy()
    world.gitlab.branches["feature/bad"] = world.head
    world.put(branch="feature/bad", a="two", b="two", new="two", old=None)
    world.gitlab.push(
        "feature/bad", {"code/a/t1.sql": "two", "code/a/gone.sql": None, "code/a/t2.sql": "new", "code/a/b/t1.sql": "2"}
    )
    number = world.gitlab.merge("feature/bad", "develop")
    world.deploy()
    return world, number


def files(world: Stage, branch: str) -> dict[str, str]:
    """Path to text, of the files below config/ and code/."""
    there = world.gitlab.commits[world.gitlab.branches[branch]].files
    return {path: data.decode() for path, data in there.items() if path.startswith(("config/", "code/"))}


def test_exactly_what_differs_goes_back_with_all_of_its_files() -> None:
    """What came new stays, what was dropped comes back, and what belongs to another pipeline isn't touched."""
    world, _ = bad_merge()
    before = files(world, "develop")

    report = asked(world)

    after = files(world, NAME)
    assert {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)} == {
        config_path("a"),
        config_path("b"),
        config_path("old"),
        "code/a/t1.sql",
        "code/a/t2.sql",
        "code/a/gone.sql",
    }
    assert after[config_path("a")] == after[config_path("old")] == stored("one")
    assert (after["code/a/t1.sql"], after["code/a/gone.sql"], "code/a/t2.sql" in after) == ("one", "x", False)
    assert report.titles == ("a", "b", "old")
    assert report.left_out == (("new", "it did not exist then"),)


def test_the_merge_request_is_the_services_own_and_says_what_is_held() -> None:
    """It is one commit upon the branch, to be merged without a conflict."""
    world, _ = bad_merge()
    head = world.head

    report = asked(world)

    assert report.iid is not None
    proposal = world.gitlab.request(report.iid)
    assert (proposal.source_branch, proposal.target_branch, proposal.state) == (NAME, "develop", "opened")
    assert (proposal.author, proposal.title) == (
        world.gitlab.own_id(),
        f"Roll back 3 pipelines to {report.source[7:15]}",
    )
    assert "- `a`\n- `b`\n- `old`" in proposal.description
    assert "held while this merge request is open" in proposal.description
    assert "- `new`: it did not exist then" in proposal.description
    assert "merging deploys the older version" in proposal.description
    assert "Asked for by `ann`." in proposal.description
    assert world.gitlab.commits[proposal.head].commit.parents == (head,)
    told = report.told()
    assert (told.said, told.bad) == ("rollback: proposed", False)
    assert (told.fields["merge_request"], told.fields["left_out"]) == (report.iid, ["new"])
    world.gitlab.land(report.iid)
    assert files(world, "develop")[config_path("a")] == stored("one")


def test_the_merge_request_that_brought_it_hears_of_it_and_others_dont() -> None:
    """One note each, that names what is held."""
    world, number = bad_merge()
    other = world.merge(source="feature/other", c="two")

    report = asked(world, pipelines=("a", "b"))

    (note,) = [each.body for each in world.gitlab.written[OnMergeRequest(number)] if "rolled-back" in each.body]
    assert f"Taken back in `{QA}` by !{report.iid}" in note
    assert "- `a`\n- `b`" in note
    assert OnMergeRequest(other) not in world.gitlab.written


@pytest.mark.parametrize(("squash", "forward"), [(True, False), (False, True)])
def test_however_it_was_merged_it_is_found(squash: bool, forward: bool) -> None:
    """What landed is another commit than what was proposed, or only the last one of several is known to have landed."""
    world = stage(a="one")
    world.gitlab.branches["feature/bad"] = world.head
    world.put(branch="feature/bad", a="two")
    world.gitlab.push("feature/bad", {"README.md": "about it"})
    number = world.gitlab.merge("feature/bad", "develop", squash=squash, forward=forward)
    world.deploy()

    asked(world)

    assert any("rolled-back" in each.body for each in world.gitlab.written[OnMergeRequest(number)])


def test_code_that_a_dropped_pipeline_left_behind_is_not_taken_along() -> None:
    """It lies in the folder of another pipeline, and is none of its files."""
    world = stage(a="one", **{"a/b": "one"})
    world.gitlab.push("develop", {"code/a/b/t1.sql": "one of a/b"})
    world.deploy()
    world.put(a="two")
    world.gitlab.push("develop", {config_path("a/b"): None})
    world.deploy()

    asked(world, pipelines=("a",))

    assert files(world, NAME)["code/a/b/t1.sql"] == "one of a/b"


def test_more_than_one_request_takes_goes_back_in_several_commits() -> None:
    """The second one comes upon the first."""
    world = stage(a="one", b="one")
    much = dict.fromkeys(("code/a/t1.sql", "code/b/t1.sql"), "x" * 8000000)
    world.gitlab.push("develop", much)
    world.deploy()
    world.put(a="two", b="two")
    world.gitlab.push("develop", dict.fromkeys(much, "y"))
    world.deploy()

    asked(world)

    assert world.gitlab.calls.count("commit") == 2
    assert files(world, NAME) == {**much, config_path("a"): stored("one"), config_path("b"): stored("one")}


def test_only_the_named_pipelines_go_back() -> None:
    """Those that are as they were are named, too."""
    world, _ = bad_merge()

    report = asked(world, pipelines=("a", "c", "new"))

    assert report.titles == ("a",)
    assert report.left_out == (("c", "it is what it was then"), ("new", "it did not exist then"))
    assert files(world, NAME)[config_path("b")] == stored("two")


def test_now_asks_for_the_deploy_of_exactly_these_after_the_merge_request_stands() -> None:
    """So that whatever deploys them finds them held."""
    world, _ = bad_merge()

    report = asked(world, now=True)

    ((topic, said, key, attributes, _),) = world.publisher.published
    assert (topic, key, attributes["origin"]) == ("aic-deploy", f"{PROJECT}:develop", "command")
    assert said == {
        "project": PROJECT,
        "branch": "develop",
        "pipelines": ["a", "b", "old"],
        "confirm": QA,
        "source": report.source,
        "by": "ann",
    }
    assert report.messages == ("1",)
    assert report.iid is not None
    assert "merging leaves nothing to do" in world.gitlab.request(report.iid).description


def test_a_deploy_that_could_not_be_asked_for_is_asked_for_by_the_next_delivery() -> None:
    """On the last one people read that the merge request stands, and that nothing is live yet."""
    world, _ = bad_merge()
    world.publisher = FakePublisher(closed=True)

    with pytest.raises(Transient):
        asked(world, now=True)
    assert [each.proposal.state for each in world.gitlab.requests] == ["merged", "opened"]
    report = asked(world, now=True, final=True)

    assert (report.told().said, report.reason) == ("rollback: failed", "pubsub-unavailable")
    (note,) = [each.body for each in world.gitlab.written[OnCommit(world.head)] if "aic-rollback" in each.body]
    assert f"!{report.iid} is open and holds its pipelines, but the older version was not put live" in note


@pytest.mark.no_cover
def test_many_pipelines_are_asked_for_in_messages_of_a_thousand() -> None:
    """A message takes no more."""
    titles = {f"p{number:04}": "one" for number in range(1001)}
    world = stage(**titles)
    world.put(**dict.fromkeys(titles, "two"))
    world.gitlab.deployed(ENVIRONMENT, world.head, branch="develop", mapping="x")

    report = asked(world, now=True)

    assert [len(said["pipelines"]) for _, said, *_ in world.publisher.published] == [1000, 1]
    assert len(report.messages) == 2
    assert files(world, NAME)[config_path("p1000")] == stored("one")


def test_the_same_question_again_finds_the_open_merge_request() -> None:
    """By another message as well; notes and commits stay one."""
    world, number = bad_merge()
    first = asked(world)
    calls = len(world.gitlab.requests), len(world.gitlab.commits), len(world.gitlab.written[OnMergeRequest(number)])

    again = asked(world)
    other = asked(world, run="89abcdef")

    assert (first.iid, first.titles) == (again.iid, again.titles) == (other.iid, other.titles)
    assert calls == (
        len(world.gitlab.requests),
        len(world.gitlab.commits),
        len(world.gitlab.written[OnMergeRequest(number)]),
    )


def test_another_question_has_a_merge_request_of_its_own() -> None:
    """Other pipelines, or a closed one before."""
    world, _ = bad_merge()
    first = asked(world, pipelines=("a",))
    other = asked(world, run="89abcdef", pipelines=("b",))
    assert first.iid is not None
    world.gitlab.close(first.iid)

    again = asked(world, run="00000000", pipelines=("a",))

    assert len({first.iid, other.iid, again.iid}) == 3


def test_what_somebody_else_proposed_under_our_mark_is_not_ours() -> None:
    """A description can be copied; only the service's own user counts."""
    world, _ = bad_merge()
    first = asked(world)
    assert first.iid is not None
    ours = world.gitlab.request(first.iid)
    world.gitlab.close(first.iid)
    world.gitlab.branches["aic-rollback/fake"] = world.gitlab.branches["feature/bad"]
    world.gitlab.seen_by(99).propose("aic-rollback/fake", "develop", title="x", description=ours.description)

    assert asked(world, run="89abcdef").iid == first.iid + 2


@pytest.mark.parametrize("name", ["commit", "propose", "write_note"])
def test_a_delivery_after_a_lost_answer_goes_on_where_the_first_one_ended(name: str) -> None:
    """One commit, one merge request, one note, wherever it broke off."""
    world, number = bad_merge()
    heads = len(world.gitlab.commits)
    world.gitlab.before = failing(name, Transient("gitlab-unavailable"))
    with pytest.raises(Transient):
        asked(world)

    report = asked(world)

    assert len(world.gitlab.commits) - heads == 1
    assert report.iid == len(world.gitlab.requests)
    assert len([each for each in world.gitlab.written[OnMergeRequest(number)] if "rolled-back" in each.body]) == 1


def test_a_state_that_differs_in_nothing_is_not_the_previous_one() -> None:
    """A merge of other files was deployed in between."""
    world, _ = bad_merge()
    bad = world.head
    world.gitlab.push("develop", {"README.md": "more"})
    world.deploy()
    before = [commit for commit, status in world.records() if status == "success" and commit not in (bad, world.head)]

    report = asked(world)

    assert report.source == f"commit:{before[-1]}"


def test_a_head_that_never_got_live_goes_back_to_what_is() -> None:
    """Its deploy was in conflict."""
    world = stage(a="one")
    good = world.head
    world.put(a="two")
    world.aic.put("a", "typed")
    world.deploy()

    assert asked(world).source == f"commit:{good}"


def test_a_commit_or_a_deployment_can_be_named() -> None:
    """Further back than the last one."""
    world = stage(a="one")
    first = world.head
    for code in ("two", "three"):
        world.put(a=code)
        world.deploy()

    assert asked(world, first[:10]).source == f"commit:{first}"
    assert asked(world, "1", run="89abcdef").source == f"commit:{first}"


def test_where_git_has_it_already_nothing_is_proposed() -> None:
    """Which is said on the newest commit."""
    world = stage(a="one")
    world.put(a="two")
    world.deploy()
    world.put(a="one")
    first = world.gitlab.commits[world.head].commit.parents[0]
    world.deploy()
    report = asked(world, world.head, pipelines=("a",))

    assert (report.titles, report.iid, world.gitlab.requests) == ((), None, [])
    assert report.told().said == "rollback: nothing"
    (note,) = [each.body for each in world.gitlab.written[OnCommit(world.head)] if "aic-rollback" in each.body]
    assert "No rollback was needed" in note
    assert "- `a`: it is what it was then" in note
    assert first


@pytest.mark.parametrize(
    ("to", "said", "reason"),
    [
        ("previous", {"confirm": "QA"}, "confirm-mismatch"),
        ("previous", {"branch": "feature/x"}, "branch-deployed-by-being-merged"),
        ("previous", {"branch": "main", "confirm": "PIN FUSION 2.0"}, "workspace-not-allowed"),
        ("previous", {"pipelines": ("a", "typo")}, "unknown-pipeline"),
        ("previous", {"pipelines": ("a", "scratch 1")}, "pipeline-ignored"),
        ("0000000", {}, "version-unknown"),
        ("99", {}, "version-unknown"),
    ],
)
def test_a_question_that_cannot_be_granted_is_refused(to: str, said: dict[str, Any], reason: str) -> None:
    """And told on the branch, where there is one."""
    world, _ = bad_merge()
    world.put(**{"scratch 1": "one"})

    report = asked(world, to, **said)

    assert (report.reason, report.told().bad, world.publisher.published) == (reason, True, [])
    if "branch" not in said:
        assert any(reason in each.body for each in world.gitlab.written[OnCommit(world.head)])


def test_pipelines_that_the_mapping_ignores_stay_as_they_are() -> None:
    """Where nobody named them."""
    world = stage(a="one", **{"scratch 1": "one"})
    world.put(a="two", **{"scratch 1": "two"})
    world.deploy()

    report = asked(world)

    assert (report.titles, report.left_out) == (("a",), (("scratch 1", "the mapping file ignores it"),))


def test_without_an_earlier_success_there_is_nothing_previous() -> None:
    """The first deploy was the first."""
    assert asked(stage(a="one")).reason == "version-unknown"


def test_a_success_that_the_branch_has_left_behind_is_no_place_to_go_back_to() -> None:
    """A force-push took it away."""
    world = stage(a="one")
    world.put(a="two")
    world.deploy()
    lost = next(each.number for _, each in world.gitlab.records if each.commit == world.head)
    world.gitlab.branches["develop"] = world.gitlab.commits[world.head].commit.parents[0]
    world.put(a="three")

    assert asked(world, str(lost)).reason == "version-unknown"
    assert asked(world).source == f"commit:{world.gitlab.commits[world.head].commit.parents[0]}"


def test_a_branch_that_is_gone_is_refused() -> None:
    """The log tells, as there is no commit."""
    world, _ = bad_merge()
    del world.gitlab.branches["develop"]

    assert asked(world).reason == "branch-missing"


def test_a_merge_request_that_gitlab_refuses_is_told() -> None:
    """Nothing goes live then."""
    world, _ = bad_merge()
    world.gitlab.before = failing("commit", Permanent("gitlab-forbidden"))

    report = asked(world, now=True)

    assert (report.reason, report.told().said, world.publisher.published) == (
        "gitlab-forbidden",
        "rollback: failed",
        [],
    )


def test_a_note_that_gitlab_refuses_changes_nothing() -> None:
    """The log says that somebody could not be told."""
    world, _ = bad_merge()
    world.gitlab.before = failing("write_note", Permanent("gitlab-forbidden"))

    report = asked(world)

    assert (report.outcome.value, report.untold, report.told().bad) == ("proposed", ("gitlab-forbidden",), True)


def test_what_gitlab_can_not_list_counts_as_touched() -> None:
    """Rather one note too many."""
    world, number = bad_merge()
    world.gitlab.complete = False

    asked(world)

    assert any("rolled-back" in each.body for each in world.gitlab.written[OnMergeRequest(number)])


@pytest.mark.parametrize("error", [Transient("gitlab-unavailable"), Permanent("gitlab-unauthorized")])
def test_on_the_last_delivery_notes_that_fail_change_nothing(error: ServiceError) -> None:
    """The merge request stands and says it all."""
    world, _ = bad_merge()
    world.gitlab.before = failing("compare", error, times=99)

    report = asked(world, final=True)

    assert (report.outcome.value, report.untold) == ("proposed", (error.reason,))
