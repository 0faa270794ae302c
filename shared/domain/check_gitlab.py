"""What GitLab says of a project → lines of its check. Decides and asks nobody."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from .check_report import Line, State
from .gitlab import Hook, Token
from .token_report import THRESHOLDS, URGENT, days_left

DEVELOPER, MAINTAINER = 30, 40
_MERGES, _TESTS = "merge_requests_events", "pipeline_events"
_WORDS = {_MERGES: "merge requests", _TESTS: "pipelines"}
_SWITCHES = {_MERGES: "merge request", _TESTS: "pipeline"}


def token(found: Token, *, now: float) -> Iterator[Line]:
    """How long it lives, and whether it may what the service does."""
    days = days_left(found.ends, now=now)
    renew = "Renew it as docs/security.md says; nothing is lost by that."
    if days is None:
        yield Line("GitLab token", State.WARN, f"`{found.name}` has no end", "Give the next one an end.")
    elif days <= max(THRESHOLDS):
        state = State.BAD if days <= URGENT else State.WARN
        yield Line("GitLab token", state, f"`{found.name}` ends `{found.ends}`: {days} days are left", renew)
    else:
        yield Line("GitLab token", State.OK, f"`{found.name}` ends `{found.ends}`: {days} days are left")
    if "api" not in found.scopes:
        remedy = "Make one with the scope `api`, and add it as a new version of the secret."
        yield Line("GitLab token's scopes", State.BAD, "`api` is not among them", remedy)


def access(level: int) -> Line:
    """Whether the service's user may write, and see hooks."""
    if level < DEVELOPER:
        remedy = "Make the service's user a Developer of the project."
        return Line("rights in GitLab", State.BAD, f"the level is {level}, below Developer", remedy)
    if level < MAINTAINER:
        remedy = "Look after the hook yourself, or make the user a Maintainer."
        return Line("rights in GitLab", State.WARN, "Developer: may deploy, can't see the hook", remedy)
    return Line("rights in GitLab", State.OK, "Maintainer")


def hooks(found: Sequence[Hook], *, tested: bool = False) -> Iterator[Line]:
    """Ours lead to the root of their host, as the webhook asks for it; those of other services don't.

    `tested`: some workspace is tested after a deploy, by a pipeline that has to be told of.
    """
    ours = [each for each in found if urlsplit(each.url).path in ("", "/")]
    if not ours:
        remedy = "Add it as docs/install.md says; until then merges are found by the sweep alone."
        yield Line("hook", State.BAD, "there is none", remedy)
    for each in ours:
        yield from _hook(each, (_MERGES, _TESTS) if tested else (_MERGES,))
    if len(ours) > 1:
        yield Line("hook", State.WARN, f"there are {len(ours)}", "Delete those that are not the service's.")


def _hook(hook: Hook, wanted: Sequence[str]) -> Iterator[Line]:
    name, alone = f"hook {hook.id}", " and ".join(_WORDS[each] for each in wanted)
    if hook.disabled:
        yield Line(name, State.BAD, "GitLab has disabled it", "Look at its recent events, mend that, then test it.")
    if not hook.verifies:
        yield Line(name, State.BAD, "GitLab doesn't check the certificate", "Turn on SSL verification in its settings.")
    more = sorted(set(hook.events) - set(wanted))
    if more:
        names = ", ".join(f"`{each}`" for each in more)
        yield Line(name, State.WARN, f"it tells of {names} as well", f"Leave events of {alone} alone.")
    missing = [each for each in wanted if each not in hook.events]
    for each in missing:
        state = State.BAD if each == _MERGES else State.WARN
        yield Line(name, state, f"it doesn't tell of {_WORDS[each]}", f"Turn on {_SWITCHES[each]} events.")
    if not (missing or more or hook.disabled) and hook.verifies:
        yield Line(name, State.OK, f"it is enabled and tells of {alone} alone")


def mapping(exact: Mapping[str, str], *, allowed: Collection[str], heads: Mapping[str, str | None]) -> Iterator[Line]:
    """`exact`: branch to workspace as the mapping file has it; `heads` of those whose workspace is allowed."""
    for branch, workspace in sorted(exact.items()):
        what = f"branch {branch}"
        if workspace not in allowed:
            remedy = "Add it to the projects file and apply, or take it out of the mapping."
            yield Line(what, State.WARN, f"the settings don't let the project touch `{workspace}`", remedy)
        elif heads.get(branch) is None:
            yield Line(what, State.BAD, "GitLab has no such branch", "Make it, or take it out of the mapping.")
        else:
            yield Line(what, State.OK, f"is deployed to `{workspace}`")
    for workspace in sorted(set(allowed) - set(exact.values())):
        remedy = "Map a branch to it, or take it out of the projects file."
        yield Line(f"workspace {workspace}", State.WARN, "no branch is mapped to it", remedy)
