"""Hooks → events."""

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import webhook
from shared.domain.errors import Refused
from shared.domain.hook_shapes import Project
from shared.domain.webhook import Event, GateEvent, HoldEvent, Ignored, MergeEvent, ReviewEvent
from tests.hooks import CASES, PATH, PROJECT_ID, sample

PROJECT = Project(PROJECT_ID, PATH)
MERGED = MergeEvent(PROJECT, "develop", 37, "mira.sample")
LOOKED_AT = ReviewEvent(PROJECT, "develop", 37, "mira.sample")
NOTHING = Ignored(PROJECT, "action-without-effect")
ELSE = Ignored(PROJECT, "not-a-merge-request")
EVENTS: dict[str, Event] = {
    "merge_commit": MERGED,
    "fast_forward": MERGED,
    "squash_fast_forward": MERGED,
    "fork_merge": MERGED,
    "open": LOOKED_AT,
    "reopen": LOOKED_AT,
    "update_new_commits": LOOKED_AT,
    "update_target": LOOKED_AT,
    "update_labels": NOTHING,
    "close": NOTHING,
    "push": ELSE,
    "tag_push": ELSE,
    "note": ELSE,
    "pipeline": Ignored(PROJECT, "pipeline-of-others"),
    "access_token_expiring": ELSE,
    "project_create": Ignored(None, "not-a-merge-request"),
}
HEADERS = {"x-gitlab-event": "Merge Request Hook"}
DEEP: Any = json.loads("[" * 200 + "]" * 200)
STRANGE: list[Any] = [
    None, True, False, 0, -1, 1, 1.5, float("inf"), 10**400, "", "x", "x" * 2000, "a\nb", "\ud800", [], [1], ["merge"],
    {}, {"id": 1}, {"username": "x"}, DEEP,
]  # fmt: skip
ABSENT = object()


def read(tree: Any) -> Event:
    """The event of a merge request hook with this body."""
    return webhook.read(HEADERS, json.dumps(tree).encode())


def test_every_sample_has_its_event() -> None:
    """So that none is left unread."""
    assert set(EVENTS) == set(CASES)


@pytest.mark.parametrize("case", CASES)
def test_a_hook_of_gitlab_is_the_event_that_it_tells_of(case: str) -> None:
    """By all ways to merge, forks included."""
    hook = sample(case)

    assert webhook.read(hook.headers, hook.body) == EVENTS[case]


@pytest.mark.parametrize("change", ["draft", "work_in_progress", "target_branch"])
def test_a_merge_request_that_became_ready_or_turned_to_another_branch_is_looked_at(change: str) -> None:
    """Without new commits."""
    tree = sample("update_labels").tree()
    tree["changes"] = {change: {"previous": "x", "current": "y"}}

    assert read(tree) == LOOKED_AT


@pytest.mark.parametrize(
    ("source", "ended"),
    [
        ("aic-rollback/12", True),
        ("aic-rollback/", True),
        ("aic-rollback", False),
        ("x/aic-rollback/12", False),
        ("AIC-ROLLBACK/12", False),
        ("", False),
        (None, False),
        (["aic-rollback/12"], False),
    ],
)
def test_only_the_close_of_a_rollback_ends_a_hold(source: object, ended: bool) -> None:
    """Whatever else the source branch is called, a close changes nothing."""
    tree = sample("close").tree()
    tree["object_attributes"]["source_branch"] = source

    assert read(tree) == (HoldEvent(PROJECT, "develop", 37, "mira.sample") if ended else NOTHING)


def test_a_merged_rollback_is_a_merge() -> None:
    """It ends the hold as well."""
    tree = sample("merge_commit").tree()
    tree["object_attributes"]["source_branch"] = "aic-rollback/12"

    assert read(tree) == MERGED


def ended(status: str = "failed", *, source: object = "api", **variables: Any) -> Any:
    """The body of a hook of a pipeline that tests a deploy."""
    tree = sample("pipeline").tree()
    told = {"AIC_WORKSPACE": "Market QA", "AIC_DEPLOYMENT": "12", **variables}
    listed = [{"key": key, "value": value} for key, value in told.items()]
    tree["object_attributes"] |= {"ref": "develop", "source": source, "status": status, "variables": listed}
    return tree


def of_pipeline(tree: Any) -> Event:
    return webhook.read({"x-gitlab-event": "Pipeline Hook"}, json.dumps(tree).encode())


