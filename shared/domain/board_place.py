"""Which environments a board shows and in which order, and where it lies."""

from collections.abc import Collection, Sequence
from urllib.parse import quote

from . import drives, mark
from .board import Environment
from .mapping import Mapping, slug

MOST_ENVIRONMENTS = 8
"""Each is read as a whole, and a run has minutes; more columns nobody reads, either."""
FLOW = ("development", "staging", "production")
PAGE, DATA = "board.html", "board.json"


def environments(mapping: Mapping, *, allowed: Collection[str]) -> tuple[tuple[Environment, ...], tuple[str, ...]]:
    """Those in the order in which pipelines are promoted, then all others by name; and what is left out."""
    roles = {branch: role for role in FLOW if (branch := mapping.branch_of_role(role) or "") in mapping.exact}
    ordered = sorted(mapping.exact, key=lambda branch: (_rank(roles.get(branch, "")), branch))
    wanted = [branch for branch in ordered if mapping.exact[branch] in allowed][:MOST_ENVIRONMENTS]
    left_out = tuple(mapping.exact[branch] for branch in ordered if branch not in wanted)
    shown = tuple(Environment(branch, mapping.exact[branch], roles.get(branch, "")) for branch in wanted)
    return shown, left_out


def home(shown: Sequence[Environment]) -> Environment | None:
    """The environment in whose workspace the board lies: the last one that things are promoted to, else the last."""
    return next((each for each in reversed(shown) if each.role), shown[-1] if shown else None)


def chain(shown: Sequence[Environment]) -> tuple[int, ...]:
    """The places of those that pipelines are promoted through."""
    return tuple(index for index, each in enumerate(shown) if each.role)


def folder(workspace: str) -> str:
    """Beside the marks of the workspace's backups, where no backup of a chosen name can lie."""
    return f"{mark.index(workspace)}/board"


def url(drive: str, *, project: str, workspace: str) -> str:
    """Where people open the page who may read the bucket, by their Google account; empty for a drive in AIC."""
    found = drives.bucket(drive)
    if found is None:
        return ""
    parts = (found.bucket, found.prefix, project, slug(workspace), folder(workspace), PAGE)
    return "https://storage.cloud.google.com/" + quote("/".join(part for part in parts if part))


def _rank(role: str) -> int:
    return FLOW.index(role) if role else len(FLOW)
