"""A push by git: judged, carried out, and told to all who follow the world."""

from emulators.gitlab.acts import Act
from emulators.gitlab.events import Pushed, TagPushed
from emulators.gitlab.git import backend, commands, push_options, push_rules
from emulators.routing import Answer, Call

_HEADS, _TAGS = "refs/heads/", "refs/tags/"
Moves = dict[str, tuple[str | None, str | None]]


def receive(act: Act, call: Call, *, body: bytes) -> Answer:
    """Nothing else changes the repository meanwhile."""
    git = act.project.repository
    try:
        wanted = commands.read(body)
    except ValueError:
        return Answer(400, "The body is no push.\n")
    with act.project.lock:
        verdict = push_rules.judge(act, wanted.commands)
        before = git.refs()
        answer = backend.run(call, directory=git.path, service="git-receive-pack", body=body, told=verdict.told())
        moved = _tell(act, before=before, after=git.refs())
        push_options.carry_out(act, push_options.read(wanted.options), branches=moved)
        return answer


def _tell(act: Act, *, before: dict[str, str], after: dict[str, str]) -> list[str]:
    """One event for each branch and tag that moved; the branches that are there now."""
    moves: Moves = {
        ref: (before.get(ref), after.get(ref))
        for ref in sorted(before.keys() | after.keys())
        if before.get(ref) != after.get(ref)
    }
    branches = _below(_HEADS, moves)
    _choose_default(act, branches)
    for name, (old, new) in branches.items():
        act.tell(Pushed(act.project, name, old, new, act.user, together=len(branches)))
    tags = _below(_TAGS, moves)
    for name, (old, new) in tags.items():
        act.tell(TagPushed(act.project, name, old, new, act.user, together=len(tags)))
    return [name for name, (_, new) in branches.items() if new is not None]


def _below(prefix: str, moves: Moves) -> Moves:
    return {ref.removeprefix(prefix): move for ref, move in moves.items() if ref.startswith(prefix)}


def _choose_default(act: Act, branches: Moves) -> None:
    """The first branch that comes into an empty project becomes its default one; the expected one if it is there."""
    project = act.project
    if project.default_branch is not None or not branches:
        return
    name = project.head_branch if project.head_branch in branches else next(iter(branches))
    project.default_branch = project.head_branch = name
    project.repository.set_head(name)