@pytest.mark.parametrize("status", ["success", "failed", "canceled", "skipped"])
def test_the_end_of_a_pipeline_that_tests_a_deploy_is_told_without_its_result(status: str) -> None:
    """That is asked of GitLab: a hook is a hint."""
    assert of_pipeline(ended(status)) == GateEvent(PROJECT, "develop", 12, "mira.sample")


@pytest.mark.parametrize("status", ["created", "pending", "running", "manual", "", None, ["success"], {}])
def test_what_has_not_ended_is_no_result(status: Any) -> None:
    """GitLab tells of each state."""
    assert of_pipeline(ended(status)) == Ignored(PROJECT, "pipeline-not-finished")


@pytest.mark.parametrize(
    "tree",
    [
        ended(source="web"),
        ended(source=None),
        ended(AIC_WORKSPACE=""),
        ended(AIC_WORKSPACE=5),
        ended(AIC_DEPLOYMENT="x"),
        ended(AIC_DEPLOYMENT=12),
        ended(AIC_DEPLOYMENT="9" * 19),
        {**sample("pipeline").tree(), "object_attributes": {"status": "success", "source": "api", "variables": "x"}},
        {**sample("pipeline").tree(), "object_attributes": {"status": "success", "source": "api", "variables": ["x"]}},
    ],
)
def test_a_pipeline_of_somebody_else_is_none_of_ours(tree: Any) -> None:
    """Without both of the variables, or started otherwise than by the service."""
    assert of_pipeline(tree) == Ignored(PROJECT, "pipeline-of-others")


@pytest.mark.parametrize("path", [("project",), ("user",), ("object_attributes",), ("object_attributes", "ref")])
def test_a_hook_of_a_pipeline_that_lacks_a_part_is_refused(path: tuple[str, ...]) -> None:
    """By the name of the part."""
    with pytest.raises(Refused) as caught:
        of_pipeline(changed(ended(), path, ABSENT))

    assert (caught.value.reason, path[-1] in caught.value.detail) == ("hook-malformed", True)
    assert end({"x-gitlab-event": "Pipeline Hook"}, json.dumps(ended(AIC_DEPLOYMENT="0")).encode()) == "hook-malformed"


def test_a_merge_that_is_not_merged_is_none() -> None:
    """GitLab says both words."""
    tree = sample("merge_commit").tree()
    tree["object_attributes"]["state"] = "locked"

    assert read(tree) == NOTHING


@pytest.mark.parametrize("header", ["", "merge request hook", "System Hook", "Push Hook"])
def test_header_and_body_must_agree(header: str) -> None:
    """Else it is another kind of hook."""
    assert webhook.read({"x-gitlab-event": header}, sample("merge_commit").body) == ELSE
    assert webhook.read({}, sample("merge_commit").body) == ELSE


def end(headers: Mapping[str, str], body: bytes) -> Event | str:
    """The event, or the reason why it is refused; anything else is a bug and stays loud."""
    try:
        return webhook.read(headers, body)
    except Refused as error:
        return error.reason


