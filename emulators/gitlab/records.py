"""What a project's records have in common: they are GitLab's own documents; keys with a leading `_` stay inside."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from emulators.gitlab.errors import invalid, message
from emulators.gitlab.parameters import Params
from emulators.gitlab.project import Record

Condition = Callable[[Record], bool]

LONGEST_NUMBER = 18  # digits of a number that GitLab's database still holds


def public(record: Record) -> Record:
    """The document as the API shows it."""
    return {key: value for key, value in record.items() if not key.startswith("_")}


def find(records: Iterable[Record], **wanted: object) -> Record:
    """The first record with exactly these values, else `404 Not found`, which is what GitLab says of most records."""
    for record in records:
        if all(record.get(key) == value for key, value in wanted.items()):
            return record
    raise message(404, "404 Not found")


def numbered(text: str) -> int:
    """An id out of a path; what is no number is nobody's id."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else 0


def ordered(records: Iterable[Record], *, by: str, direction: str) -> list[Record]:
    """Sorted by a column, then by id; records without a value come last upwards."""
    return sorted(
        records,
        key=lambda record: (record.get(by) is not None, record.get(by) or "", record["id"]),
        reverse=direction == "desc",
    )


def between(given: Params, *, field: str, prefix: str) -> Condition:
    """The condition of `<prefix>_after` and `<prefix>_before` upon a time in a document."""
    after, before = given.moment(f"{prefix}_after"), given.moment(f"{prefix}_before")

    def holds(record: Record) -> bool:
        if after is None and before is None:
            return True
        if record.get(field) is None:
            return False
        moment = parsed(record[field])
        return (after is None or moment >= after) and (before is None or moment <= before)

    return holds


def parsed(stamp: str) -> datetime:
    """A time of a document (ISO 8601) as a value."""
    return datetime.fromisoformat(stamp)


def hook_time(stamp: str | None) -> str | None:
    """The same time as web hooks write it: `2026-01-02 03:04:05 UTC`."""
    return None if stamp is None else parsed(stamp).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def choice(given: Params, name: str, *, among: tuple[str, ...], default: str) -> str:
    """A parameter with a closed set of values, else GitLab's 400."""
    value = given.text(name) or default
    if value not in among:
        raise invalid(f"{name} does not have a valid value")
    return value
