"""The tests of a deploy: started once, judged by what GitLab says, told in one note; a failure goes back if it may."""

from datetime import UTC, datetime

import pytest

from shared.domain import gate
from shared.domain.errors import Permanent, ServiceError, Transient
from shared.domain.gate import State
from shared.domain.gate_report import Gated
from shared.domain.gitlab import CiJob, OnCommit, OnMergeRequest
from shared.domain.messages.command import Restore, Rollback
from shared.domain.messages.gating import AfterDeploy
from shared.domain.occasion import Kind
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.gate import after_deploy
from shared.flows.restoring import restore
from shared.flows.rollback import rollback
from shared.flows.sweep import Sweeper, Unswept, sweep

from ..failing import failing
from ..fake_proposals import OWN
from ..fakes import FakePublisher
from ..stage import ALLOWED, QA, OneByOne, Stage, stage

MOMENT = datetime(2026, 11, 20, 9, tzinfo=UTC)
MARK = "<!-- aic-after-deploy develop -->"


def looked(
    world: Stage,
    deployment: int | None = None,
    *,
    on_failure: str = "report",
    final: bool = False,
    branch: str = "develop",
    gates: frozenset[str] = frozenset({QA}),
) -> Gated:
    """One delivery of one message."""
    request = AfterDeploy(project="pin/fusion", branch=branch, deployment=deployment)
    set_up = dict.fromkeys(gates, on_failure)
    asker = Asker(ALLOWED, Run("0123abcd", MOMENT), "r-1", final=final, by_hand=False, gates=set_up)
    return after_deploy(request, asker, world.outside())


def merged() -> tuple[Stage, int]:
    """A merge that changed `a` and `b` and brought `new`, deployed; its number."""
    world = stage(a="one", b="one", c="one")
    world.gates, world.heard_of = frozenset({QA}), frozenset(Kind)
    number = world.merge(a="two", b="two", new="two")
    world.deploy()
    return world, number


def asked(world: Stage, workflow: str = "after_deploy") -> list[dict[str, object]]:
    """The parameters of the messages that ask for a workflow."""
    return [said["parameters"] for _, said, *_ in world.publisher.published if said.get("workflow") == workflow]


def gate_note(world: Stage, commit: str | None = None) -> str:
    """The only note of a gate on the commit, head if none is named."""
    (found,) = [each.body for each in world.gitlab.written[OnCommit(commit or world.head)] if MARK in each.body]
    return found


def fails(world: Stage, number: int = 1) -> None:
    world.gitlab.finish(number, "failed")


# Asking.


def test_a_proven_deploy_asks_for_its_tests() -> None:
    """By its record, after that stands, in the order of its branch, and as nobody's question."""
    world, _ = merged()

    ((topic, said, key, attributes, _),) = [
        each for each in world.publisher.published if each[1]["workflow"] != "notify"
    ]
    deployment = world.gitlab.records[-1][1].id
    assert (topic, key) == ("aic-command", "pin/fusion:develop")
    assert said["parameters"] == {"project": "pin/fusion", "branch": "develop", "deployment": deployment}
    assert attributes["origin"] == "deploy"
    assert world.gitlab.calls.index("end_deployment") > world.gitlab.calls.index("write_note")


@pytest.mark.parametrize("said", [{"dry_run": True}, {"pipelines": ["a"]}])
def test_what_proves_less_than_the_branch_asks_for_none(said: dict[str, object]) -> None:
    """A dry run, and one that is limited to some pipelines."""
    world = stage(a="one")
    world.gates = frozenset({QA})
    world.put(a="two")
    world.deploy(**said)

    assert asked(world) == []


def test_a_deploy_that_wrote_nothing_asks_for_none() -> None:
    """Nor one of a workspace that is not tested, nor one that is found deployed already."""
    world = stage(a="one")
    world.put(a="two")
    world.deploy()
    world.gates = frozenset({QA})
    world.deploy()
    world.gitlab.push("develop", {"README.md": "more"})
    world.deploy()

    assert asked(world) == []


