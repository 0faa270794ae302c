"""The body of a new commit, checked in the order and words of GitLab."""

from emulators.gitlab.actions import KINDS, Action, decoded
from emulators.gitlab.errors import bad_request
from emulators.gitlab.parameters import Params
from emulators.gitlab.writing import Wish


def read(given: Params) -> Wish:
    """The commit asked for; keys that GitLab doesn't know are dropped."""
    for name in ("branch", "commit_message", "actions"):
        if not given.get(name):
            raise bad_request(f"{name} is required")
    if "start_sha" in given and "start_branch" in given:
        raise bad_request("start_branch, start_sha are mutually exclusive")
    actions = given["actions"]
    if not isinstance(actions, list):
        raise bad_request("actions is required")
    return Wish(
        branch=given.text("branch"),
        message=given.text("commit_message"),
        actions=[_action(Params(item if isinstance(item, dict) else {}), at=at) for at, item in enumerate(actions)],
        start_branch=given.text("start_branch"),
        start_sha=given.text("start_sha"),
        author_name=given.text("author_name"),
        author_email=given.text("author_email"),
        force=given.flag("force"),
    )


def _action(item: Params, *, at: int) -> Action:
    for name in ("action", "file_path"):
        if not item.get(name):
            raise bad_request(f"actions[{at}][{name}] is required")
    wrong = _wrong(item)
    if wrong:
        raise bad_request(f"actions[{at}]{wrong}")
    content = item.optional("content")
    return Action(
        kind=item.text("action"),
        path=item.text("file_path"),
        previous_path=item.text("previous_path"),
        content=None if content is None else decoded(content, item.text("encoding", "text")),
        executable=item.flag("execute_filemode"),
        last_commit_id=item.text("last_commit_id"),
    )


def _wrong(item: Params) -> str:
    kind = item.text("action")
    if kind not in KINDS:
        return "[action] must be one of: create, update, move, delete, chmod"
    if item.text("encoding", "text") not in ("text", "base64"):
        return "[encoding] must be text or base64"
    if kind == "update" and "content" not in item:
        return "[content] is required for update action"
    if kind == "move" and not item.get("previous_path"):
        return "[previous_path] is required for move action"
    return _wrong_mode(item) if kind == "chmod" else ""


def _wrong_mode(item: Params) -> str:
    if "execute_filemode" not in item:
        return "[execute_filemode] is required for chmod action"
    known = item["execute_filemode"] in (True, False, "true", "false")
    return "" if known else "[execute_filemode] must be a boolean"
