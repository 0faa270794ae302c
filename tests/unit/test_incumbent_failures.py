"""What the incumbent gets wrong in a deploy, each got right. The ids are those of the list of its failures."""

import json

import pytest

from shared.domain.errors import Permanent, Transient
from shared.domain.gitlab import OnMergeRequest
from shared.domain.layout import config_path
from shared.domain.report import Outcome

from ..fake_workspace import config, stored
from ..stage import bare, stage


def test_f14_ids_of_another_workspace_in_a_file_are_no_difference() -> None:
    """A promoted file carries DEV's `$id`; nothing is written for it."""
    world = stage(a="one")
    world.gitlab.push("develop", {config_path("a"): json.dumps({"$id": "devdev", **config("one")})})

    assert world.deploy().outcome is Outcome.UNCHANGED
    assert world.writes() == []


def test_f15_a_promotion_redeploys_only_what_differs() -> None:
    """All files are touched by new ids, one really changed."""
    world = stage(a="one", b="one", c="one")
    files = {config_path(title): json.dumps({"$id": f"dev-{title}", **config("one")}) for title in "ab"}
    world.gitlab.push("develop", {**files, config_path("c"): json.dumps({"$id": "dev-c", **config("two")})})

    report = world.deploy()

    assert report.written == 1
    assert world.writes() == ["update"]


def test_f17_an_edit_made_live_survives_a_merge_of_the_same_pipeline() -> None:
    """The incumbent overwrites it, and it exists nowhere afterwards."""
    world = stage(a="one")
    world.merge(a="two")
    world.aic.put("a", "typed in AIC")

    assert world.deploy().outcome is Outcome.CONFLICT
    assert world.aic.code() == {"a": "typed in AIC"}


def test_f18_an_edit_made_live_survives_when_git_did_not_change_it() -> None:
    """Also when everything is looked at."""
    world = stage(a="one", b="one")
    world.aic.put("a", "typed in AIC")
    world.merge(b="two")

    assert world.deploy(full=True).outcome is Outcome.DEPLOYED
    assert world.aic.code() == {"a": "typed in AIC", "b": "two"}


def test_f22_a_second_deploy_writes_nothing_and_other_keys_are_told() -> None:
    """The incumbent rewrites at each deploy, and the schedule never arrives."""
    world = stage(a="one")
    world.gitlab.branches["feature/s"] = world.head
    world.gitlab.push("feature/s", {config_path("a"): stored("two", schedule="0 9 * * *")})
    iid = world.gitlab.merge("feature/s", "develop")

    world.deploy()
    world.deploy()

    assert world.writes() == ["update"]
    assert "AIC takes no schedule from outside" in world.gitlab.body(OnMergeRequest(iid))


def test_f23_new_pipelines_are_created_without_being_named() -> None:
    """And what was deleted in Git is named for people."""
    world = stage(old="x", dropped="y")
    world.merge(new="x", dropped=None)

    report = world.deploy()

    assert sorted(world.aic.code()) == ["dropped", "new", "old"]
    assert [title for title, _ in report.by_hand] == ["dropped"]


def test_f25_a_config_missing_on_the_branch_is_never_taken_from_another() -> None:
    """The default branch has one of the same title."""
    world = stage(a="one")
    world.gitlab.push("main", {config_path("gone"): stored("PRODUCTION")})
    world.merge(a="two")

    world.deploy(full=True)

    assert world.aic.code() == {"a": "two"}
    assert world.deploy(by_hand=True, pipelines=["gone"]).reason == "unknown-pipeline"


def test_f26_a_write_that_fails_is_never_a_success() -> None:
    """The incumbent mails `Success`, `Updated`."""
    world = stage(a="one")
    iid = world.merge(a="two")

    def refuse(call: str) -> None:
        if call == "update":
            raise Permanent("aic-write-refused", "AIC answered 400")

    world.aic.before = refuse

    report = world.deploy()

    assert report.outcome is Outcome.FAILED
    assert world.status() == "failed"
    assert world.records()[-1] == (world.head, "failed")
    assert "aic-write-refused" in world.gitlab.body(OnMergeRequest(iid))


def test_f27_a_deploy_that_fails_half_way_leaves_no_mixture() -> None:
    """Four of six were written when the fifth was refused."""
    names = "abcdef"
    world = stage(**dict.fromkeys(names, "one"))
    world.merge(**dict.fromkeys(names, "two"))
    number = 0

    def fifth(call: str) -> None:
        nonlocal number
        if call == "update":
            number += 1
            if number == 5:
                raise Permanent("aic-write-refused", "AIC answered 400")

    world.aic.before = fifth

    assert world.deploy().outcome is Outcome.FAILED
    assert world.aic.code() == dict.fromkeys(names, "one")


def test_f28_a_pipeline_that_cannot_be_read_stops_the_run_instead_of_being_dropped() -> None:
    """A 429 on one job, and the incumbent goes on without it."""
    world = stage(a="one", b="one")
    world.merge(a="two", b="two")
    number = 0

    def throttled(call: str) -> None:
        nonlocal number
        if call == "read":
            number += 1
            if number == 2:
                raise Transient("aic-unavailable", "AIC answered 429")

    world.aic.before = throttled

    with pytest.raises(Transient):
        world.deploy()
    assert world.writes() == []

    world.deploy()

    assert world.aic.code() == {"a": "two", "b": "two"}


def test_f35_a_wrong_key_is_said_in_words() -> None:
    """The incumbent ends with a TypeError about string indices."""
    world = bare(a="one")

    def denied(_: str) -> None:
        raise Permanent("aic-unauthorized", "AIC doesn't accept the API key")

    world.opened = denied

    report = world.deploy()

    assert (report.outcome, report.reason) == (Outcome.FAILED, "aic-unauthorized")
    assert "API key" in report.detail