def test_a_message_that_pubsub_does_not_take_changes_nothing() -> None:
    """The deploy is recorded by then; the log says that somebody could not be asked."""
    world = stage(a="one")
    world.gates, world.publisher = frozenset({QA}), FakePublisher(closed=True)
    world.put(a="two")

    report = world.deploy()

    assert (report.outcome.value, report.untold) == ("deployed", ("pubsub-unavailable",))
    assert world.records()[-1] == (world.head, "success")


def test_a_record_that_gitlab_refuses_is_not_tested() -> None:
    """It is no base either: the next deploy looks at all of it again."""
    world = stage(a="one")
    world.gates = frozenset({QA})
    world.put(a="two")
    world.gitlab.before = failing("end_deployment", Permanent("gitlab-forbidden"))

    assert world.deploy().untold == ("gitlab-forbidden",)
    assert asked(world) == []


# Starting.


def test_one_pipeline_is_started_and_told_what_it_tests() -> None:
    """On the branch; the note on the deployed commit leads to it."""
    world, _ = merged()
    deployment = world.gitlab.records[-1][1].id

    report = looked(world, deployment)

    (run,) = world.gitlab.runs.values()
    assert run.branch == "develop"
    assert run.told == {"AIC_WORKSPACE": QA, "AIC_DEPLOYMENT": str(deployment), "AIC_PIPELINES": '["a", "b", "new"]'}
    assert (report.state, report.pipeline, report.titles) == (State.RUNNING, 1, ("a", "b", "new"))
    assert f"[CI pipeline 1]({run.pipeline.url})" in gate_note(world)
    assert "is being tested" in gate_note(world)


def test_without_a_number_the_newest_deploy_is_tested() -> None:
    """As a person would ask."""
    world, _ = merged()

    assert looked(world).deployment == world.gitlab.records[-1][1].id


def test_a_message_that_is_delivered_again_starts_nothing() -> None:
    """Nor does the same question in another message."""
    world, _ = merged()
    for deployment in (None, world.gitlab.records[-1][1].id, None):
        looked(world, deployment)

    assert len(world.gitlab.runs) == 1


@pytest.mark.parametrize("name", ["write_note", "ci_pipeline", "started_pipelines"])
def test_a_run_that_died_after_it_had_started_the_pipeline_finds_it(name: str) -> None:
    """By the variables that it was started with: there is no note of it yet."""
    world, _ = merged()
    skip = 1 if name == "started_pipelines" else 0
    world.gitlab.before = failing(name, Transient("gitlab-unavailable"), skip=skip)
    with pytest.raises(Transient):
        looked(world)

    assert looked(world).pipeline == 1
    assert len(world.gitlab.runs) == 1


def test_an_answer_that_was_lost_leads_to_no_second_pipeline() -> None:
    """GitLab has started it all the same."""
    world, _ = merged()
    start = world.gitlab.start_pipeline

    def lost(call: str) -> None:
        if call == "start_pipeline":
            world.gitlab.before = lambda _: None
            start("develop", variables=gate.variables(QA, world.gitlab.records[-1][1].id, ()))
            raise Transient("gitlab-unavailable")

    world.gitlab.before = lost
    with pytest.raises(Transient):
        looked(world)

    assert looked(world).pipeline == 1
    assert len(world.gitlab.runs) == 1


def test_of_two_that_were_started_at_once_the_older_counts_and_the_other_is_cancelled() -> None:
    """Two runs may each have found none, and a request may arrive late."""
    world, _ = merged()
    told = gate.variables(QA, world.gitlab.records[-1][1].id, ())

    def twice(call: str) -> None:
        if call == "start_pipeline":
            world.gitlab.before = lambda _: None
            world.gitlab.start_pipeline("develop", variables=told)

    world.gitlab.before = twice

    assert looked(world).pipeline == 1
    assert [each.pipeline.state for each in world.gitlab.runs.values()] == ["pending", "canceled"]


