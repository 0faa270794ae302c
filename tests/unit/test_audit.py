"""SEC-33: an audit passes only where somebody was asked who knows of weaknesses."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from supply.audit import NOT_RUN, main


@contextmanager
def service(body: bytes, *, status: int = 200) -> Iterator[str]:
    """Answers everything so."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def ending(code: int) -> list[str]:
    """A command that ends so."""
    return [sys.executable, "-c", f"raise SystemExit({code})"]


@pytest.mark.parametrize("code", [0, 1])
def test_what_the_audit_finds_is_how_it_ends(code: int) -> None:
    """Where the service knows what everybody knows."""
    with service(b'{"vulnerabilities": [{"id": "PYSEC-2018-28"}]}') as url:
        assert main(ending(code), known=url) == code


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 200), (b"<html>", 200), (b"[]", 200), (b"{}", 200), (b'{"vulnerabilities": []}', 200), (b"{}", 503)],
)
def test_sec_33_a_service_that_knows_nothing_is_not_believed(
    body: bytes, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """A copy of the registry would let everything pass."""
    with service(body, status=status) as url:
        assert main(ending(0), known=url) == NOT_RUN

    assert "NOT RUN" in capsys.readouterr().out


def test_sec_33_without_a_service_nothing_passes(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody listens there."""
    assert main(ending(0), known="http://127.0.0.1:1/") == NOT_RUN
    assert "NOT RUN" in capsys.readouterr().out
