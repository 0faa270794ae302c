"""The server that carries the stand-ins, looked at from a bare socket."""

import socket
from collections.abc import Iterator

import pytest

from emulators.__main__ import COMMANDS, parser
from emulators.control import Control
from emulators.routing import Answer, Call, Router
from emulators.server import Running, announce, application, serve


def _echo(call: Call) -> Answer:
    return Answer(body={"name": call.names["name"], "body": call.body.decode(), "query": call.query})


def _broken(_call: Call) -> Answer:
    raise ZeroDivisionError("a bug of ours")


@pytest.fixture
def running() -> Iterator[Running]:
    router = Router()
    router.add("POST", "/echo/:name", _echo)
    router.add("GET", "/broken", _broken)
    control = Control(settings={}, reset=lambda: None, seed=lambda _call: Answer(), dump=lambda _call: Answer())
    with serve(application(router, control, prefix="/api")) as running:
        yield running


def _exchange(running: Running, request: bytes) -> str:
    """Everything that comes back until the server closes, which every request here asks for."""
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as line:
        line.sendall(request)
        parts = iter(lambda: line.recv(65536), b"")
        return b"".join(parts).decode()


def test_a_target_of_absolute_form_is_understood(running: Running) -> None:
    """As proxies send it."""
    answer = _exchange(
        running, b"POST http://any/api/echo/a%2Fb?q=1+2 HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n"
    )
    assert '{"name":"a/b","body":"","query":{"q":["1 2"]}}' in answer


def test_letters_that_were_not_percent_encoded_are_utf_8(running: Running) -> None:
    """As curl sends them."""
    request = "POST /api/echo/ä🚗 HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n".encode()
    assert '"name":"ä🚗"' in _exchange(running, request)


def test_expect_continue_gets_its_go_ahead(running: Running) -> None:
    """Once, and before the body is there: curl waits for it with larger ones."""
    head = b"POST /api/echo/a HTTP/1.1\r\nHost: any\r\nConnection: close\r\nContent-Length: 3\r\n"
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as line:
        line.sendall(head + b"Expect: 100-continue\r\n\r\n")
        assert line.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(b"abc")
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b'"body":"abc"' in answer


@pytest.mark.parametrize("length", ["abc", "-1", "1.0", "0x1"])
def test_a_length_that_is_none_is_a_bad_request(running: Running, length: str) -> None:
    """Neither a bug, nor a reason to wait for a body until the client goes."""
    head = f"POST /api/echo/a HTTP/1.1\r\nHost: any\r\nContent-Length: {length}\r\n\r\n".encode()
    answer = _exchange(running, head)
    assert answer.startswith("HTTP/1.1 400 Bad Request\r\n")
    assert "Connection: close" in answer


def test_a_bug_in_a_handler_shows(running: Running, capfd: pytest.CaptureFixture[str]) -> None:
    """As a 500 for the client and a traceback for us, so that it can't be taken for an ordered fault."""
    answer = _exchange(running, b"GET /api/broken HTTP/1.1\r\nHost: any\r\n\r\n")
    assert answer.startswith("HTTP/1.1 500 Internal Server Error\r\n")
    assert "Connection: close" in answer
    assert "ZeroDivisionError: a bug of ours" in capfd.readouterr().err


def test_the_ready_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    """With every port that it was given."""
    announce(port=1, http_port=2)
    assert capsys.readouterr().out == '{"port": 1, "http_port": 2}\n'


def test_sub_commands_take_the_documented_options() -> None:
    """And port 0 where none is named."""
    arguments = parser().parse_args(["pubsub", "--port", "5", "--http-port", "6"])
    assert (arguments.name, arguments.port, arguments.http_port) == ("pubsub", 5, 6)
    arguments = parser().parse_args(["gitlab", "--data", "/somewhere"])
    assert (arguments.port, arguments.data) == (0, "/somewhere")
    assert set(COMMANDS) == {"gitlab", "aic", "storage", "slack", "pubsub", "up", "demo"}