def test_pipelines_of_others_are_no_tests_of_this_deploy() -> None:
    """Of other deployments, of other workspaces, by somebody else with the same variables, or gone meanwhile."""
    world, _ = merged()
    deployment = world.gitlab.records[-1][1].id
    world.gitlab.maintains = False
    for repository, told in (
        (world.gitlab, {}),
        (world.gitlab, gate.variables(QA, deployment + 1, ())),
        (world.gitlab, gate.variables("other", deployment, ())),
        (world.gitlab.seen_by(99), gate.variables(QA, deployment, ())),
    ):
        repository.start_pipeline("develop", variables=told)
    assert looked(world).pipeline == 5

    world.gitlab.maintains = True
    assert looked(world).pipeline == 5


def test_a_maintainers_token_sees_what_others_say_and_believes_none_of_it() -> None:
    """Who started it decides."""
    world, _ = merged()
    deployment = world.gitlab.records[-1][1].id
    world.gitlab.seen_by(99).start_pipeline("develop", variables=gate.variables(QA, deployment, ()))

    assert looked(world).pipeline == 2


def test_what_gitlab_does_not_start_is_told_and_counts_as_nothing() -> None:
    """Asked for once more when that is mended, it is started."""
    world, number = merged()
    world.gitlab.before = failing("start_pipeline", Permanent("gitlab-refused", "no `CI` here"))

    report = looked(world)

    assert (report.state, report.reason, report.told().bad) == (State.NOT_STARTED, "gitlab-refused", True)
    assert "GitLab started no pipeline" in gate_note(world)
    assert "gitlab-refused" in world.gitlab.written[OnMergeRequest(number)][-1].body
    assert world.records()[-1] == (world.head, "success")
    assert looked(world).state is State.RUNNING
    assert "is being tested" in gate_note(world)


def test_a_pipeline_that_somebody_deleted_has_no_result() -> None:
    """It is told; nobody starts another by itself."""
    world, _ = merged()
    looked(world)
    del world.gitlab.runs[1]

    report = looked(world)

    assert (report.state, report.reason) == (State.NOT_STARTED, "tests-gone")


# The result.


def test_success_is_noted_on_the_same_note_and_where_the_deploy_came_from() -> None:
    """No news: nobody waits for more than the note."""
    world, number = merged()
    looked(world)
    world.gitlab.finish(1, "success")

    report = looked(world)

    assert (report.state, report.told().bad) == (State.PASSED, False)
    assert "passed its tests" in gate_note(world)
    assert [MARK in each.body for each in world.gitlab.written[OnMergeRequest(number)]].count(True) == 1
    assert [each.kind for each in world.news()] == ["deployed"]
    assert world.records()[-1] == (world.head, "success")


def test_a_result_stands_whatever_comes_after_it() -> None:
    """Another hook, or a job that somebody starts once more."""
    world, _ = merged()
    looked(world)
    world.gitlab.finish(1, "success")
    looked(world)
    fails(world)
    written = world.gitlab.calls.count("write_note")

    report = looked(world)

    assert (report.state, report.reason, report.told().fields["outcome"]) == (State.PASSED, "tests-settled", "passed")
    assert world.gitlab.calls.count("write_note") == written


@pytest.mark.parametrize("state", ["canceled", "skipped"])
def test_what_was_broken_off_neither_passed_nor_failed(state: str) -> None:
    """It is told, nothing goes back, and a later result counts."""
    world, number = merged()
    looked(world)
    world.gitlab.finish(1, state)

    report = looked(world, on_failure="rollback")

    assert (report.state, report.told().bad) == (State.UNSAID, False)
    assert "ended without a result" in gate_note(world)
    assert "ended without a result" in world.gitlab.written[OnMergeRequest(number)][-1].body
    assert (world.records()[-1], len(world.gitlab.requests)) == ((world.head, "success"), 1)
    world.gitlab.finish(1, "success")
    assert looked(world).state is State.PASSED


