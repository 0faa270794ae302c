"""Quick actions in the text of a note: which lines GitLab takes as commands, and what remains of the text."""

import re
from dataclasses import dataclass

KNOWN = frozenset({
    "approve", "assign", "assign_reviewer", "award", "cc", "close", "copy_metadata", "done", "draft", "due",
    "estimate", "label", "labels", "lock", "merge", "milestone", "react", "ready", "reassign", "rebase", "relabel",
    "remove_milestone", "reopen", "request_review", "shrug", "spend", "submit_review", "subscribe", "tableflip",
    "target_branch", "title", "todo", "unapprove", "unassign", "unlabel", "unlock", "unsubscribe", "wip",
})  # fmt: skip
_COMMAND = re.compile(r"^/(?P<name>[a-z_]+)(?:[ \t]+(?P<argument>.*?))?[ \t]*$", re.IGNORECASE)
_FENCE = re.compile(r"^ {0,3}(?P<mark>`{3,}|~{3,})")
_QUOTE = re.compile(r"^>>>[ \t]*$")


@dataclass(frozen=True, slots=True)
class Command:
    """One quick action without its slash."""

    name: str
    argument: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A note as GitLab reads it: the text that stays and the commands that were in it, in order."""

    text: str
    commands: tuple[Command, ...]


def read(body: str) -> Reading:
    """Only a known name, of any case, at the very start of a line counts, not in code blocks and `>>>` quotes."""
    kept: list[str] = []
    commands: list[Command] = []
    closing: str | None = None
    for line in body.splitlines():
        if closing is None and (command := _command(line)):
            commands.append(command)
            continue
        closing = _closing(line, inside=closing)
        kept.append(line)
    text = "\n".join(kept).strip() if commands else body
    return Reading(text, tuple(commands))


def _command(line: str) -> Command | None:
    match = _COMMAND.match(line)
    if match is None or match["name"].lower() not in KNOWN:
        return None
    return Command(match["name"].lower(), match["argument"] or "")


def _closing(line: str, *, inside: str | None) -> str | None:
    """What ends the block that the next line is in; None outside of blocks."""
    fence = _FENCE.match(line)
    mark = ">>>" if _QUOTE.match(line) else fence["mark"] if fence else None
    if inside is None:
        return mark
    return None if mark and mark.startswith(inside) else inside
