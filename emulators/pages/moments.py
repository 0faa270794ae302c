"""Times as people read them."""

from datetime import UTC, datetime


def shown(stamp: datetime | str) -> str:
    """A time, or its ISO text, as `2026-01-02 03:04:05 UTC`."""
    at = datetime.fromisoformat(stamp) if isinstance(stamp, str) else stamp
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
