"""Headers of requests, as the flows and the log want them."""

import functools
from collections.abc import Mapping

import flask

_UNMARKED = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})


def of(request: flask.Request) -> Mapping[str, str]:
    """By names in lower case. Straight from WSGI: Flask's own view puts every name together from parts again."""
    return {name: value for key, value in request.environ.items() if (name := _name(key))}


@functools.lru_cache(maxsize=256)
def _name(key: str) -> str:
    """The header behind a key of WSGI; empty for a key that is no header's."""
    if key in _UNMARKED:
        return key.replace("_", "-").lower()
    return key.removeprefix("HTTP_").replace("_", "-").lower() if key.startswith("HTTP_") else ""
