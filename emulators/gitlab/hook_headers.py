"""The headers that the owner of a web hook adds to what is sent: their names are shown, their values never."""

import re

from emulators.gitlab.errors import ApiError, invalid
from emulators.gitlab.parameters import Params
from emulators.gitlab.project import Record
from emulators.routing import Answer

MOST = 20
_LONGEST_VALUE = 2048
_KEY = re.compile(r"[A-Za-z](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9])?")


def given_headers(given: Params) -> dict[str, str]:
    """What `custom_headers` names, each a `key` with its `value`."""
    rows = given.get("custom_headers") or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise invalid("custom_headers is invalid")
    found: dict[str, str] = {}
    for at, row in enumerate(rows):
        item = Params(row)
        for name in ("key", "value"):
            if item.get(name) is None:
                raise invalid(f"custom_headers[{at}][{name}] is missing")
        found[item.text("key")] = item.text("value")
    return found


def check(headers: dict[str, str]) -> None:
    """422 for a name or a value that can't be a header, and for more than GitLab sends."""
    if len(headers) > MOST:
        raise _refused("number of custom headers exceeds the maximum of 20")
    for key, value in headers.items():
        if not _KEY.fullmatch(key) or not 0 < len(value) <= _LONGEST_VALUE or not value.isprintable():
            raise _refused("must be a valid json schema")


def shown(headers: dict[str, str]) -> list[Record]:
    """As the API has them: by name alone."""
    return [{"key": key} for key in headers]


def beside(own: dict[str, str], added: dict[str, str]) -> dict[str, str]:
    """All headers of a delivery: GitLab's own win, whatever the case of the added ones."""
    taken = {name.lower() for name in own}
    return {name: value for name, value in added.items() if name.lower() not in taken} | own


def _refused(reason: str) -> ApiError:
    return ApiError(Answer(422, {"error": f"Custom headers validation failed: {reason}"}))
