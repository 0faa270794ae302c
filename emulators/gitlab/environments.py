"""Environments: made by hand or by the first deployment to them, stopped, and deleted only when stopped."""

import hashlib
import re

from emulators.gitlab.acts import Act
from emulators.gitlab.errors import message
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import find

TIERS = ("production", "staging", "testing", "development", "other")
_NAME = re.compile(r"[A-Za-z0-9_\-.${} ](?:[A-Za-z0-9_\-/.${} ]*[A-Za-z0-9_\-.${} ])?")
_NAME_RULE = (
    "can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, "
    "but it cannot start or end with '/'"
)
_TIER_WORDS = (
    ("development", r"dev|review|trunk"),
    ("testing", r"test|tst|int|ac(ce|)pt|qa|qc|control|quality"),
    ("staging", r"st(a|)g|mod(e|)l|pre|demo|non"),
    ("production", r"pr(o|)d|live"),
)
_LONGEST_SLUG = 24
_SUFFIX = 6


def create(act: Act, name: str, *, details: Record) -> Record:
    """A new available environment; 400 for a name that is taken or not allowed. `details` are the optional fields."""
    with act.project.lock:
        _check(act.project, name)
        now = act.now()
        environment: Record = {
            "id": act.next_id("environment"),
            "name": name,
            "slug": slug(name),
            "external_url": details.get("external_url"),
            "description": details.get("description"),
            "created_at": now,
            "updated_at": now,
            "tier": details.get("tier") or tier(name),
            "state": "available",
            "auto_stop_at": None,
            "auto_stop_setting": details.get("auto_stop_setting") or "always",
        }
        act.project.environments.append(environment)
        return environment


def obtain(act: Act, name: str) -> Record:
    """The environment of this name, made when it is not there: what a deployment does."""
    with act.project.lock:
        present = next((e for e in act.project.environments if e["name"] == name), None)
        if present is None:
            return create(act, name, details={})
        return present


def by_id(project: Project, number: int) -> Record:
    """The environment, or 404."""
    return find(project.environments, id=number)


def stop(environment: Record, *, now: str) -> Record:
    """Stopped, whatever it was before."""
    environment.update(state="stopped", updated_at=now)
    return environment


def tier(name: str) -> str:
    """What GitLab guesses from the name."""
    return next((word for word, pattern in _TIER_WORDS if re.search(pattern, name, re.IGNORECASE)), "other")


def slug(name: str) -> str:
    """The name as part of a host name: at most 24 characters, with a mark of its own where the name had to change."""
    plain = re.sub(r"[^a-z0-9]", "-", name.lower())
    plain = re.sub(r"-+", "-", plain if re.match("[a-z]", plain) else f"env-{plain}")
    if plain == name and len(plain) <= _LONGEST_SLUG:
        return plain
    mark = hashlib.sha256(name.encode()).hexdigest()[:_SUFFIX]
    return f"{plain[: _LONGEST_SLUG - _SUFFIX - 1].rstrip('-')}-{mark}"


def _check(project: Project, name: str) -> None:
    if not name.strip():
        raise message(400, {"name": ["can't be blank"]})
    if len(name) > 255:
        raise message(400, {"name": ["is too long (maximum is 255 characters)"]})
    if not _NAME.fullmatch(name):
        raise message(400, {"name": [_NAME_RULE]})
    if any(environment["name"] == name for environment in project.environments):
        raise message(400, {"name": ["has already been taken"], "slug": ["has already been taken"]})
