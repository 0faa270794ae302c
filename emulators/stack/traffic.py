"""What a stand-in has counted of the requests to its API."""

from emulators.stack import wire

_READING = ("GET", "HEAD")


def restart(url: str) -> None:
    """Counts from zero again."""
    wire.ask("DELETE", f"{url}/__admin__/counters")


def requests(url: str) -> dict[str, int]:
    """Requests by method and route since the start or the last `restart`."""
    found: dict[str, int] = wire.ask("GET", f"{url}/__admin__/counters")["by_route"]
    return found


def writes(url: str) -> int:
    """How many of them were no reading ones."""
    return sum(count for route, count in requests(url).items() if route.split(" ")[0] not in _READING)
