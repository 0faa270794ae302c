"""Messages of the topic `aic-deploy`."""

import json
from dataclasses import FrozenInstanceError, asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.errors import Refused
from shared.domain.messages import deploy as message
from shared.domain.messages.deploy import DeployRequest

FULL = {
    "project": "tideline/harbour-pipelines",
    "branch": "develop",
    "pipelines": ["Tides"],
    "full": True,
    "dry_run": True,
    "force": True,
    "confirm": "HARBOUR QA",
    "source": f"commit:{'a' * 40}",
    "by": "mira.sample",
}
TEXT = st.text(min_size=1, max_size=50)


def refusal(tree: object) -> str:
    """The sentence with which the message is refused."""
    with pytest.raises(Refused) as caught:
        message.read(tree if isinstance(tree, bytes) else json.dumps(tree).encode())
    assert caught.value.reason == "message-invalid"
    return caught.value.detail


def test_project_and_branch_are_enough() -> None:
    """The rest has the careful defaults."""
    assert message.read(b'{"project": "a/b", "branch": "c"}') == DeployRequest(project="a/b", branch="c")
    assert DeployRequest(project="a/b", branch="c").encode() == b'{"project":"a/b","branch":"c"}'


def test_everything_that_can_be_asked_arrives() -> None:
    """Field by field."""
    assert json.loads(json.dumps(asdict(message.read(json.dumps(FULL).encode())))) == FULL


def test_a_request_never_changes() -> None:
    """It is handed through the whole run."""
    request = DeployRequest(project="a/b", branch="c")
    with pytest.raises(FrozenInstanceError):
        setattr(request, "branch", "d")  # noqa: B010 - mypy knows that it can't be set


@settings(deadline=None, max_examples=100)
@given(
    st.builds(
        DeployRequest,
        project=TEXT,
        branch=TEXT,
        pipelines=st.none() | st.lists(TEXT, min_size=1, max_size=3).map(tuple),
        full=st.booleans(),
        force=st.booleans(),
        confirm=st.none() | TEXT,
        by=st.none() | st.text(max_size=50),
    )
)
def test_what_is_encoded_decodes_to_the_same(request: DeployRequest) -> None:
    """Any text included."""
    assert message.read(request.encode()) == request


def test_unknown_keys_are_named_with_those_that_exist() -> None:
    """A misspelt `dry_run` must not deploy."""
    sentence = refusal({"project": "a/b", "branch": "c", "dryrun": True, "pipline": "x"})

    assert (
        "`dryrun` is not known (known: project, branch, pipelines, full, dry_run, force, confirm, source, by)"
        in sentence
    )
    assert "`pipline` is not known" in sentence


@pytest.mark.parametrize(
    ("tree", "place"),
    [
        ({}, "`project` is missing; `branch` is missing"),
        ({**FULL, "project": ""}, "`project`"),
        ({**FULL, "project": "x" * 1025}, "`project`"),
        ({**FULL, "branch": None}, "`branch`"),
        ({**FULL, "branch": 5}, "`branch`"),
        ({**FULL, "branch": "\ud800"}, "`branch`"),
        ({**FULL, "pipelines": "Tides"}, "`pipelines`"),
        ({**FULL, "pipelines": []}, "`pipelines`"),
        ({**FULL, "pipelines": ["a", ""]}, "`pipelines.1`"),
        ({**FULL, "pipelines": ["a"] * 1001}, "`pipelines`"),
        ({**FULL, "full": "true"}, "`full`"),
        ({**FULL, "dry_run": 1}, "`dry_run`"),
        ({**FULL, "force": None}, "`force`"),
        ({**FULL, "confirm": True}, "`confirm`"),
        ({**FULL, "source": "main"}, "`source` must be `commit:<full sha>` or `backup:<drive>:<folder>`"),
        ({**FULL, "by": "x" * 201}, "`by`"),
        ([], "`message` must be one JSON object"),
        (None, "`message` must be one JSON object"),
        ("x", "`message` must be one JSON object"),
    ],
)
def test_a_wrong_value_is_named_by_its_place(tree: object, place: str) -> None:
    """Nothing is guessed into another type."""
    assert refusal(tree).startswith(place)


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe\xff", b"[" * 100_000, b"9" * 5000])
def test_what_is_no_json_is_refused(data: bytes) -> None:
    """As one JSON object, it says."""
    assert refusal(data) == "the message is no JSON; it must be one JSON object"


def test_a_refusal_stays_short_and_quotes_no_values() -> None:
    """It goes into logs and notes."""
    keys = {f"{'k' * 500}{number}": "secret-value" for number in range(100)}
    sentence = refusal({**FULL, **keys, "confirm": ["secret-value"]})

    assert "secret-value" not in sentence
    assert len(sentence) < 1_500


def test_a_key_that_stands_twice_is_refused_by_name() -> None:
    """The last one would win without a word."""
    with pytest.raises(Refused, match="`branch` stands twice"):
        message.read(b'{"project": "a/b", "branch": "c", "branch": "d"}')
