"""Whether a pipeline was proven elsewhere before it goes on: the same content was live there, and passed its tests."""

from dataclasses import dataclass

from .content import Content
from .plan import Action, Decision

_WRITTEN = (Action.UPDATE, Action.CREATE, Action.RENAME, Action.HOLD)


@dataclass(frozen=True, slots=True)
class Place:
    """Where things are proven: a branch and its workspace. `newest` is the commit that is live there, empty for none.

    `proven` is the newest one that passed its tests, too; where there are none it is the same.
    """

    branch: str
    workspace: str
    newest: str = ""
    proven: str = ""


@dataclass(frozen=True, slots=True)
class There:
    """What a pipeline is at these two commits; None where it is absent, or no config."""

    newest: Content | None = None
    proven: Content | None = None


def wanted(decision: Decision) -> Content | None:
    """The content that has to be proven: what merging brings live; None where it brings nothing."""
    return decision.versions.head if decision.action in _WRITTEN else None


def missing(content: Content, found: There, at: Place) -> str:
    """What is missing and what to do, as a sentence; empty where it is proven."""
    place, branch = _quoted(at.workspace), _quoted(at.branch)
    if found.proven == content:
        return ""
    if not at.newest:
        return f"nothing was deployed to {place} yet: merge it into {branch} first"
    if found.newest == content:
        return f"{place} runs it, but it has not passed its tests there: wait for them, or mend what fails"
    if found.newest is None:
        return f"{place} has no such pipeline: merge it into {branch} first, and let it be deployed"
    return f"{place} runs another version: merge this one into {branch} first, and let it be deployed"


def _quoted(text: str) -> str:
    return f"`{text.replace('`', chr(39))}`"
