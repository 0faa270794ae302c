"""A point in the past as people name it in a message: a commit, a deployment, a time, `previous`, or a backup."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from .source import is_folder

PREVIOUS, LATEST = "previous", "latest"
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].*)?")
_BACKUP = "backup:"


@dataclass(frozen=True, slots=True)
class Previous:
    """The success before."""


@dataclass(frozen=True, slots=True)
class OfCommit:
    """A commit of the branch, by its sha or how that begins, seven digits at least."""

    sha: str


@dataclass(frozen=True, slots=True)
class OfDeployment:
    """A deployment, by the number that GitLab's pages show."""

    number: int


@dataclass(frozen=True, slots=True)
class At:
    """What was live then; `moment` is in UTC."""

    moment: datetime


@dataclass(frozen=True, slots=True)
class OfBackup:
    """A backup: `which` is `latest`, a folder, or a time for the newest one until then.

    `drive` is empty for whichever of the project's drives has it.
    """

    which: str | datetime
    drive: str = ""


Point = Previous | OfCommit | OfDeployment | At | OfBackup


def of_rollback(text: str) -> Previous | OfCommit | OfDeployment:
    """What a branch can be taken back to; raises ValueError with the end of a sentence that doesn't quote the text."""
    if text == PREVIOUS:
        return Previous()
    if _NUMBER.fullmatch(text):
        return OfDeployment(int(text))
    if _COMMIT.fullmatch(text.lower()):
        return OfCommit(text.lower())
    raise ValueError("must be `previous`, a commit (seven digits of it at least), or the number of a deployment")


def of_restore(text: str) -> Point:
    """What a workspace can be restored to; raises as `of_rollback` does."""
    try:
        return _backup(text.removeprefix(_BACKUP)) if text.startswith(_BACKUP) else _in_git(text)
    except ValueError:
        raise ValueError(
            "must be `previous`, a commit (seven digits of it at least), the number of a deployment, a time such as "
            "2026-11-20T09:00:00Z, or `backup:` followed by `latest`, a time or a folder (`backup:<drive>:…` names "
            "one of several drives)"
        ) from None


def _in_git(text: str) -> Point:
    moment = _moment(text)
    return At(moment) if moment else of_rollback(text)


def _backup(text: str) -> OfBackup:
    """A drive may be a gs:// URL and a time has colons as well: the shortest drive that leaves something sensible."""
    which = _which(text)
    if which is not None:
        return OfBackup(which)
    for colon in re.finditer(":", text):
        drive, which = text[: colon.start()], _which(text[colon.end() :])
        if which is not None and drive and drive.isprintable():
            return OfBackup(which, drive)
    raise ValueError("names no backup")


def _which(text: str) -> str | datetime | None:
    return _moment(text) or (text if is_folder(text) else None)


def _moment(text: str) -> datetime | None:
    """A time without a zone is UTC, a day is its first moment."""
    try:
        moment = datetime.fromisoformat(text) if _TIME.fullmatch(text) else None
        return moment and (moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None
