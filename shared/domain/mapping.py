"""`branch_to_workspace.yaml`: which branch is deployed to which workspace."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache

from . import strict_yaml
from .errors import Refused

MAX_ENTRIES = 200
_ROLES = {"production": ("main",), "staging": ("staging", "develop"), "development": ("dev", "sandbox")}
_KEYS = frozenset({"mapping", "roles", "ignore"})
_BUILT_IN = {"feature/": "staging", "release/": "production", "hotfix/": "production"}


@dataclass(frozen=True, slots=True)
class Deployed:
    """The branch has an exact key: each merge into it is deployed to the workspace."""

    workspace: str


@dataclass(frozen=True, slots=True)
class ByHand:
    """The branch matches a `prefix/*` key: deployed when a person asks and confirms."""

    workspace: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The branch follows a built-in rule: it is deployed by being merged into the role's branch."""

    role: str


Rule = Deployed | ByHand | Reviewed


@dataclass(frozen=True, slots=True)
class Mapping:
    """The parsed file: exact and `prefix/*` keys, role names, and the titles that neither direction touches."""

    exact: Map[str, str]
    prefixes: Map[str, str] = field(default_factory=dict)
    roles: Map[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()

    def rule(self, branch: str) -> Rule | None:
        """What the file says of the branch: exact key, longest prefix key, built-in rule, or nothing at all."""
        if branch in self.exact:
            return Deployed(self.exact[branch])
        fitting = [prefix for prefix in self.prefixes if branch.startswith(prefix) and branch != prefix]
        if fitting:
            return ByHand(self.prefixes[max(fitting, key=len)])
        for prefix, role in _BUILT_IN.items():
            if branch.startswith(prefix):
                return Reviewed(role)
        return None

    def branch_of_role(self, role: str) -> str | None:
        """The branch of `production`, `staging` or `development`."""
        if role in self.roles:
            return self.roles[role]
        return next((branch for branch in _ROLES.get(role, ()) if branch in self.exact), None)

    def ignored(self, title: str) -> bool:
        """Whether the file asks to leave the pipeline alone."""
        return any(fnmatchcase(title, pattern) for pattern in self.ignore)


@lru_cache(maxsize=16)
def parse(data: bytes) -> Mapping:
    """Reads the file; raises Refused with reason `mapping-invalid` that says what to change.

    It is the same in nearly every round of nearly every run, and is read once then.
    """
    try:
        tree = strict_yaml.load(data.decode())
    except UnicodeDecodeError:
        raise _invalid("it is not UTF-8 text") from None
    except Refused as error:
        raise _invalid(error.detail) from None
    if not isinstance(tree, dict):
        raise _invalid("it must hold `mapping:` with a line `branch: workspace` for each branch")
    unknown = sorted(tree.keys() - _KEYS)
    if unknown:
        raise _invalid(f"`{unknown[0]}:` is not known; the keys are {', '.join(sorted(_KEYS))}")
    entries = _texts(tree, "mapping")
    if not entries or len(entries) > MAX_ENTRIES:
        raise _invalid(f"`mapping:` must have 1 to {MAX_ENTRIES} entries")
    exact = {key: value for key, value in entries.items() if not key.endswith("*")}
    prefixes = {key[:-1]: value for key, value in entries.items() if key.endswith("/*")}
    odd = sorted(key for key in entries if "*" in key.removesuffix("/*"))
    if odd:
        raise _invalid(f"`{odd[0]}` is neither a branch nor `prefix/*`")
    _check_one_branch_each(exact)
    return Mapping(exact, prefixes, _roles(tree), _patterns(tree))


def environment(workspace: str) -> str:
    """The GitLab environment whose deployments are the record of the workspace."""
    return f"aic/{slug(workspace)}"


def slug(name: str) -> str:
    """Lower case, every run of other than a-z0-9 one `-`, none at the ends; a digest where nothing is left."""
    text = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return text or f"w-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _check_one_branch_each(exact: Map[str, str]) -> None:
    for workspace, count in Counter(exact.values()).items():
        if count > 1:
            branches = " and ".join(f"`{key}`" for key in sorted(exact) if exact[key] == workspace)
            raise _invalid(f"{branches} both name the workspace `{workspace}`; one workspace has one branch")
    names: dict[str, str] = {}
    for workspace in sorted(exact.values()):
        other = names.setdefault(slug(workspace), workspace)
        if other != workspace:
            raise _invalid(f"`{other}` and `{workspace}` would share the environment `{environment(workspace)}`")


def _texts(tree: Map[str, object], key: str) -> dict[str, str]:
    found = tree.get(key, {})
    if not isinstance(found, dict):
        raise _invalid(f"`{key}:` must be a list of `name: value` lines")
    for name, value in found.items():
        if not isinstance(value, str) or not value.strip() or not name.strip():
            raise _invalid(f"`{name}` under `{key}:` needs a name and one text as its value")
    return found


def _roles(tree: Map[str, object]) -> dict[str, str]:
    roles = _texts(tree, "roles")
    unknown = sorted(roles.keys() - _ROLES.keys())
    if unknown:
        raise _invalid(f"`{unknown[0]}` is no role; the roles are {', '.join(sorted(_ROLES))}")
    return roles


def _patterns(tree: Map[str, object]) -> tuple[str, ...]:
    found = tree.get("ignore", [])
    if not isinstance(found, list) or not all(isinstance(pattern, str) and pattern for pattern in found):
        raise _invalid("`ignore:` must be a list of title patterns")
    return tuple(found)


def _invalid(sentence: str) -> Refused:
    return Refused("mapping-invalid", f"branch_to_workspace.yaml: {sentence}")