def test_a_review_that_is_red_fails_no_tests() -> None:
    """GitLab hangs its status into the pipeline of the same commit."""
    world, _ = merged()
    looked(world)
    jobs = (CiJob("aic/plan", "failed", OWN), CiJob("test", "success", OWN))
    world.gitlab.finish(1, "failed", jobs=jobs)

    assert looked(world, on_failure="rollback").state is State.PASSED


def test_a_failure_is_recorded_and_told_to_everybody() -> None:
    """In the record, the status, one note for each place, and by news; what failed stays live."""
    world, number = merged()
    looked(world)
    fails(world)

    report = looked(world)

    assert (report.state, report.jobs, report.told().bad) == (State.FAILED, ("test",), True)
    assert world.records()[-1] == (world.head, "failed")
    assert world.status() == "failed"
    assert "failed its tests" in gate_note(world)
    assert "only for a report" in gate_note(world)
    assert "**Failed jobs** `test`" in world.gitlab.written[OnMergeRequest(number)][-1].body
    assert [each.kind for each in world.news()] == ["deployed", "failed"]
    assert world.aic.code()["a"] == "two"
    assert len(world.gitlab.requests) == 1


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_failure_that_is_found_again_is_told_once(times: int) -> None:
    """And so is a success of the same deploy that somebody brings about later."""
    world, number = merged()
    looked(world)
    fails(world)
    for _ in range(times):
        looked(world, world.gitlab.records[-1][1].id)
    world.gitlab.finish(1, "success")
    looked(world, world.gitlab.records[-1][1].id)

    assert [each.kind for each in world.news()] == ["deployed", "failed"]
    assert len([each for each in world.gitlab.written[OnMergeRequest(number)] if MARK in each.body]) == 1
    assert world.records()[-1] == (world.head, "failed")


@pytest.mark.parametrize("name", ["post_status", "compare", "merged", "write_note", "fail_deployment"])
def test_a_run_that_died_while_it_told_of_a_failure_is_carried_on(name: str) -> None:
    """To the same end."""
    world, number = merged()
    looked(world)
    fails(world)
    world.gitlab.before = failing(name, Transient("gitlab-unavailable"))
    with pytest.raises(Transient):
        looked(world)

    looked(world)

    assert world.records()[-1] == (world.head, "failed")
    assert "failed its tests" in gate_note(world)
    assert len([each for each in world.gitlab.written[OnMergeRequest(number)] if MARK in each.body]) == 1
    states = [status.state for *_, status in world.gitlab.posted if status.description.startswith("deployed to")]
    assert states == ["failed"]


@pytest.mark.parametrize("name", ["post_status", "merged", "write_note"])
def test_a_channel_that_is_closed_keeps_none_of_the_others_from_hearing(name: str) -> None:
    """The log says which."""
    world, _ = merged()
    looked(world)
    fails(world)
    world.gitlab.before = failing(name, Permanent("gitlab-forbidden"))

    report = looked(world)

    assert (report.state, set(report.untold)) == (State.FAILED, {"gitlab-forbidden"})
    assert world.records()[-1] == (world.head, "failed")


# Going back.


