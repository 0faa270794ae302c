"""Merging into a workspace that wants its pipelines proven elsewhere first: the review says which are not."""

from dataclasses import replace

import pytest

from shared.domain import gate, note
from shared.domain.gate import Gate, State
from shared.domain.gitlab import OnCommit
from shared.domain.layout import MAPPING_FILE, config_path
from shared.domain.messages.gating import AfterDeploy
from shared.domain.review import Trouble
from shared.domain.review_report import ReviewReport
from shared.flows.answering import Asker
from shared.flows.gate import after_deploy

from ..fake_workspace import stored
from ..stage import ALLOWED, QA, RUN, Stage
from .review_stage import Desk, configs, desk
from .test_after_deploy import asked, looked, merged

STAGING, ENVIRONMENT = "PIN FUSION 2.0", "aic/pin-fusion-2-0"
MAPPING = f"mapping:\n  main: {STAGING}\n  develop: {QA}\nroles:\n  staging: main\n  production: develop\n"


def wanting(changes: dict[str, str | None], *, gates: frozenset[str] = frozenset(), **live: str) -> Desk:
    """A merge request into develop, whose workspace wants everything proven on main's first."""
    at = desk(changes, **live)
    at.gitlab.push("main", {MAPPING_FILE: MAPPING})
    at.gitlab.deployed("aic/pin-fusion-2-0-qa", at.on.head, branch="develop", mapping=at.gitlab.branches["main"])
    return replace(at, requires={QA: "staging"}, gates=gates)


def stage_(at: Desk, state: State | None = None, *, number: int = 0, **pipelines: str) -> str:
    """Deploys the pipelines to staging; with a state they were tested, and that is how it stands."""
    commit = at.gitlab.push("main", {config_path(title): stored(code) for title, code in pipelines.items()})
    at.gitlab.deployed(ENVIRONMENT, commit, branch="main", mapping="x")
    if state is not None:
        kept = gate.hide(Gate(number or at.gitlab.records[-1][1].id, 1, state))
        mark = note.marker("main", kind=gate.KIND)
        at.gitlab.write_note(OnCommit(commit), f"{mark}\n{kept}", replaces=None)
    return commit


def missing(report: ReviewReport) -> dict[str, str]:
    """Title to what is missing of its proof."""
    assert report.review is not None
    found = [(each.title, problem) for each in report.review.ours for problem in each.problems]
    assert all(problem.trouble is Trouble.UNPROVEN for _, problem in found)
    return {title: problem.why for title, problem in found}


def test_what_runs_on_staging_with_the_same_content_may_be_merged() -> None:
    """Whatever else runs there."""
    at = wanting(configs(a="2"), a="1")
    stage_(at, a="2", other="x")

    assert missing(at.review()) == {}
    assert at.status().state == "success"


def test_what_does_not_is_named_with_what_to_do() -> None:
    """In the note, and by the status."""
    at = wanting(configs(a="2", b="2", new="1"), a="1", b="1")
    stage_(at, a="2", b="3")

    found = missing(at.review())

    assert set(found) == {"b", "new"}
    assert found["b"] == f"`{STAGING}` runs another version: merge this one into `main` first, and let it be deployed"
    assert found["new"].startswith(f"`{STAGING}` has no such pipeline")
    assert (at.status().state, "2 not proven" in at.status().description) == ("failed", True)
    assert "not proven" in at.note()


def test_before_anything_was_deployed_there_nothing_is_proven() -> None:
    """A file on its branch is not enough."""
    at = wanting(configs(a="2"), a="1")
    at.gitlab.push("main", configs(a="2"))

    assert "nothing was deployed" in missing(at.review())["a"]


def test_where_nothing_is_required_nothing_is_missing() -> None:
    """Of another workspace."""
    at = replace(wanting(configs(a="2"), a="1"), requires={STAGING: "development"})

    assert missing(at.review()) == {}


@pytest.mark.parametrize("changes", [{"README.md": "more"}, configs(a="1", b=None)])
def test_what_brings_nothing_live_costs_no_request(changes: dict[str, str | None]) -> None:
    """There is nothing to prove."""
    at = wanting(changes, a="1", b="1")
    calls = []
    for each in (at, replace(at, requires={})):
        at.gitlab.calls.clear()
        each.review()
        calls.append(at.gitlab.calls.count("deployments"))

    assert calls[0] == calls[1]


@pytest.mark.parametrize("state", [State.RUNNING, State.UNSAID, State.NOT_STARTED, State.FAILED])
def test_where_staging_is_tested_only_what_passed_is_proven(state: State) -> None:
    """It is live there by now, which is not enough."""
    at = wanting(configs(a="2"), gates=frozenset({STAGING}), a="1")
    stage_(at, state, a="2")

    assert "has not passed its tests" in missing(at.review())["a"]


