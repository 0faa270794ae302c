"""Log records can't be forged and hold no secret."""

import json
import logging
import sys
from collections.abc import Iterator

import pytest

from shared import logs
from shared.domain import sql_tables

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.fixture(autouse=True)
def _configured() -> Iterator[None]:
    """The root logger is everybody's: put back what was there."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.configure("DEBUG")
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def records(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """What was written since the last look; each line must be a record of its own."""
    return [json.loads(line) for line in capsys.readouterr().out.split("\n") if line]


def test_a_record_is_one_json_line_in_the_words_of_cloud_logging(capsys: pytest.CaptureFixture[str]) -> None:
    """Severity, message and time are where Cloud Logging looks for them; the other fields are data."""
    logs.logger().warning("deployed", project="pin/fusion", counts={"written": 2})

    [record] = records(capsys)
    assert str(record.pop("time")).endswith("+00:00")
    assert record == {
        "severity": "WARNING",
        "message": "deployed",
        "project": "pin/fusion",
        "counts": {"written": 2},
    }


def test_bound_fields_are_in_every_record_inside(capsys: pytest.CaptureFixture[str]) -> None:
    """And in none outside."""
    with logs.bound(project="a"), logs.bound(branch="b"):
        logs.logger().info("in")
    logs.logger().info("out")

    inside, outside = records(capsys)
    assert (inside["project"], inside["branch"]) == ("a", "b")
    assert outside.keys() == {"severity", "time", "message"}


def test_records_below_the_level_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    """LOG_LEVEL decides."""
    logs.configure("WARNING")

    logs.logger().info("quiet")
    logs.logger().error("loud")

    assert [record["message"] for record in records(capsys)] == ["loud"]


@pytest.mark.parametrize(
    "headers",
    [
        {"traceparent": PARENT},
        {"traceparent": PARENT, "x-cloud-trace-context": f"{'1' * 32}/1;o=1"},
        {"x-cloud-trace-context": f"{TRACE}/123;o=1"},
        {"x-cloud-trace-context": TRACE, "traceparent": "odd"},
    ],
)
def test_a_request_s_trace_and_execution_are_in_its_records(
    headers: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Cloud Logging groups by them."""
    with logs.tracing({**headers, "function-execution-id": "abc123"}, project="demo"):
        logs.logger().info("in")
    logs.logger().info("out")

    inside, outside = records(capsys)
    assert inside["logging.googleapis.com/trace"] == f"projects/demo/traces/{TRACE}"
    assert inside["logging.googleapis.com/labels"] == {"execution_id": "abc123"}
    assert outside.keys() == {"severity", "time", "message"}


