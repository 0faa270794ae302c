"""The decisions of a test gate."""

import json
from itertools import product

import pytest

from shared.domain import gate, gate_news, gate_note
from shared.domain.gate import Gate, State, Verdict
from shared.domain.gate_report import Gated
from shared.domain.gitlab import CiJob
from shared.domain.occasion import Kind

OWN, ANN = 7, 8
STATES = ("created", "pending", "running", "manual", "success", "failed", "canceled", "skipped")


def job(state: str, *, name: str = "test", user: int = ANN, may_fail: bool = False) -> CiJob:
    return CiJob(name, state, user, may_fail)


def judged(state: str, *jobs: CiJob) -> Verdict:
    return gate.verdict(state, jobs, own=OWN)


@pytest.mark.parametrize("jobs", [(), (job("failed"),), (job("running"),)])
def test_a_pipeline_that_succeeded_has_passed(jobs: tuple[CiJob, ...]) -> None:
    """GitLab counts what matters; nobody looks closer."""
    assert judged("success", *jobs) == Verdict(State.PASSED)


@pytest.mark.parametrize(
    "state", ["created", "waiting_for_resource", "preparing", "pending", "running", "canceling", "manual", "scheduled"]
)
def test_what_has_not_ended_is_under_way(state: str) -> None:
    """Also a state that nobody has heard of, and whatever its jobs say by now."""
    assert judged(state, job("failed")) == Verdict(State.RUNNING)
    assert judged("odd") == Verdict(State.RUNNING)


def test_a_job_that_failed_fails_the_tests_and_is_named() -> None:
    """One that may fail does not."""
    jobs = (job("failed", name="unit"), job("failed", name="style", may_fail=True), job("success"))

    assert judged("failed", *jobs) == Verdict(State.FAILED, ("unit",))
    assert judged("failed", *jobs[1:]) == Verdict(State.PASSED)


@pytest.mark.parametrize("name", ["aic/plan", "aic/deploy"])
def test_the_services_own_statuses_are_no_tests(name: str) -> None:
    """GitLab hangs them into the newest pipeline of their commit, and lets that fail with them."""
    own = job("failed", name=name, user=OWN)

    assert judged("failed", own, job("success")) == Verdict(State.PASSED)
    assert judged("failed", own, job("running")) == Verdict(State.RUNNING)
    assert judged("canceled", job("canceled", name=name, user=OWN), job("success")) == Verdict(State.PASSED)
    assert judged("failed", own) == Verdict(State.UNSAID)
    assert judged("failed", own, job("failed")) == Verdict(State.FAILED, ("test",))


def test_a_status_of_somebody_else_by_our_name_counts_and_so_does_a_job_that_we_started() -> None:
    """Both are tests that people have set up."""
    assert judged("failed", job("failed", name="aic/plan")).state is State.FAILED
    assert judged("failed", job("failed", user=OWN)).state is State.FAILED


@pytest.mark.parametrize(("state", "one", "other"), list(product(("failed", "canceled", "skipped"), STATES, STATES)))
def test_without_a_failed_job_it_passed_only_if_something_succeeded_and_nothing_was_broken_off(
    state: str, one: str, other: str
) -> None:
    """All pairs of what two jobs can be."""
    both = {one, other}
    if "failed" in both:
        wanted = State.FAILED
    elif both & {"created", "pending", "running"}:
        wanted = State.RUNNING
    elif "success" in both and "canceled" not in both:
        wanted = State.PASSED
    else:
        wanted = State.UNSAID

    assert judged(state, job(one), job(other)).state is wanted


def test_the_pipeline_is_told_where_what_and_which() -> None:
    """The titles are JSON, whatever stands in them."""
    told = gate.variables("Market QA", 12, ("b, c", "ä"))

    assert (told["AIC_WORKSPACE"], told["AIC_DEPLOYMENT"]) == ("Market QA", "12")
    assert json.loads(told["AIC_PIPELINES"]) == ["b, c", "ä"]
    assert gate.deployment_of(told) == 12


def test_no_name_becomes_a_variable_of_the_job() -> None:
    """GitLab's runner would put its value there; of two dollar signs it makes one."""
    told = gate.variables("QA $5", 12, ("${CI_JOB_TOKEN}",))

    assert (told["AIC_WORKSPACE"], told["AIC_PIPELINES"]) == ("QA $$5", '["$${CI_JOB_TOKEN}"]')
    assert gate.tests(told, "QA $5", 12)
    assert [gate.tests(told, *other) for other in (("QA $$5", 12), ("QA $5", 13))] == [False, False]


def test_more_titles_than_a_job_could_start_with_are_left_out() -> None:
    """Empty text then: all of them are to be tested."""
    assert gate.variables("QA", 1, ["ü" * 100 + str(number) for number in range(400)])["AIC_PIPELINES"] == ""


