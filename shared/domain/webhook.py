"""Headers and body of a GitLab hook → an event, or the reason why it is none of ours. No I/O."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import gate, hook_shapes, labels
from .errors import Refused
from .hook_shapes import Project
from .side_branch import ROLLBACKS

MAX_BODY = 3 * 1024 * 1024
STATUS = {"hook-method": 405, "hook-path": 404, "hook-length": 411, "hook-too-big": 413, "hook-encoding": 415}
"""The answers to what is turned away before anything is read; anything else that is refused is a 400."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_REVIEW_CHANGES = frozenset({"target_branch", "draft", "work_in_progress"})


@dataclass(frozen=True, slots=True)
class MergeEvent:
    """A merge request was merged into `branch`. A hint where to look, nothing in it is applied."""

    project: Project
    branch: str
    merge_request: int
    by: str


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """An open merge request is there to be looked at: opened, reopened, new commits, other target, ready, or a deletion
    was confirmed by its label, or is no longer.
    """

    project: Project
    branch: str
    merge_request: int
    by: str


@dataclass(frozen=True, slots=True)
class HoldEvent:
    """A rollback into `branch` was closed without being merged: what it held may go forward again."""

    project: Project
    branch: str
    merge_request: int
    by: str


@dataclass(frozen=True, slots=True)
class GateEvent:
    """A CI pipeline has ended that the service started on `branch` to test a deployment. How, GitLab is asked."""

    project: Project
    branch: str
    deployment: int
    by: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Authentic, and nothing to do: `reason` is a stable word."""

    project: Project | None
    reason: str


Event = MergeEvent | ReviewEvent | HoldEvent | GateEvent | Ignored


def check(method: str, path: str, headers: Mapping[str, str]) -> int:
    """The size of the body, told by the request line and the headers alone (names in lower case); raises Refused."""
    if method != "POST":
        raise Refused("hook-method", "hooks are sent by POST")
    if path != "/":
        raise Refused("hook-path", "hooks go to the path /")
    if headers.get("content-encoding", "identity") != "identity":
        raise Refused("hook-encoding", "hooks are not compressed")
    length = headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()) or "transfer-encoding" in headers:
        raise Refused("hook-length", "a hook says its length")
    if len(length) > 12 or int(length) > MAX_BODY:
        raise Refused("hook-too-big", f"a hook has at most {MAX_BODY} bytes")
    return int(length)


def request_id(headers: Mapping[str, str], body: bytes) -> str:
    """GitLab's `Idempotency-Key`, the same when it sends a hook again; else made from the body."""
    for name in ("idempotency-key", "webhook-id", "x-gitlab-event-uuid"):
        if _REQUEST_ID.fullmatch(headers.get(name, "")):
            return headers[name]
    return hashlib.sha256(body).hexdigest()[:32]


def read(headers: Mapping[str, str], body: bytes) -> Event:
    """The event; raises Refused `hook-malformed` when a part that it needs has another shape."""
    try:
        tree = json.loads(body)
    except (ValueError, RecursionError):
        raise hook_shapes.malformed("body") from None
    hook = hook_shapes.tree(tree, "body")
    if hook.get("object_kind") == "pipeline" and headers.get("x-gitlab-event") == "Pipeline Hook":
        return _tested(hook)
    if hook.get("object_kind") != "merge_request" or headers.get("x-gitlab-event") != "Merge Request Hook":
        return Ignored(_known_project(hook), "not-a-merge-request")
    project = hook_shapes.project(hook)
    attributes = hook_shapes.tree(hook.get("object_attributes"), "object_attributes")
    if hook_shapes.number(attributes.get("target_project_id"), "target_project_id") != project.id:
        raise hook_shapes.malformed("target_project_id")
    action = attributes.get("action")
    branch = hook_shapes.text(attributes.get("target_branch"), "target_branch")
    iid = hook_shapes.number(attributes.get("iid"), "iid")
    by = hook_shapes.text(hook_shapes.tree(hook.get("user"), "user").get("username"), "username")
    if action == "merge" and attributes.get("state") == "merged":
        return MergeEvent(project, branch, iid, by)
    if action in ("open", "reopen") or (action == "update" and _review(attributes, hook)):
        return ReviewEvent(project, branch, iid, by)
    if action == "close" and str(attributes.get("source_branch")).startswith(ROLLBACKS):
        return HoldEvent(project, branch, iid, by)
    return Ignored(project, "action-without-effect")


def _tested(hook: Mapping[str, Any]) -> GateEvent | Ignored:
    """Most pipelines are other people's; of these only the project is looked at."""
    project = hook_shapes.project(hook)
    attributes = hook_shapes.tree(hook.get("object_attributes"), "object_attributes")
    deployment = gate.deployment_of(_variables(attributes.get("variables")))
    if deployment is None or attributes.get("source") != "api":
        return Ignored(project, "pipeline-of-others")
    if attributes.get("status") not in list(gate.FINISHED):  # which may be of any kind
        return Ignored(project, "pipeline-not-finished")
    branch = hook_shapes.text(attributes.get("ref"), "ref")
    by = hook_shapes.text(hook_shapes.tree(hook.get("user"), "user").get("username"), "username")
    return GateEvent(project, branch, hook_shapes.number(deployment, gate.DEPLOYMENT), by)


def _variables(listed: object) -> Mapping[str, str]:
    found = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    pairs = ((each.get("key"), each.get("value")) for each in found)
    return {key: value for key, value in pairs if isinstance(key, str) and isinstance(value, str)}


def _review(attributes: Mapping[str, Any], hook: Mapping[str, Any]) -> bool:
    changes = hook.get("changes")
    changed = changes if isinstance(changes, dict) else {}
    return "oldrev" in attributes or not _REVIEW_CHANGES.isdisjoint(changed) or _confirms(changed.get("labels"))


def _confirms(change: object) -> bool:
    """Whether the label that confirms a deletion was set or taken away."""
    sides = [change.get(name) for name in ("previous", "current")] if isinstance(change, dict) else []
    had = [_names(each, labels.DELETE) for each in sides]
    return len(set(had)) > 1


def _names(listed: object, wanted: str) -> bool:
    return isinstance(listed, list) and any(isinstance(each, dict) and each.get("title") == wanted for each in listed)


def _known_project(hook: Mapping[str, Any]) -> Project | None:
    """Hooks of other kinds may say their project elsewhere or not at all; they are ignored anyway."""
    try:
        return hook_shapes.project(hook)
    except Refused:
        return None
