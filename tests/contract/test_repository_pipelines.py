"""What every `ports.Repository` promises of CI pipelines, and of a deployment that fails afterwards."""

import pytest

from shared.domain.gitlab import CiJob
from tests.contract import repositories
from tests.contract.failing import reason_of
from tests.contract.repositories import Bench

bench = repositories.bench
LONG_AGO, QA = "2020-01-01T00:00:00Z", "aic/qa"
TOLD = {"AIC_WORKSPACE": "Market QA", "AIC_PIPELINES": '["a", "ü"]'}


def head(bench: Bench) -> str:
    found = bench.repository.head("main")
    assert found
    return found


def test_a_pipeline_knows_what_it_was_started_with(bench: Bench) -> None:
    """On which commit, by whom, and that nothing has run yet."""
    number = bench.repository.start_pipeline("main", variables=TOLD)
    found = bench.repository.ci_pipeline(number)

    assert found is not None
    assert (found.id, found.commit, found.user) == (number, head(bench), bench.repository.own_id())
    assert (found.state, found.url.endswith(f"/-/pipelines/{number}")) == ("pending", True)
    assert bench.repository.ci_variables(number) == TOLD
    assert bench.repository.ci_variables(bench.repository.start_pipeline("main")) == {}


def test_what_is_not_there_is_none(bench: Bench) -> None:
    """Deleted, or never started."""
    assert (bench.repository.ci_pipeline(999), bench.repository.ci_variables(999)) == (None, None)
    bench.repository.cancel_pipeline(999)


def test_what_others_have_told_theirs_is_for_maintainers(bench: Bench) -> None:
    """A developer hears of its own alone."""
    number = bench.other.start_pipeline("main", variables=TOLD)
    assert bench.repository.ci_variables(number) == TOLD
    bench.commit("develop", {"d": "1"}, parents=(head(bench),))
    bench.demote()
    own = bench.repository.start_pipeline("develop", variables=TOLD)

    assert bench.repository.ci_variables(number) is None
    assert bench.repository.ci_variables(own) == TOLD


def test_started_pipelines_are_listed_newest_first_by_branch(bench: Bench) -> None:
    """Whoever started them; none that nothing has happened to since."""
    bench.commit("develop", {"d": "1"}, parents=(head(bench),))
    first, other = bench.repository.start_pipeline("main"), bench.other.start_pipeline("main")
    bench.repository.start_pipeline("develop")

    assert list(bench.repository.started_pipelines("main", since=LONG_AGO)) == [other, first]
    assert list(bench.repository.started_pipelines("main", since="2100-01-01T00:00:00Z")) == []
    assert list(bench.repository.started_pipelines("none", since=LONG_AGO)) == []


@pytest.mark.parametrize("state", ["success", "failed", "canceled", "skipped"])
def test_a_pipeline_ends_with_its_jobs(bench: Bench, state: str) -> None:
    """They are told with whoever started them."""
    number = bench.repository.start_pipeline("main")
    bench.finish(number, state)
    found = bench.repository.ci_pipeline(number)

    assert found is not None
    assert found.state == state
    assert bench.repository.ci_jobs(found) == (CiJob("test", state, bench.repository.own_id()),)


def test_only_what_is_unfinished_is_cancelled(bench: Bench) -> None:
    """Twice is fine."""
    running, ended = bench.repository.start_pipeline("main"), bench.repository.start_pipeline("main")
    bench.finish(ended, "success")
    for number in (running, running, ended):
        bench.repository.cancel_pipeline(number)

    states = [found.state for each in (running, ended) if (found := bench.repository.ci_pipeline(each))]
    assert states == ["canceled", "success"]


def test_a_deployment_that_succeeded_can_fail_afterwards(bench: Bench) -> None:
    """Twice is fine; the others stay."""
    repository = bench.repository
    older = repository.open_deployment(QA, branch="main", commit=head(bench), status="success")
    newer = repository.open_deployment(QA, branch="main", commit=head(bench), status="success")
    repository.fail_deployment(newer)
    repository.fail_deployment(newer)

    assert [(each.id, each.status) for each in repository.deployments(QA)] == [
        (newer.id, "failed"),
        (older.id, "success"),
    ]


def test_a_pipeline_on_no_branch_is_refused_with_variables_too(bench: Bench) -> None:
    """Nothing is started."""
    assert reason_of(lambda: bench.repository.start_pipeline("none", variables=TOLD)) == "gitlab-refused"