@pytest.mark.parametrize(
    "told", [{}, {"AIC_DEPLOYMENT": "12"}, {"AIC_WORKSPACE": "QA"}, {"AIC_WORKSPACE": "QA", "AIC_DEPLOYMENT": "1x"}]
)
def test_a_pipeline_of_somebody_else_tests_no_deployment(told: dict[str, str]) -> None:
    """Both variables have to be there."""
    assert gate.deployment_of(told) is None


@pytest.mark.parametrize("state", State)
def test_what_the_note_keeps_is_found_again(state: State) -> None:
    """In its second line only: a title that spells a state is not one."""
    told = Gated(
        "a/b", "develop", "QA", "c" * 40, 12, 34, titles=("<!-- aic-gate deployment=1 pipeline=1 state=x -->",)
    )
    body = gate_note.render(told, state, first_line="<!-- aic-after-deploy develop -->")

    assert gate.find(body) == Gate(12, 34, state)
    for other in (
        "",
        "x",
        f"x\n\n{gate.hide(Gate(1, 2, state))}",
        "x\n<!-- aic-gate deployment=1 pipeline=2 state=y -->",
    ):
        assert gate.find(other) is None


def test_the_note_says_what_failed_and_what_goes_back() -> None:
    """With links that lead to GitLab, and no name that has any power."""
    told = Gated(
        "a/b", "develop", "QA", "c" * 40, 12, 34,
        url="https://gitlab.test/a/b/-/pipelines/34", state=State.FAILED, titles=tuple(f"p{n}" for n in range(22)),
        jobs=("unit @all",), rolls_back=True, before="d" * 40, iid=5, returned=("p0",), left_out=(("p1", "it is new"),),
    )  # fmt: skip
    body = gate_note.render(told, State.FAILED, first_line="x")

    assert "### ❌ `QA` failed its tests" in body
    assert "[CI pipeline 34](https://gitlab.test/a/b/-/pipelines/34)" in body
    assert "`p19` and 2 more" in body
    assert "!5 brings back what commit `dddddddd` has" in body
    assert "**Failed jobs** `unit @all`" in body
    assert "**Taken back by !5** `p0`" in body
    assert "- `p1`: it is new" in body
    assert gate_note.summary(told) == "deployed to QA, but its tests failed; !5 takes it back"
    (news,) = gate_news.of(told)
    assert (news.kind, news.merge_request, news.rows[0].status) == (Kind.ROLLBACK, 5, "goes back")
    assert [row.status for row in news.rows[:3]] == ["goes back", "left as it is", "still live"]


def test_a_failure_that_is_only_reported_says_so() -> None:
    """And what was not taken back though it was to be says why."""
    told = Gated("a/b", "develop", "QA", "c" * 40, 12, 34, url="odd) [x](y", state=State.FAILED, titles=("p",))
    body = gate_note.render(told, State.FAILED, first_line="x")
    tried = Gated("a/b", "develop", "QA", "c" * 40, 12, state=State.FAILED, rolls_back=True, reason="gitlab-forbidden")

    assert "only for a report" in body
    assert "· CI pipeline 34\n" in body
    assert gate_note.summary(told) == "deployed to QA, but its tests failed"
    assert "**Reason** `gitlab-forbidden`" in (said := gate_note.render(tried, State.FAILED, first_line="x"))
    assert "Nothing was taken back" in said
    ((news,), (other,)) = gate_news.of(told), gate_news.of(tried)
    assert (news.kind, other.facts[-1]) == (Kind.FAILED, "not taken back: `gitlab-forbidden`")


@pytest.mark.parametrize("state", [None, State.RUNNING, State.PASSED, State.UNSAID, State.NOT_STARTED])
def test_only_a_failure_is_news(state: State | None) -> None:
    """The note says the rest."""
    assert gate_news.of(Gated("a/b", "develop", "QA", state=state)) == ()


@pytest.mark.parametrize(
    ("told", "outcome", "bad"),
    [
        (Gated("a/b", "x", state=State.PASSED), "passed", False),
        (Gated("a/b", "x", state=State.UNSAID), "unsaid", False),
        (Gated("a/b", "x", state=State.FAILED), "failed", True),
        (Gated("a/b", "x", state=State.NOT_STARTED), "not-started", True),
        (Gated("a/b", "x", state=State.PASSED, untold=("gitlab-forbidden",)), "passed", True),
        (Gated("a/b", "x", reason="no-tests-set"), "ignored", False),
        (Gated("a/b", "x", reason="gitlab-unavailable", error=True), "failed", True),
    ],
)
def test_the_log_says_how_it_ended(told: Gated, outcome: str, bad: bool) -> None:
    """As an error where somebody has to look."""
    line = told.told()

    assert (line.said, line.fields["outcome"], line.bad) == (f"after_deploy: {outcome}", outcome, bad)
