"""Between capture and branch a team's own step is taken, and whatever it gives back is looked at."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.answer import Outcome
from shared.domain.capture import Mode
from shared.domain.errors import Permanent, Transient
from shared.domain.gitlab import Issue
from shared.domain.layout import MAPPING_FILE, config_path
from shared.domain.messages.promotion import PushFeature, ResolveIssue
from shared.domain.promotion_report import Promoted
from shared.domain.run import Run
from shared.flows import stepping
from shared.flows.answering import Asker
from shared.flows.push import push_feature
from shared.flows.resolve import resolve_issue
from shared.flows.stepping import Stage as Place

from ..failing import failing
from ..fake_step import FakeStep
from ..stage import ALLOWED, MAPPING, QA, Stage, stage

NAME = "feature/pin-12"
ROLES = f"{MAPPING}roles:\n  development: develop\n  staging: main\n"
RUN = Run("0123abcd", datetime(2026, 11, 20, 9, tzinfo=UTC))
SECRET = "password = 'glpat-AbCdEfGhIjKlMnOpQrSt'"
Call = Callable[[Any], object]


def marked(pipelines: Any) -> object:
    """Each has one more variable, once."""
    for config in pipelines.values():
        config["variables"] = [{"id": "STEP", "value": "1"}]
    return pipelines


def coded(code: str) -> Call:
    """Each runs that."""

    def change(pipelines: Any) -> object:
        for config in pipelines.values():
            config["stages"][0]["tasks"][0]["config"]["query"] = code
        return pipelines

    return change


def development(mapping: str = ROLES) -> Stage:
    """A pipeline that Git has, edited in AIC."""
    world = stage(mapping=mapping, a="one", b="one")
    files = world.gitlab.commits[world.head].files
    world.gitlab.push("main", {path: files[path] for path in files if path != MAPPING_FILE})
    world.aic.put("a", "two")
    return world


def asked(
    world: Stage, call: Call, *pipelines: str, mode: Mode = Mode.COMMIT, final: bool = False, dry_run: bool = False
) -> Promoted:
    """The report of a feature that Ann pushes."""
    wanted = pipelines or ("a",)
    request = PushFeature(project="pin/fusion", workspace=QA, pipelines=wanted, name="PIN-12", dry_run=dry_run)
    order = world.snapshot_order(mode=mode, pipelines=list(wanted), final=final, dry_run=dry_run)
    return push_feature(
        request, order, step=FakeStep(call), asker=Asker(ALLOWED, RUN, "r-1", "ann", final), outside=world.outside()
    )


def config(world: Stage, branch: str, title: str = "a") -> dict[str, Any]:
    data = world.gitlab.commits[world.gitlab.branches[branch]].files[config_path(title)]
    found: dict[str, Any] = json.loads(data)
    return found


def code(found: dict[str, Any]) -> object:
    return found["stages"][0]["tasks"][0]["config"]["query"]


def lines(world: Stage, branch: str = "develop") -> Sequence[str]:
    """The messages of the branch's commits, newest first."""
    return [world.gitlab.commits[sha].commit.message for sha in world.gitlab.line(world.gitlab.branches[branch])]


def test_what_the_step_makes_is_proposed_upon_what_was_captured() -> None:
    """Both are in the history of development; the deploy that brings it to AIC is asked for."""
    world = development()

    report = asked(world, marked)

    assert (report.outcome, report.stepped) == (Outcome.PROPOSED, ("a",))
    assert report.told().fields["stepped"] == ["a"]
    assert [config(world, branch)["variables"] for branch in ("develop", NAME)] == [[{"id": "STEP", "value": "1"}]] * 2
    step, capture, *_ = lines(world)
    assert step.startswith("Take the step steps.rules:tidy for 1 pipeline [skip ci]")
    assert "AIC-Workspace:" not in step
    assert "AIC-Workspace:" in capture
    (topic, message, *_) = world.publisher.published[-1]
    assert (topic, message) == ("aic-deploy", {"project": "pin/fusion", "branch": "develop"})


def test_the_next_snapshot_and_deploy_agree_with_it() -> None:
    """No edit is seen where nobody has edited; AIC gets the change."""
    world = development()
    asked(world, marked)
    head = world.head

    world.snapshot(message="2")
    assert world.head == head
    world.deploy()

    assert world.head == head
    (live,) = [each for each in world.aic.jobs() if each.title == "a"]
    assert (world.aic.read(live.id) or {})["variables"] == [{"id": "STEP", "value": "1"}]


def test_a_second_edit_is_pushed_like_the_first_one() -> None:
    """What staging has by then development had before: no conflict."""
    world = development()
    report = asked(world, marked)
    world.deploy()
    assert report.iid is not None
    world.gitlab.land(report.iid)
    assert NAME not in world.gitlab.branches
    world.aic.put("a", "three")

    again = asked(world, marked)

    assert (again.outcome, again.reason) == (Outcome.PROPOSED, "")
    found = config(world, NAME)
    assert (code(found), found["variables"]) == ("three", [{"id": "STEP", "value": "1"}])


def test_sent_twice_it_is_taken_once() -> None:
    """The second time it finds nothing to change."""
    world = development()
    first = asked(world, marked)
    before = dict(world.gitlab.branches)

    second = asked(world, marked)

    assert (second.iid, second.stepped, world.gitlab.branches) == (first.iid, (), before)


def test_code_follows_what_the_step_makes() -> None:
    """It is another file of the same pipeline."""
    world = development()

    asked(world, coded("select 1"))

    files = world.gitlab.commits[world.head].files
    assert [data for path, data in files.items() if path.startswith("code/a/")] == [b"select 1"]