def test_a_failure_returns_the_workspace_to_what_it_was() -> None:
    """A merge request with exactly its pipelines, held meanwhile, and a deploy that puts them live at once."""
    world, number = merged()
    before = world.gitlab.records[-2][1].commit
    looked(world)
    fails(world)

    report = looked(world, on_failure="rollback")

    assert (report.returned, report.left_out) == (("a", "b"), (("new", "it did not exist then"),))
    assert report.iid is not None
    proposal = world.gitlab.request(report.iid)
    assert (proposal.target_branch, proposal.state) == ("develop", "opened")
    assert "The tests failed that followed the deploy of commit" in proposal.description
    (said,) = [said for topic, said, *_ in world.publisher.published if topic == "aic-deploy"]
    assert (said["pipelines"], said["source"], said["confirm"]) == (["a", "b"], f"commit:{before}", QA)
    world.deploy(by_hand=True, **{key: value for key, value in said.items() if key not in ("project", "branch")})
    assert world.aic.code() == {"a": "one", "b": "one", "c": "one", "new": "two"}
    for text in (gate_note(world), world.gitlab.written[OnMergeRequest(number)][-1].body):
        assert f"!{report.iid} brings back what commit `{before[:8]}` has" in text
    assert not any("rolled-back" in each.body for each in world.gitlab.written[OnMergeRequest(number)])
    assert [(each.kind, each.merge_request) for each in world.news()][:2] == [
        ("deployed", None),
        ("rollback", report.iid),
    ]
    assert world.records()[-1] == (world.head, "failed")


def test_what_was_taken_back_stays_so_whatever_is_sent_again_and_goes_on_when_the_merge_request_is_closed() -> None:
    """The failed deploy is no base any more, so that the next one brings it live, and tests it, again."""
    world, _ = merged()
    looked(world)
    fails(world)
    report = looked(world, on_failure="rollback")
    (said,) = [said for topic, said, *_ in world.publisher.published if topic == "aic-deploy"]
    world.deploy(by_hand=True, **{key: value for key, value in said.items() if key not in ("project", "branch")})

    held = world.deploy()
    assert (held.outcome.value, world.aic.code()["a"]) == ("held", "one")
    assert report.iid
    world.gitlab.close(report.iid)
    world.deploy()

    assert world.aic.code()["a"] == "two"
    assert (world.records()[-1], len(asked(world))) == ((world.head, "success"), 2)
    assert looked(world).state is State.RUNNING
    assert len(world.gitlab.runs) == 2
    assert gate_note(world).count("is being tested") == 1


def test_when_what_takes_it_back_is_merged_nothing_is_left_to_do_or_to_test() -> None:
    """Git says then what is live."""
    world, _ = merged()
    looked(world)
    fails(world)
    report = looked(world, on_failure="rollback")
    (said,) = [said for topic, said, *_ in world.publisher.published if topic == "aic-deploy"]
    world.deploy(by_hand=True, **{key: value for key, value in said.items() if key not in ("project", "branch")})
    assert report.iid
    world.gitlab.land(report.iid)
    tries = len(asked(world))

    assert world.deploy().outcome.value == "unchanged"
    assert (world.records()[-1], len(asked(world))) == ((world.head, "success"), tries)
    assert looked(world).reason == "nothing-to-test"


def test_a_newer_version_is_not_rolled_back_over() -> None:
    """What was merged since stays, live or not yet; the note says so of each, and the rest goes back."""
    world, _ = merged()
    deployment, commit = world.gitlab.records[-1][1].id, world.head
    looked(world, deployment)
    fails(world)
    world.merge(source="feature/y", a="three")

    report = looked(world, deployment, on_failure="rollback")

    assert report.returned == ("b",)
    assert dict(report.left_out) == {
        "a": "a newer version of it was merged since",
        "new": "it did not exist then",
    }
    assert "a newer version of it was merged since" in gate_note(world, commit)


def test_where_all_of_it_is_newer_nothing_goes_back() -> None:
    """Another deploy of the same pipelines came since, and is tested by itself."""
    world, _ = merged()
    deployment, commit = world.gitlab.records[-1][1].id, world.head
    looked(world, deployment)
    fails(world)
    world.merge(source="feature/y", a="three", b="three", new="three")
    world.deploy()

    report = looked(world, deployment, on_failure="rollback")

    assert (report.iid, report.returned, len(report.left_out)) == (None, (), 3)
    assert "Nothing was taken back" in gate_note(world, commit)
    assert [status for _, status in world.records()] == ["success", "failed", "success"]
    assert len(world.gitlab.requests) == 2


