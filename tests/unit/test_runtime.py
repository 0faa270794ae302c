"""The rim: errors become statuses, and each request ends in one log line."""

import base64
import json
from typing import Any

import pytest

from shared import logs, runtime
from shared.domain.delivery import Delivery
from shared.domain.errors import Permanent, Refused, Transient, Unauthorized
from shared.domain.told import Told
from shared.flows.receive import Knock, Received

from ..fakes import FakeClock

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _log() -> None:
    logs.configure("INFO")


def lines(captured: Captured) -> list[dict[str, Any]]:
    """The log records so far."""
    return [json.loads(line) for line in captured.readouterr().out.splitlines()]


def push(said: object = None, **more: object) -> bytes:
    """What Pub/Sub posts."""
    data = base64.b64encode(json.dumps(said).encode()).decode()
    return json.dumps({"message": {"data": data, "messageId": "17", **more}, "deliveryAttempt": 2}).encode()


DONE = Told("snapshot: clean", {"project": "p/q"})


def answer(body: bytes, result: Told | Exception) -> int:
    """The status for a delivery that ends so."""

    def handle(_: Delivery) -> Told:
        if isinstance(result, Exception):
            raise result
        return result

    return runtime.answer_message(body, handle, kind="snapshot", clock=FakeClock())


@pytest.mark.parametrize("bad", [False, True])
def test_whatever_was_reported_is_acknowledged(bad: bool) -> None:
    """People know; another delivery would end the same."""
    assert answer(push(), Told("snapshot: incomplete", {}, bad)) == 204


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Refused("message-invalid"), 204),
        (Permanent("gitlab-unauthorized"), 503),
        (Transient("aic-unavailable"), 503),
        (RuntimeError("a bug"), 500),
    ],
)
def test_only_what_may_help_is_delivered_again(error: Exception, status: int) -> None:
    """A bug is delivered again as well: a fix may be under way, and a dead letter is loud."""
    assert answer(push(), error) == status


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", b'{"message": {"data": "%"}}', b'{"message": []}'])
def test_what_pubsub_does_not_send_is_a_bad_request(body: bytes) -> None:
    """Somebody else has called."""
    assert answer(body, DONE) == 400


def test_a_delivery_holds_what_pubsub_says_of_it() -> None:
    """Data, attributes and attempt."""
    seen: list[Delivery] = []

    def handle(delivery: Delivery) -> Told:
        seen.append(delivery)
        return DONE

    runtime.answer_message(push({"a": 1}, attributes={"origin": "webhook"}), handle, kind="deploy", clock=FakeClock())

    assert seen == [Delivery("17", b'{"a": 1}', {"origin": "webhook"}, 2)]
    assert not seen[0].by_hand


def test_a_message_without_data_attributes_or_attempt_is_a_delivery() -> None:
    """Pub/Sub leaves out what is empty."""
    seen: list[Delivery] = []

    def handle(delivery: Delivery) -> Told:
        seen.append(delivery)
        return DONE

    runtime.answer_message(b'{"message": {"message_id": "18"}}', handle, kind="deploy", clock=FakeClock())

    assert seen == [Delivery("18", b"", {}, 0)]
    assert seen[0].by_hand


def test_each_delivery_ends_in_one_line_that_tells_how(capsys: Captured) -> None:
    """With what the run itself says, whose message it was, and who took it."""
    answer(push(attributes={"request_id": "abc"}), DONE)

    (line,) = lines(capsys)
    assert (line["message"], line["severity"], line["event_kind"]) == ("snapshot: clean", "INFO", "snapshot")
    assert (line["request_id"], line["message_id"], line["attempt"]) == ("abc", "17", 2)
    assert (line["project"], line["seconds"]) == ("p/q", 0)


def test_what_somebody_has_to_look_at_is_an_error_in_the_log(capsys: Captured) -> None:
    """Alerts hang on the severity."""
    answer(push(), Told("snapshot: incomplete", {}, bad=True))

    assert [line["severity"] for line in lines(capsys)] == ["ERROR"]


@pytest.mark.parametrize(
    ("error", "said", "severity"),
    [
        (Refused("message-invalid"), "snapshot refused", "WARNING"),
        (Transient("aic-unavailable"), "snapshot will be tried again", "WARNING"),
        (Permanent("gitlab-unauthorized"), "snapshot failed and could not be told", "ERROR"),
        (RuntimeError("a bug"), "snapshot broke", "ERROR"),
    ],
)
def test_an_error_ends_in_one_line_too(error: Exception, said: str, severity: str, capsys: Captured) -> None:
    """With its reason."""
    answer(push(), error)

    (line,) = lines(capsys)
    assert (line["message"], line["severity"], line["event_kind"]) == (said, severity, "snapshot")
    assert line["reason"] == getattr(error, "reason", "bug")


def hook(result: Received | Exception) -> int:
    """The status for a hook that ends so."""

    def receive(_: Knock) -> Received:
        if isinstance(result, Exception):
            raise result
        return result

    return runtime.answer_hook(Knock("POST", "/", {}, lambda _: b""), receive, clock=FakeClock())


@pytest.mark.parametrize(
    ("result", "status"),
    [
        (Received("r", "p/q", "develop", message="1"), 204),
        (Received("r", ignored="not-a-merge-request"), 204),
        (Unauthorized("hook-unauthorized"), 401),
        (Refused("hook-malformed"), 400),
        (Refused("hook-method"), 405),
        (Refused("hook-path"), 404),
        (Refused("hook-length"), 411),
        (Refused("hook-too-big"), 413),
        (Refused("hook-encoding"), 415),
        (Transient("pubsub-unavailable"), 503),
        (Permanent("hook-secret-missing"), 503),
        (RuntimeError("a bug"), 500),
    ],
)
def test_a_hook_is_answered_by_what_became_of_it(result: Received | Exception, status: int) -> None:
    """2xx only when the message is stored or there is nothing to do."""
    assert hook(result) == status


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (Received("r", "p/q", "develop", message="1"), "published"),
        (Received("r", ignored="not-a-merge-request"), "ignored: not-a-merge-request"),
        (Unauthorized("hook-unauthorized"), "hook refused"),
        (Transient("pubsub-unavailable"), "hook will be tried again"),
        (Permanent("pubsub-refused"), "hook failed and could not be told"),
    ],
)
def test_each_hook_ends_in_one_line(result: Received | Exception, said: str, capsys: Captured) -> None:
    """Also those that are turned away."""
    hook(result)

    (line,) = lines(capsys)
    assert line["message"] == said
    assert line.get("reason", "") == getattr(result, "reason", getattr(result, "ignored", ""))


def test_sec_31_a_bug_is_logged_with_its_stack_but_without_its_secrets(capsys: Captured) -> None:
    """An exception's text may hold anything."""
    logs.hide(["glpat-canary"])

    hook(RuntimeError("could not send glpat-canary"))

    (line,) = lines(capsys)
    assert line["severity"] == "ERROR"
    assert "stack_trace" in line
    assert "glpat-canary" not in json.dumps(line)
