"""The ways of the Git flow: which branch a piece of work starts from, and which one it is merged into."""

import re
from dataclasses import dataclass

from .errors import Refused
from .mapping import Mapping, slug

_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Route:
    """`kind` begins the branch's name; `source` and `target` are roles, the same for a hotfix."""

    kind: str
    source: str
    target: str

    def branch(self, name: str) -> str:
        """The branch of a piece of work that people call so; raises Refused `message-invalid` without a letter."""
        own = name.strip().removeprefix(f"{self.kind}/")
        if not re.search("[A-Za-z0-9]", own):
            raise Refused("message-invalid", "a branch's name needs at least one of the letters a to z or a digit")
        plain = slug(own)[:_LONGEST].rstrip("-")
        return f"{self.kind}/{plain}"


FEATURE = Route("feature", "development", "staging")
RELEASE = Route("release", "staging", "production")
HOTFIX = Route("hotfix", "production", "production")
ROUTES = (FEATURE, RELEASE, HOTFIX)
BACK = tuple(
    Route(f"back-merge/{target}", source, target)
    for source, target in (("production", "staging"), ("production", "development"), ("staging", "development"))
)
"""How a hotfix comes to where the next release is made."""
_PROMOTED = (FEATURE, RELEASE, *BACK)


def of_branch(branch: str) -> Route | None:
    """The route that a branch is on by its name."""
    return next((each for each in (*ROUTES, *BACK) if branch.startswith(f"{each.kind}/")), None)


def between(source: str, target: str) -> Route:
    """The route from one role to another; raises Refused `route-unknown`."""
    for each in _PROMOTED:
        if (each.source, each.target) == (source, target):
            return each
    ways = ", ".join(f"`{each.source}` to `{each.target}`" for each in _PROMOTED)
    raise Refused("route-unknown", f"nothing is promoted from `{source}` to `{target}`; the ways are {ways}")


def role_of(place: str, mapping: Mapping) -> str:
    """The role that a role's name or its branch stands for; raises Refused `route-unknown`."""
    roles = sorted({each.source for each in ROUTES} | {each.target for each in ROUTES})
    for role in roles:
        if place in (role, mapping.branch_of_role(role)):
            return role
    raise Refused("route-unknown", f"`{place}` is neither a role nor the branch of one; roles: {', '.join(roles)}")


def branch_of(role: str, mapping: Mapping) -> str:
    """The role's branch; raises Refused `role-missing` where the mapping file has none, or doesn't map it."""
    branch = mapping.branch_of_role(role)
    if branch is None or branch not in mapping.exact:
        raise Refused("role-missing", f"the mapping file maps no branch of the role `{role}`: name it under `roles:`")
    return branch
