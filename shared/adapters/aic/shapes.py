"""What AIC's answers must look like; anything else is a failed attempt, never an absence."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ...domain.aic import Job, Named
from ..attempts import Failed

_ID = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}")


@dataclass(frozen=True, slots=True)
class DriveFile:
    """A file on a drive; AIC may leave the id out."""

    id: str | None
    name: str


def parsed(data: bytes) -> object:
    """The body as JSON; an empty one is AIC's way of saying that it is overloaded."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise _odd("no JSON" if data else "nothing") from None


def identifier(value: object) -> str:
    """An id that is safe in a path."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise _odd("an id that can't be one")
    return value


def jobs(answer: object) -> tuple[Job, ...]:
    """`{"jobs": [{"$id", "title"?}]}`; an id that stands there twice makes the whole list doubtful."""
    listed = answer.get("jobs") if isinstance(answer, dict) else None
    found = tuple(_job(entry) for entry in _objects(listed))
    if len({job.id for job in found}) != len(found):
        raise _odd("an id twice in one list")
    return found


def job_config(answer: object) -> Mapping[str, object]:
    """`{"jobConfig": {…}}`"""
    found = answer.get("jobConfig") if isinstance(answer, dict) else None
    if not isinstance(found, dict) or not found:
        raise _odd("no jobConfig")
    return found


def named(answer: object, name: str) -> tuple[str, ...]:
    """The ids of the entries of `[{"$id", "name"}]` that have exactly this name."""
    return tuple(identifier(entry.get("$id")) for entry in _objects(answer) if entry.get("name") == name)


def names(answer: object) -> tuple[Named, ...]:
    """`[{"$id", "name"}]`; what has no name is left out."""
    given = ((entry.get("$id"), entry.get("name")) for entry in _objects(answer))
    return tuple(Named(identifier(known), name) for known, name in given if isinstance(name, str))


def files(answer: object) -> tuple[DriveFile, ...]:
    """`{"items": [{"$id"?, "name"?, "gsPath"}]}`; what else an item holds isn't known."""
    listed = answer.get("items") if isinstance(answer, dict) else None
    found = tuple(_file(entry) for entry in _objects(listed))
    return tuple(file for file in found if file.name)


def _file(entry: Mapping[str, object]) -> DriveFile:
    name, path = entry.get("name"), entry.get("gsPath")
    named = name if isinstance(name, str) else path.rpartition("/")[2] if isinstance(path, str) else None
    if named is None:
        raise _odd("a file without name and gsPath")
    known = entry.get("$id")
    return DriveFile(None if known is None else identifier(known), named)


def _job(entry: Mapping[str, object]) -> Job:
    title = entry.get("title")
    if title is not None and not isinstance(title, str):
        raise _odd("a title that is no text")
    return Job(identifier(entry.get("$id")), title)


def _objects(value: object) -> list[Mapping[str, object]]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise _odd("no list of objects")
    return value


def _odd(what: str) -> Failed:
    return Failed("aic-odd-answer", f"AIC answered 200 with {what}")
