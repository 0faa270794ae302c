"""The router with GitLab's manners: its headers on every answer, its words for unknown routes."""

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace

from emulators.routing import Answer, Call, Rejected, Router

VERSION = "19.1.0"
_WORDS = {404: "404 Not Found", 405: "405 Not Allowed"}


class GitLabRouter(Router):
    """Answers as the kit's router does.

    `throttle` sees every request first: it gives headers for the answer, or raises `Rejected`.
    """

    def __init__(self, *, throttle: Callable[[Call], Mapping[str, str]] = lambda _call: {}) -> None:
        super().__init__()
        self._throttle = throttle

    def answer(self, call: Call) -> Answer:
        started = time.perf_counter()
        try:
            limits = self._throttle(call)
            answer = self._worded(call)
        except Rejected as rejected:
            answer, limits = rejected.answer, {}
        number = uuid.uuid4().hex
        headers = {
            "Cache-Control": "max-age=0, private, must-revalidate",
            "Vary": "Origin",
            "X-Content-Type-Options": "nosniff",
            "X-Gitlab-Meta": f'{{"correlation_id":"{number}","version":"1"}}',
            "X-Request-Id": number,
            "X-Runtime": f"{time.perf_counter() - started:.6f}",
        }
        return replace(answer, headers=headers | dict(limits) | dict(answer.headers))

    def _worded(self, call: Call) -> Answer:
        if call.found is None or call.found.handler is None:
            status = call.found.status if call.found else 404
            return Answer(status, {"error": _WORDS[status]})
        return super().answer(call)


def fault_answer(kind: str) -> Answer:
    """What GitLab, or the proxy before it, says when something goes wrong."""
    match kind:
        case "429":
            limits = {"Limit": "2000", "Name": "throttle_authenticated_api", "Observed": "2001", "Remaining": "0"}
            headers = {f"RateLimit-{name}": value for name, value in limits.items()}
            return Answer(429, "Retry later\n", headers | {"RateLimit-Reset": str(int(time.time()) + 1)})
        case "401" | "403" | "500":
            words = {"401": "401 Unauthorized", "403": "403 Forbidden", "500": "500 Internal Server Error"}
            return Answer(int(kind), {"message": words[kind]})
        case "502" | "503":
            page = b"<!DOCTYPE html>\n<title>GitLab is not responding</title>\n"
            return Answer(int(kind), page, {"Content-Type": "text/html; charset=utf-8"})
        case "malformed":
            return Answer(200, b'{"id": 1, "name": "cut o', {"Content-Type": "application/json"})
        case _:
            return Answer(200, None, {"Content-Type": "application/json"})
