"""The threaded HTTP/1.1 server of the stand-ins and its connections, kept alive from request to request."""

import socket
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from wsgiref.types import WSGIApplication

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler


class Server(ThreadedWSGIServer):
    """Knows its open connections, so that stopping it cuts them as the end of a process would."""

    def __init__(self, host: str, port: int, app: WSGIApplication) -> None:
        self.open_connections: set[socket.socket] = set()
        self.guard = threading.Lock()
        super().__init__(host, port, app, Connection)

    def cut(self) -> None:
        with self.guard:
            for connection in self.open_connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class Connection(WSGIRequestHandler):
    """werkzeug's own closes after each answer; this one keeps the line, since applications here read every body."""

    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def setup(self) -> None:
        super().setup()
        with self.server.guard:
            self.server.open_connections.add(self.connection)

    def finish(self) -> None:
        with self.server.guard:
            self.server.open_connections.discard(self.connection)
        with suppress(OSError):
            super().finish()

    def handle_expect_100(self) -> bool:
        """Sent at once, since the client keeps its body back until then."""
        goes_on = super().handle_expect_100()
        self.wfile.flush()
        return goes_on

    def run_wsgi(self) -> None:
        if not self.headers.get("Content-Length", "0").isdecimal():
            self.close_connection = True
            self._start("400 Bad Request", [("Content-Length", "0")])
            self.end_headers()
            return
        self.environ = self.make_environ() | {"REQUEST_URI": self.path}
        try:
            body = b"".join(self.server.app(self.environ, self._start))
        except ConnectionError:  # a dropped request, or a client that has gone
            self.close_connection = True
            return
        except Exception:  # noqa: BLE001 - the boundary: a bug here shows as a 500 and on standard error
            traceback.print_exc()
            self.close_connection = True
            body = b""
            self._start("500 Internal Server Error", [("Content-Length", "0")])
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _start(self, status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
        code, _space, phrase = status.partition(" ")
        self.send_response(int(code), phrase)
        for name, value in headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        return self.wfile.write

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Silent: the control plane keeps the log."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        """Silent, as above."""