def test_the_first_deploy_of_all_has_nothing_to_go_back_to() -> None:
    """Which the note says; it is marked failed all the same."""
    world = stage(a="one")
    world.gitlab.records.clear()
    world.gates = frozenset({QA})
    world.put(a="two")
    world.deploy()
    looked(world)
    fails(world)

    report = looked(world, on_failure="rollback")

    assert report.left_out == (("a", "nothing was live before this deploy that could be brought back"),)
    assert world.records()[-1] == (world.head, "failed")


@pytest.mark.parametrize(
    ("name", "error", "reason"),
    [("propose", Permanent("gitlab-forbidden"), "gitlab-forbidden"), ("head", Permanent("gitlab-forbidden"), None)],
)
def test_what_can_not_be_taken_back_is_told(name: str, error: ServiceError, reason: str | None) -> None:
    """The deploy is marked failed, and people are told why it is live still."""
    world, _ = merged()
    looked(world)
    fails(world)
    world.gitlab.before = failing(name, error)

    report = looked(world, on_failure="rollback")

    assert (report.state, report.reason, report.iid) == (State.FAILED, reason or "gitlab-forbidden", None)
    assert "Nothing was taken back" in gate_note(world)
    assert world.news()[-1].facts[-1] == "not taken back: `gitlab-forbidden`"


def test_a_branch_that_is_gone_is_not_taken_back() -> None:
    """There is nothing to propose a merge to."""
    world, _ = merged()
    commit = world.head
    looked(world)
    fails(world)
    del world.gitlab.branches["develop"]

    report = looked(world, on_failure="rollback")

    assert report.reason == "branch-missing"
    assert "branch-missing" in gate_note(world, commit)


@pytest.mark.parametrize("name", ["commit", "propose", "post_status", "write_note", "fail_deployment"])
def test_a_run_that_died_while_it_took_something_back_is_carried_on(name: str) -> None:
    """One branch, one merge request, one note, wherever it broke off; also by another message."""
    world, _ = merged()
    looked(world)
    fails(world)
    world.gitlab.before = failing(name, Transient("gitlab-unavailable"))
    with pytest.raises(Transient):
        looked(world, on_failure="rollback")

    looked(world, on_failure="rollback")

    assert len(world.gitlab.requests) == 2
    assert sum(each.startswith("aic-rollback/develop-") for each in world.gitlab.branches) == 1
    assert "Taken back by !2" in gate_note(world)
    assert world.records()[-1] == (world.head, "failed")


def test_previous_has_two_meanings_after_a_failure_and_so_is_asked_for_by_its_commit() -> None:
    """What failed may be live still. A rollback knows what is meant: whatever was live before head."""
    world, _ = merged()
    before = world.gitlab.records[-2][1].commit
    looked(world)
    fails(world)
    looked(world)
    asker = Asker(ALLOWED, Run("0123abcd", MOMENT), "r-1")
    request = Restore(project="pin/fusion", workspace=QA, origin="previous", confirm=QA)

    report = restore(request, asker, (), world.outside())

    assert report.reason == "version-unknown"
    assert f"`{before[:8]}` was live before it" in report.detail
    back = rollback(Rollback(project="pin/fusion", branch="develop", confirm=QA), asker, world.outside())
    assert back.source == f"commit:{before}"
    world.gitlab.records[:] = world.gitlab.records[-1:]
    assert "name the commit" in restore(request, asker, (), world.outside()).detail


def test_a_deploy_that_never_came_live_leaves_previous_as_it_is() -> None:
    """There were no tests of it."""
    world, _ = merged()
    before = world.gitlab.records[-2][1].commit
    world.put(a="three")
    world.aic.put("a", "typed")
    world.deploy()
    request = Restore(project="pin/fusion", workspace=QA, origin="previous", confirm=QA)

    report = restore(request, Asker(ALLOWED, Run("0123abcd", MOMENT), "r-1"), (), world.outside())

    assert (world.records()[-1][1], report.source) == ("failed", f"commit:{before}")