def test_what_passed_earlier_is_proven_still() -> None:
    """A later deploy of others that is under test, or that wrote nothing, takes nothing away."""
    at = wanting(configs(a="2"), gates=frozenset({STAGING}), a="1")
    stage_(at, State.PASSED, a="2")
    stage_(at, State.RUNNING, b="1")
    stage_(at, c="1")

    assert missing(at.review()) == {}


def test_what_differs_from_what_passed_is_not_proven() -> None:
    """Though an older deploy had it."""
    at = wanting(configs(a="2"), gates=frozenset({STAGING}), a="1")
    stage_(at, State.PASSED, a="2")
    stage_(at, State.PASSED, a="3")

    assert "another version" in missing(at.review())["a"]


def test_a_file_on_staging_that_is_no_config_proves_nothing() -> None:
    """Nor does it stop the review."""
    at = wanting(configs(a="2"), a="1")
    commit = at.gitlab.push("main", {config_path("a"): "no config"})
    at.gitlab.deployed(ENVIRONMENT, commit, branch="main", mapping="x")

    assert "has no such pipeline" in missing(at.review())["a"]


def test_a_rollback_of_ours_brings_back_what_was_live_here() -> None:
    """Somebody else's branch of that name does not."""
    at = wanting(configs(a="2"), a="1")
    stage_(at, a="3")
    at.gitlab.branches["aic-rollback/develop-1"] = at.gitlab.branches["feature/x"]
    ours = at.gitlab.propose("aic-rollback/develop-1", "develop", title="x", description="y").iid

    assert missing(at.review(iid=ours)) == {}
    at.gitlab.close(ours)
    theirs = at.gitlab.open("aic-rollback/develop-1", "develop")
    assert set(missing(at.review(iid=theirs))) == {"a"}


@pytest.mark.parametrize(
    ("mapping", "detail"),
    [
        (f"mapping:\n  develop: {QA}\n", "names no branch"),
        (f"mapping:\n  develop: {QA}\nroles:\n  staging: develop\n", "own"),
    ],
)
def test_a_role_that_leads_nowhere_or_back_stops_the_review(mapping: str, detail: str) -> None:
    """It can't be met, and says why."""
    at = wanting(configs(a="2"), a="1")
    role = "development" if detail == "names no branch" else "staging"
    at.gitlab.push("main", {MAPPING_FILE: mapping})

    report = replace(at, requires={QA: role}).review()

    assert report.review is not None
    assert (report.review.reason, at.status().state) == ("role-missing", "failed")
    assert detail in report.review.detail or "maps no branch" in report.review.detail


def test_many_deploys_without_tests_are_not_all_looked_through() -> None:
    """A bounded number of requests, whatever there is."""
    at = wanting(configs(a="2"), gates=frozenset({STAGING}), a="1")
    stage_(at, State.PASSED, a="2")
    for number in range(20):
        stage_(at, other=str(number))
    at.gitlab.calls.clear()

    assert "has not passed" in missing(at.review())["a"]
    assert at.gitlab.calls.count("notes") < 15


# Who is asked again.


def plans(world: Stage) -> list[object]:
    return [said["merge_request"] for topic, said, *_ in world.publisher.published if topic == "aic-plan"]


def opened(world: Stage) -> int:
    """A merge request into main, whose workspace wants its pipelines proven on develop's."""
    world.gitlab.branches["release/1"] = world.gitlab.branches["main"]
    world.gitlab.push("release/1", configs(a="two"))
    return world.gitlab.open("release/1", "main")


def passed(world: Stage, *, gates: dict[str, str], requires: dict[str, str]) -> None:
    request = AfterDeploy(project="pin/fusion", branch="develop")
    after_deploy(request, Asker(ALLOWED, RUN, "r-1", by_hand=False, gates=gates, requires=requires), world.outside())


def test_what_has_passed_has_its_waiting_reviews_made_anew() -> None:
    """Also when the same is found again, since the message may not have been sent the first time."""
    world, _ = merged()
    number = opened(world)
    looked(world)
    passed(world, gates={QA: "report"}, requires={"PIN FUSION 2.0": "staging"})
    assert plans(world) == []
    world.gitlab.finish(1, "success")

    for times in (1, 2):
        passed(world, gates={QA: "report"}, requires={"PIN FUSION 2.0": "staging"})
        assert plans(world) == [number] * times


def test_where_nobody_tests_a_deploy_is_enough() -> None:
    """It asks by the same message."""
    world, _ = merged()
    number = opened(world)
    passed(world, gates={}, requires={"PIN FUSION 2.0": "staging", QA: "staging"})

    assert plans(world) == [number]
    world.gates = frozenset()
    world.put(a="three")
    world.publisher.published.clear()
    world.deploy()
    assert asked(world) == []
    world.proves = True
    world.put(a="four")
    world.deploy()
    assert len(asked(world)) == 1


def test_others_are_not_asked_again() -> None:
    """Those of other branches, and of roles that this branch doesn't have."""
    world, _ = merged()
    opened(world)
    for requires in ({}, {QA: "staging"}, {"PIN FUSION 2.0": "development"}):
        passed(world, gates={}, requires=requires)

    assert plans(world) == []
