"""The web hooks of a project: what each is told of, its secrets, and how failures switch it off."""

import re
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from emulators.gitlab.envelope import is_signing_token
from emulators.gitlab.errors import ApiError, invalid, message
from emulators.gitlab.hook_headers import check, given_headers, shown
from emulators.gitlab.parameters import Params
from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import parsed, public
from emulators.gitlab.shapes import iso
from emulators.gitlab.world import World
from emulators.routing import Answer

FLAGS = (
    "push_events", "tag_push_events", "merge_requests_events", "repository_update_events", "enable_ssl_verification",
    "issues_events", "confidential_issues_events", "note_events", "confidential_note_events", "pipeline_events",
    "wiki_page_events", "deployment_events", "feature_flag_events", "job_events", "releases_events", "milestone_events",
    "emoji_events", "resource_access_token_events", "vulnerability_events",
)  # fmt: skip
_ON_AT_FIRST = frozenset({"push_events", "enable_ssl_verification"})
_TEXTS = ("name", "description", "push_events_branch_filter", "custom_webhook_template")
_STRATEGIES = ("wildcard", "regex", "all_branches")
_TOLERATED, _FATAL = 3, 40
_LONGEST_PAUSE = timedelta(hours=24)


def create(world: World, project: Project, *, given: Params) -> Record:
    """A hook with the given fields; 422 for an address or a signing token that is none."""
    hook: Record = {
        "id": world.next_id("hook"),
        "url": "",
        "name": None,
        "description": None,
        "created_at": iso(world.clock()),
        "project_id": project.id,
        **{flag: flag in _ON_AT_FIRST for flag in FLAGS},
        "push_events_branch_filter": None,
        "branch_filter_strategy": "wildcard",
        "custom_webhook_template": "",
        "url_variables": [],
        "alert_status": "executable",
        "disabled_until": None,
        "_token": "",
        "_signing_token": "",
        "_headers": {},
        "_failures": 0,
        "_deliveries": [],
    }
    change(hook, given)
    project.hooks.append(hook)
    return hook


def change(hook: Record, given: Params) -> None:
    """Sets what is given; nothing at all when any of it is refused. Headers are added to those there are."""
    values: Record = {flag: given.flag(flag) for flag in FLAGS if flag in given}
    values |= {name: given.optional(name) for name in _TEXTS if name in given}
    values |= {f"_{name}": given.text(name) for name in ("token", "signing_token") if name in given}
    if "url" in given:
        values["url"] = given.text("url")
    if "branch_filter_strategy" in given:
        values["branch_filter_strategy"] = given.text("branch_filter_strategy")
    values["_headers"] = hook["_headers"] | given_headers(given)
    _check(hook | values)
    hook.update(values)


def render(hook: Record, *, now: datetime) -> Record:
    """The document as the API shows it: that secrets are there, never what they are."""
    present = {
        "alert_status": "executable" if executable(hook, now=now) else hook["alert_status"],
        "custom_headers": shown(hook["_headers"]),
        "token_present": bool(hook["_token"]),
        "signing_token_present": bool(hook["_signing_token"]),
    }
    return public(hook) | present


def hears(hook: Record, flag: str, *, now: datetime, branch: str | None = None) -> bool:
    """Whether it is told of this kind of event now; pushes are also filtered by branch."""
    if not hook[flag] or not executable(hook, now=now):
        return False
    return branch is None or _covers(hook, branch)


def score(hook: Record, *, success: bool, now: datetime) -> None:
    """Counts failures in a row: the 4th makes it pause, ever longer; the 40th ends it; one success forgets them all."""
    failures = 0 if success else hook["_failures"] + 1
    status, until = "executable", None
    if failures >= _FATAL:
        status = "disabled"
    elif failures > _TOLERATED:
        pause = min(timedelta(minutes=2 ** (failures - _TOLERATED - 1)), _LONGEST_PAUSE)
        status, until = "temporarily_disabled", iso(now + pause)
    hook.update(_failures=failures, alert_status=status, disabled_until=until)


def executable(hook: Record, *, now: datetime) -> bool:
    """Whether it is sent anything now: a pause ends by itself."""
    if hook["alert_status"] == "temporarily_disabled":
        return parsed(hook["disabled_until"]) <= now
    return bool(hook["alert_status"] == "executable")


def _covers(hook: Record, branch: str) -> bool:
    wanted = hook["push_events_branch_filter"]
    if not wanted or hook["branch_filter_strategy"] == "all_branches":
        return True
    if hook["branch_filter_strategy"] == "regex":
        return re.search(wanted, branch) is not None
    return fnmatchcase(branch, wanted)


def _check(hook: Record) -> None:
    parts = urlsplit(hook["url"])
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ApiError(Answer(422, {"error": "Invalid url given"}))
    if hook["_signing_token"] and not is_signing_token(hook["_signing_token"]):
        raise message(422, {"signing_token": ["is invalid"]})
    if hook["branch_filter_strategy"] not in _STRATEGIES:
        raise invalid("branch_filter_strategy does not have a valid value")
    if hook["branch_filter_strategy"] == "regex" and not _is_regex(hook["push_events_branch_filter"] or ""):
        raise ApiError(Answer(422, {"error": "Invalid branch filter given"}))
    check(hook["_headers"])


def _is_regex(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True
