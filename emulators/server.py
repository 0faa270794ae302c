"""A stand-in as a WSGI application, and the threaded HTTP/1.1 server that carries it."""

import json
import sys
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.datastructures import EnvironHeaders, Headers

from emulators.connection import Server
from emulators.control import PREFIX as ADMIN
from emulators.control import Control
from emulators.routing import Answer, Call, Handler, Router


def nowhere(_call: Call) -> Answer:
    """What there is outside the API, unless a stand-in has pages for people."""
    return Answer(404, {"error": "404 Not Found"})


def application(
    router: Router, control: Control, prefix: str = "/api/v4", *, elsewhere: Handler = nowhere
) -> WSGIApplication:
    """The API below `prefix` is counted and faulted, `/__admin__/` and `elsewhere` aren't.

    Raises `Dropped` for no answer.
    """

    control.on("GET", "routes", lambda _call: Answer(body=router.claimed()))

    def answered(call: Call) -> Answer:
        if call.raw_path.startswith(f"{ADMIN}/"):
            return control.admin(call)
        if not call.raw_path.startswith(f"{prefix}/"):
            return elsewhere(call)
        return control.carry(router.placed(call, prefix=prefix), router.answer)

    def respond(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        call = read(environ)
        return _send(answered(call), call=call, start_response=start_response)

    return respond


def read(environ: WSGIEnvironment) -> Call:
    """The path comes from the request line, since WSGI's own PATH_INFO has lost the difference of `%2F` and `/`."""
    target = str(environ["REQUEST_URI"]).encode("latin-1").decode("utf-8", "replace")
    if not target.startswith("/"):
        target = "/" + target.partition("://")[2].partition("/")[2]
    raw_path, _, raw_query = target.partition("?")
    stream = environ["wsgi.input"]
    chunked = environ.get("wsgi.input_terminated")
    body: bytes = stream.read() if chunked else stream.read(int(environ.get("CONTENT_LENGTH") or 0))
    return Call(
        method=str(environ["REQUEST_METHOD"]),
        path=unquote(raw_path),
        raw_path=raw_path,
        query=parse_qs(raw_query, keep_blank_values=True),
        raw_query=raw_query,
        headers=Headers(EnvironHeaders(environ)),
        body=body,
    )


def _send(answer: Answer, *, call: Call, start_response: StartResponse) -> list[bytes]:
    kind, body = answer.encoded()
    headers = {"Content-Type": kind} if kind else {}
    headers |= answer.headers
    if answer.status != 204:
        headers["Content-Length"] = str(len(body))
    start_response(f"{answer.status} {answer.phrase}", list(headers.items()))
    return [] if call.method == "HEAD" or not body else [body]


class Running:
    """A server that answers on its own threads until `stop`; a context manager."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.port = server.port
        self.url = f"http://{server.host}:{server.port}"
        self._thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Open connections are cut, as when a process ends."""
        self._server.shutdown()
        self._thread.join()
        self._server.cut()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def serve(app: WSGIApplication, port: int = 0, host: str = "127.0.0.1") -> Running:
    """Port 0 takes any free one."""
    return Running(Server(host, port, app))


def announce(**ports: int) -> None:
    """The one line on standard output that says a stand-in is ready."""
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