def fields(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every key of the body, at any depth of objects."""
    for key, value in tree.items():
        yield (*path, key)
        if isinstance(value, dict):
            yield from fields(value, (*path, key))


def changed(tree: Any, path: tuple[str, ...], value: Any) -> Any:
    """The body with one field replaced or taken away."""
    made = copy.deepcopy(tree)
    place = made
    for key in path[:-1]:
        place = place[key]
    if value is ABSENT:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return made


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "case", ["merge_commit", "update_new_commits", "update_labels", "push", "note", "pipeline", "project_create"]
)
def test_sec_02_a_hook_with_any_field_of_any_shape_is_an_event_ignored_or_refused(case: str) -> None:
    """Every field, each kind of value: thousands of hooks, and no other end."""
    hook = sample(case)
    for path in fields(hook.tree()):
        for value in (ABSENT, *STRANGE):
            body = json.dumps(changed(hook.tree(), path, value)).encode()
            assert isinstance(end(hook.headers, body), Event | str), (path, value)


def test_a_hook_whose_merge_request_belongs_to_another_project_is_refused() -> None:
    """What is merged into a fork is none of ours, whatever project the hook comes from."""
    hook = sample("merge_commit")
    body = json.dumps(changed(hook.tree(), ("object_attributes", "target_project_id"), 7)).encode()

    assert end(hook.headers, body) == "hook-malformed"


NEEDED = [
    ("project",),
    ("project", "id"),
    ("project", "path_with_namespace"),
    ("user",),
    ("user", "username"),
    ("object_attributes",),
    ("object_attributes", "target_project_id"),
    ("object_attributes", "target_branch"),
    ("object_attributes", "iid"),
]


@pytest.mark.parametrize("path", NEEDED, ids=".".join)
def test_a_part_that_is_needed_is_missed_by_its_name(path: tuple[str, ...]) -> None:
    """Instead of deploying something else."""
    with pytest.raises(Refused) as caught:
        read(changed(sample("merge_commit").tree(), path, ABSENT))

    assert caught.value.reason == "hook-malformed"
    assert path[-1] in caught.value.detail


@pytest.mark.parametrize("value", [0, -1, True, 1.0, "4711", 2**63, None])
def test_an_id_is_a_positive_whole_number(value: Any) -> None:
    """`true` is 1 to Python."""
    for path in (("project", "id"), ("object_attributes", "iid"), ("object_attributes", "target_project_id")):
        with pytest.raises(Refused):
            read(changed(sample("merge_commit").tree(), path, value))


@pytest.mark.parametrize("value", ["", "x" * 1025, "a\nb", "a\x00", "\x7f", "\ud800", 5])
def test_a_name_is_one_line_of_text(value: Any) -> None:
    """At most 1,024 characters, all of which can be sent on."""
    for path in (("project", "path_with_namespace"), ("object_attributes", "target_branch"), ("user", "username")):
        with pytest.raises(Refused):
            read(changed(sample("merge_commit").tree(), path, value))


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b'"x"', b"1", b"\xff", b"[" * 100_000, b"9" * 5000])
def test_sec_02_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    """Never a RecursionError, never a ValueError."""
    with pytest.raises(Refused) as caught:
        webhook.read(HEADERS, body)

    assert (caught.value.reason, caught.value.detail) == (
        "hook-malformed",
        "`body` of the hook is missing or has another shape",
    )


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=200))
def test_sec_02_any_bytes_are_refused_or_ignored(body: bytes) -> None:
    """As nobody's merge."""
    assert isinstance(end(HEADERS, body), Ignored | str)


GOOD = {"content-length": "10"}


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", GOOD, 405),
        ("post", "/", GOOD, 405),
        ("POST", "/x", GOOD, 404),
        ("POST", "", GOOD, 404),
        ("POST", "//", GOOD, 404),
        ("POST", "/", {}, 411),
        ("POST", "/", {"content-length": ""}, 411),
        ("POST", "/", {"content-length": "-1"}, 411),
        ("POST", "/", {"content-length": "+1"}, 411),
        ("POST", "/", {"content-length": "1_0"}, 411),
        ("POST", "/", {"content-length": "1.0"}, 411),
        ("POST", "/", {"content-length": "١"}, 411),
        ("POST", "/", {"content-length": "²"}, 411),
        ("POST", "/", {"content-length": "10, 10"}, 411),
        ("POST", "/", {**GOOD, "transfer-encoding": "chunked"}, 411),
        ("POST", "/", {"content-length": str(webhook.MAX_BODY + 1)}, 413),
        ("POST", "/", {"content-length": "9" * 12}, 413),
        ("POST", "/", {"content-length": "9" * 5000}, 413),
        ("POST", "/", {**GOOD, "content-encoding": "gzip"}, 415),
        ("POST", "/", {**GOOD, "content-encoding": ""}, 415),
    ],
)
def test_what_is_wrong_from_the_outside_is_refused_before_it_is_read(
    method: str, path: str, headers: dict[str, str], status: int
) -> None:
    """Each with its own answer."""
    with pytest.raises(Refused) as caught:
        webhook.check(method, path, headers)

    assert webhook.STATUS[caught.value.reason] == status


def test_what_is_right_from_the_outside_passes() -> None:
    """Up to the limit."""
    webhook.check("POST", "/", GOOD)
    webhook.check("POST", "/", {"content-length": str(webhook.MAX_BODY), "content-encoding": "identity"})
    webhook.check("POST", "/", {"content-length": "0"})


def test_a_hook_keeps_its_id_when_gitlab_sends_it_again() -> None:
    """The first of the headers that is one; else the same body has the same id."""
    ids = {"idempotency-key": "key-1", "webhook-id": "id-2", "x-gitlab-event-uuid": "uuid-3"}

    assert webhook.request_id(ids, b"") == "key-1"
    assert webhook.request_id({**ids, "idempotency-key": "a b"}, b"") == "id-2"
    assert webhook.request_id({**ids, "idempotency-key": "", "webhook-id": "x" * 129}, b"") == "uuid-3"
    assert webhook.request_id({"idempotency-key": "a\n"}, b"a") == webhook.request_id({}, b"a")
    assert webhook.request_id({}, b"a") != webhook.request_id({}, b"b")
    assert len(webhook.request_id({}, b"a")) == 32