def test_a_step_that_changes_nothing_leaves_no_trace() -> None:
    """The branch is that of a push without one."""
    world, plain = development(), development()

    report = asked(world, lambda pipelines: pipelines)
    asked(plain, lambda pipelines: pipelines)

    assert (report.outcome, report.stepped) == (Outcome.PROPOSED, ())
    assert not any("step" in each for each in lines(world))


def test_a_dry_run_says_what_it_would_change() -> None:
    """And writes nothing."""
    world = development()
    world.snapshot()
    before = dict(world.gitlab.branches)

    report = asked(world, marked, dry_run=True)

    assert (report.outcome, report.stepped, world.gitlab.branches) == (Outcome.PLANNED, ("a",), before)
    assert report.detail == "This was a dry run: the step would change 1 pipeline, and nothing was made."


def other_title(pipelines: Any) -> object:
    pipelines["a"]["title"] = "b"
    return pipelines


def endless(pipelines: Any) -> object:
    pipelines["a"]["variables"].append({"id": f"N{len(pipelines['a']['variables'])}", "value": ""})
    return pipelines


def broken(pipelines: Any) -> object:
    pipelines["a"]["stages"] = {}
    return pipelines


def bloated(pipelines: Any) -> object:
    pipelines["a"]["variables"] = [{"id": "X", "value": "x" * 6_000_000}]
    return pipelines


@pytest.mark.parametrize(
    ("call", "detail"),
    [
        (lambda _: None, "it must give back the pipelines that it was given, by their titles, and no others"),
        (lambda _: {}, "it must give back the pipelines that it was given, by their titles, and no others"),
        (
            lambda each: {**each, "b": {}},
            "it must give back the pipelines that it was given, by their titles, and no o",
        ),
        (lambda _: {"a": []}, "what it made of `a` is no JSON object"),
        (other_title, "it gave `a` another title"),
        (broken, "what it made of `a` can't be deployed: `stages` must be a JSON list"),
        (bloated, "what it made of `a` can't be deployed: "),
        (endless, "it makes something else of `a` each time: what it has made once it must leave as it is"),
        (coded(SECRET), "what it made of `a` can't be brought to Git: "),
        (lambda _: "no pipelines on a Friday", "no pipelines on a Friday"),
    ],
)
def test_what_may_not_go_to_git_is_refused_and_only_the_capture_is_made(call: Call, detail: str) -> None:
    """Nothing is lost: the edit is in Git as AIC runs it."""
    world = development()

    report = asked(world, call)

    assert (report.outcome, report.reason) == (Outcome.REFUSED, "step-refused")
    assert report.detail.startswith(detail)
    assert "glpat" not in report.detail
    assert (code(config(world, "develop")), NAME in world.gitlab.branches) == ("two", False)
    assert not any("step" in each for each in lines(world))


def test_a_step_that_breaks_is_told() -> None:
    """As a failure of ours to be mended."""
    world = development()

    def breaks(_: object) -> object:
        raise Permanent("step-failed", "`steps.rules:tidy` raised KeyError")

    report = asked(world, breaks)

    assert (report.outcome, report.reason) == (Outcome.FAILED, "step-failed")
    assert code(config(world, "develop")) == "two"


def test_captures_by_merge_request_take_no_step_that_changes_something() -> None:
    """Onto such a branch nothing is committed; one that only looks is fine."""
    world = development()
    world.snapshot()

    changes = asked(world, marked, mode=Mode.MERGE_REQUEST)
    looks = asked(world, lambda pipelines: pipelines, mode=Mode.MERGE_REQUEST)

    assert (changes.reason, looks.outcome) == ("step-refused", Outcome.PROPOSED)
    assert "`snapshot: commit`" in changes.detail


def test_a_busy_gitlab_is_asked_again() -> None:
    """The step is taken by the delivery that comes after."""
    world = development()
    world.gitlab.before = failing("commit", Transient("gitlab-unavailable", "busy"), skip=1)

    with pytest.raises(Transient):
        asked(world, marked)

    assert asked(world, marked).stepped == ("a",)


def test_a_pipeline_that_git_has_no_file_of_is_none_for_the_step() -> None:
    """A snapshot leaves out what is gone on both sides."""
    world = development()
    seen: list[list[str]] = []

    def look(pipelines: Any) -> object:
        seen.append(sorted(pipelines))
        return pipelines

    step = FakeStep(look)

    changed = stepping.take(step, ["a", "gone"], Place("pin/fusion", "develop", Mode.COMMIT, RUN), world.outside())

    assert (changed, seen) == ((), [["a"], ["a"]])


def test_a_branch_that_is_gone_is_told() -> None:
    """Between the capture and the step."""
    with pytest.raises(Exception, match="branch-missing"):
        stepping.take(FakeStep(marked), ["a"], Place("p/f", "gone", Mode.COMMIT, RUN), development().outside())


def test_an_issue_is_resolved_with_the_step_and_a_hotfix_without() -> None:
    """What production runs goes as it is."""
    request = ResolveIssue(project="pin/fusion", issue=7, workspace=QA, pipelines=("a",))
    asker = Asker(ALLOWED, RUN, "r-1", "ann")
    reports = []
    for mapping in (ROLES, f"{MAPPING}roles:\n  production: develop\n  staging: main\n"):
        world = development(mapping)
        world.gitlab.issues[7] = Issue(7, "Numbers are off", "opened", "https://gitlab.test/-/issues/7")
        order = world.snapshot_order(pipelines=["a"])
        reports.append(resolve_issue(request, order, step=FakeStep(marked), asker=asker, outside=world.outside()))

    assert [(each.outcome, each.stepped) for each in reports] == [(Outcome.PROPOSED, ("a",)), (Outcome.PROPOSED, ())]
