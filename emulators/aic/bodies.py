"""What the control plane's calls send, taken apart; anything of another shape is refused."""

from typing import Any

from emulators.control import refused
from emulators.routing import Call


def shaped(call: Call) -> dict[str, Any]:
    body = call.json()
    if not isinstance(body, dict):
        raise refused("the body is an object")
    return body


def items(body: dict[str, Any], key: str, kind: type) -> list[Any]:
    items = body.get(key, [])
    if not isinstance(items, list) or not all(isinstance(item, kind) for item in items):
        raise refused(f"{key} is a list of {kind.__name__}")
    return items


def text(body: dict[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise refused(f"{key} is missing or no text")
    return value


def tables(body: dict[str, Any]) -> dict[str, list[str]]:
    datasets = body.get("datasets", {})
    if not isinstance(datasets, dict):
        raise refused("datasets is an object")
    return {name: items(datasets, name, str) for name in datasets}
