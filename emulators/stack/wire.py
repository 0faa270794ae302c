"""HTTP on loopback for everybody here: no proxy, no connection that stays open."""

import functools
from typing import Any

import httpx


@functools.cache
def _client() -> httpx.Client:
    return httpx.Client(timeout=120, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))


def send(method: str, url: str, **parts: Any) -> httpx.Response:
    """The answer, whatever its status."""
    return _client().request(method, url, **parts)


def ask(method: str, url: str, **parts: Any) -> Any:
    """The parsed answer, None for an empty one; an error status raises httpx.HTTPStatusError."""
    answer = send(method, url, **parts).raise_for_status()
    return answer.json() if answer.content else None