def test_a_failure_that_is_only_reported_is_tried_and_tested_again_after_a_day() -> None:
    """As any head that failed: it is found deployed, recorded, and has new tests."""
    world, _ = merged()
    looked(world)
    fails(world)
    looked(world)
    projects = [Unswept("pin/fusion", frozenset({QA}), world.outside, frozenset({QA}))]
    world.publisher.published.clear()
    early = sweep(projects, Sweeper(3000.0, "s"), together=OneByOne()).told().said
    world.clock.advance(25 * 60 * 60)
    late = sweep(projects, Sweeper(3000.0, "s"), together=OneByOne()).told().fields["asked_for"]

    assert (early, late) == ("sweep: nothing due", ["pin/fusion:develop: its last try failed, long ago"])
    writes = len(world.writes())
    world.deploy()
    assert (world.records()[-1], len(world.writes())) == ((world.head, "success"), writes)
    assert len(asked(world)) == 1
    looked(world)
    world.gitlab.finish(2, "success")
    assert looked(world).state is State.PASSED
    assert "passed its tests" in gate_note(world)


# What is none of its business.


def test_what_is_not_to_be_tested_is_ignored() -> None:
    """Each with a word for the log, and without a write."""
    world, _ = merged()
    written = world.gitlab.calls.count("write_note")
    reasons = [
        looked(world, gates=frozenset()).reason,
        looked(world, 999).reason,
        looked(world, branch="feature/none").reason,
        looked(world, branch="main", gates=frozenset({"PIN FUSION 2.0"})).reason,
    ]

    assert reasons == ["no-tests-set", "deployment-unknown", "branch-not-mapped", "deployment-unknown"]
    assert (world.gitlab.runs, world.gitlab.calls.count("write_note")) == ({}, written)


def test_a_deployment_that_did_not_succeed_is_not_tested() -> None:
    """It is running, or was given up."""
    world, _ = merged()
    world.gitlab.open_deployment("aic/pin-fusion-2-0-qa", branch="develop", commit=world.head, status="running")

    assert looked(world, world.gitlab.records[-1][1].id).reason == "deployment-not-live"


def test_records_of_others_are_no_deploys() -> None:
    """Anybody may write one."""
    world, _ = merged()
    world.gitlab.seen_by(99).open_deployment(
        "aic/pin-fusion-2-0-qa", branch="develop", commit=world.head, status="success"
    )

    assert looked(world, world.gitlab.records[-1][1].id).reason == "deployment-unknown"


def test_an_older_deploy_of_the_same_commit_is_overtaken() -> None:
    """The note on the commit speaks of the newer one by now."""
    world, _ = merged()
    older = world.gitlab.records[-1][1]
    looked(world, older.id)
    world.gitlab.records.append(
        ("aic/pin-fusion-2-0-qa", world.gitlab._deployment(world.head, "success", "develop", OWN))
    )
    looked(world)
    fails(world)

    assert looked(world, older.id, on_failure="rollback").reason == "superseded"


def test_a_workspace_that_the_settings_do_not_allow_is_not_touched() -> None:
    """Whatever the mapping file says."""
    world, _ = merged()
    request = AfterDeploy(project="pin/fusion", branch="develop")
    asker = Asker(frozenset({"x"}), Run("0123abcd", MOMENT), "r-1", by_hand=False, gates={QA: "report"})

    report = after_deploy(request, asker, world.outside())

    assert (report.reason, report.told().bad, world.gitlab.runs) == ("workspace-not-allowed", True, {})


def test_on_the_last_delivery_the_log_says_what_is_in_the_way() -> None:
    """The sweep asks again."""
    world, _ = merged()
    world.gitlab.before = failing("notes", Transient("gitlab-unavailable"), times=9)

    report = looked(world, final=True)

    assert (report.reason, report.told().bad) == ("gitlab-unavailable", True)