@pytest.mark.parametrize(
    "headers",
    [
        {"traceparent": PARENT + "\n", "function-execution-id": "a b"},
        {"traceparent": f"00-{'0' * 32}-00f067aa0ba902b7-01", "function-execution-id": "x" * 65},
        {"x-cloud-trace-context": "../../projects/other/traces/" + TRACE, "function-execution-id": 'a"}'},
        {},
    ],
)
def test_sec_20_odd_headers_set_neither_trace_nor_labels(
    headers: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever calls the public function chooses its headers."""
    with logs.tracing(headers, project="demo"):
        logs.logger().info("in")

    assert records(capsys)[0].keys() == {"severity", "time", "message"}


@pytest.mark.parametrize("odd", ["\n", "\r", "\r\n", "\x1b[31m", "\u2028", "\u2029", "\x85", "\x0b", "\x9b", "\x00"])
def test_sec_20_no_text_can_begin_a_line_of_its_own(odd: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Names from outside stay inside of their record, and terminals show no codes of theirs."""
    forged = f'x{odd}{{"severity": "ERROR", "message": "forged"}}'

    logs.logger().info(forged, name=forged, **{forged: forged})

    out = capsys.readouterr().out
    assert len(out.splitlines()) == 1
    assert all(" " <= sign <= "~" for sign in out.removesuffix("\n"))
    assert json.loads(out)["severity"] == "INFO"
    assert json.loads(out)["message"] == json.loads(out)["name"] == forged


@pytest.mark.parametrize(
    "name",
    [
        "severity",
        "Severity",
        "message",
        "time",
        "timestamp",
        "timestampSeconds",
        "trace",
        "labels",
        "httpRequest",
        "stack_trace",
        "exception",
        "error",
        "@type",
        "logging.googleapis.com/trace",
        "logging.googleapis.com/labels",
        "logging.googleapis.com/insertId\n",
    ],
)
def test_sec_20_data_cannot_set_what_cloud_logging_gives_a_meaning(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither as a field of the record nor as a bound one."""
    headers = {"traceparent": PARENT, "function-execution-id": "abc123"}
    with logs.tracing(headers, project="demo"):
        logs.logger().info("plain")
        logs.logger().info("plain", **{name: "forged"})
        with logs.bound(**{name: "forged"}):
            logs.logger().info("plain")

    plain, direct, bound = records(capsys)
    assert direct.pop(f"data_{name}") == bound.pop(f"data_{name}") == "forged"
    assert direct | {"time": ""} == bound | {"time": ""} == plain | {"time": ""}


def test_sec_09_known_secrets_are_hidden_wherever_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    """In the message, in keys, nested, in bound fields, in what libraries log."""
    logs.hide(["canary-09-one", "canary-09-two"])

    with logs.bound(bound="a canary-09-two"):
        logs.logger().info("canary-09-one", **{"canary-09-one": [{"deep": ("canary-09-two",)}, b"canary-09-one"]})
        logging.getLogger("library").warning("sent %s", "canary-09-one")

    out = capsys.readouterr().out
    assert "canary" not in out
    assert out.count("[hidden]") == 7


def test_sec_31_an_exception_is_logged_by_class_redacted_message_and_stack(capsys: pytest.CaptureFixture[str]) -> None:
    """Its causes too; local values, in which secrets live, are not."""
    secret = "-".join(("canary", "31"))  # so that no line of this file, which the stack shows, holds it
    logs.hide([secret])

    def failing() -> None:
        local = "-".join(("local", "value"))
        try:
            raise KeyError(f"{secret} {len(local)}")
        except KeyError as error:
            raise ValueError(f"bad {secret}") from error

    try:
        failing()
    except ValueError as error:
        logs.logger().error("unhandled", exc_info=True)
        logs.logger().error("by hand", exc_info=error)
        logging.getLogger("library").exception("theirs")

    found = records(capsys)
    assert [record["message"] for record in found] == ["unhandled", "by hand", "theirs"]
    for record in found:
        assert (record["severity"], record["error"]) == ("ERROR", "ValueError")
        assert record["error_message"] == "bad [hidden]"
        assert str(record["stack_trace"]).count("[hidden]") == 2
        assert "Traceback" in str(record["stack_trace"])
        assert "local-value" not in str(record)
        assert secret not in str(record)


def test_a_record_without_an_exception_has_no_stack(capsys: pytest.CaptureFixture[str]) -> None:
    """Also when the caller asks for one where there is none."""
    logs.logger().error("nothing", exc_info=True)
    logs.logger().error("nothing", exc_info=(None, None, None))

    assert [record.keys() for record in records(capsys)] == [{"severity", "time", "message"}] * 2


def test_what_libraries_log_has_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    """From WARNING on, whatever our own level is; a broken call of theirs still gives a record."""
    logs.configure("DEBUG")  # once more: pytest has put its own handler back
    logging.getLogger("httpx").info("GET https://example.com/?token=x")
    logging.getLogger("library").warning("odd %s %s", "only one")
    logging.getLogger("library").log(45, "between")

    found = records(capsys)
    assert [(record["severity"], record["message"]) for record in found] == [
        ("WARNING", "odd %s %s"),
        ("ERROR", "between"),
    ]
    assert found[0]["logger"] == "library"


def test_sql_that_is_not_known_is_quoted_in_no_log(capsys: pytest.CaptureFixture[str]) -> None:
    """The library that parses it warns so; what is in a pipeline is nobody's business there."""
    logs.configure("DEBUG")

    assert sql_tables.of("CREATE USER a IDENTIFIED BY 'hunter2'", place="t").unclear
    assert records(capsys) == []


def test_records_go_to_the_stdout_of_the_moment(capsys: pytest.CaptureFixture[str]) -> None:
    """The functions' server exchanges stdout during each request."""
    before = logs.logger()
    held, sys.stdout = sys.stdout, sys.stderr
    try:
        before.info("redirected")
    finally:
        sys.stdout = held

    seen = capsys.readouterr()
    assert seen.out == ""
    assert json.loads(seen.err)["message"] == "redirected"
