"""How the GitLab stand-in comes to know whether a merge request can be merged."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.gitlab_stand_in import API, StandIn, served
from tests.contract.hooked import opened, tip

ONE = "/merge_requests/1"


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path / "git") as running:
        running.seed(main={"a": "1"}, feature={"b": "1"})
        yield running


def shown(stand_in: StandIn) -> Any:
    return stand_in.get(ONE).json()


def listed(stand_in: StandIn, **query: object) -> list[str]:
    row = stand_in.get("/merge_requests", **query).json()[0]
    return [row["detailed_merge_status"], row["merge_status"]]


def merged(stand_in: StandIn) -> int:
    return stand_in.http.put(f"{API}{ONE}/merge").status_code


def test_a_new_one_is_prepared_before_it_is_checked(stand_in: StandIn) -> None:
    """`prepared_at` is null until then."""
    stand_in.settings(mergeability_reads=3)
    assert opened(stand_in)["prepared_at"] is None

    seen = [shown(stand_in) for _ in range(4)]

    assert [one["detailed_merge_status"] for one in seen] == ["preparing", "checking", "checking", "mergeable"]
    assert [one["prepared_at"] is None for one in seen] == [True, False, False, False]


@pytest.mark.parametrize("branch", ["feature", "main"])
def test_a_push_leaves_it_unchecked_until_somebody_asks(stand_in: StandIn, branch: str) -> None:
    """To either branch. A list doesn't ask unless it is told to; meanwhile nothing merges."""
    opened(stand_in)
    stand_in.settings(mergeability_reads=1)
    stand_in.admin("POST", "commit", {"project": "1", "branch": branch, "write": {"c": "1"}})

    assert listed(stand_in) == listed(stand_in) == ["unchecked", "unchecked"]
    assert merged(stand_in) == 405
    assert listed(stand_in, with_merge_status_recheck="true") == ["checking", "checking"]
    assert [shown(stand_in)["merge_status"] for _ in range(2)] == ["checking", "can_be_merged"]
    assert merged(stand_in) == 200


@pytest.mark.parametrize(("state", "status"), [("running", "ci_still_running"), ("failed", "ci_must_pass")])
def test_a_project_may_insist_on_a_successful_pipeline(stand_in: StandIn, state: str, status: str) -> None:
    """None at all won't do either."""
    stand_in.client.projects.update(1, {"only_allow_merge_if_pipeline_succeeds": True})
    opened(stand_in)
    place = f"{API}/statuses/{tip(stand_in, 'feature')}"

    assert shown(stand_in)["detailed_merge_status"] == "ci_must_pass"
    stand_in.http.post(place, json={"state": state})
    assert (shown(stand_in)["detailed_merge_status"], merged(stand_in)) == (status, 405)
    stand_in.http.post(place, json={"state": "success"})
    assert (shown(stand_in)["detailed_merge_status"], merged(stand_in)) == ("mergeable", 200)
