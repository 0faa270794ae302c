"""Which pushes GitLab declines, in the words that git shows after `remote:`."""

from collections.abc import Sequence
from dataclasses import dataclass

from emulators.gitlab.access import is_maintainer, is_protected, may_force, may_push
from emulators.gitlab.acts import Act
from emulators.gitlab.git.commands import Command

_HEADS = "refs/heads/"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why the whole push is declined, empty if it isn't; and the refs that must not lose commits."""

    refusal: str
    forward_only: tuple[str, ...]

    def told(self) -> dict[str, str]:
        """What the hook of the repository is to know."""
        return {"REFUSAL": self.refusal, "FORWARD_ONLY": " ".join(self.forward_only)}


def judge(act: Act, commands: Sequence[Command]) -> Verdict:
    """One command that is declined declines them all."""
    branches = [(command, command.ref.removeprefix(_HEADS)) for command in commands if command.ref.startswith(_HEADS)]
    refusals = [_refusal(act, command, branch=branch) for command, branch in branches]
    guarded = [
        command.ref
        for command, branch in branches
        if command.before and command.after and is_protected(act.project, branch) and not may_force(act.project, branch)
    ]
    return Verdict(next(filter(None, refusals), ""), tuple(guarded))


def _refusal(act: Act, command: Command, *, branch: str) -> str:
    protected = is_protected(act.project, branch)
    if command.after is None:
        return _deletion(act, branch=branch, protected=protected)
    if may_push(act.world, act.project, branch, user=act.user):
        return ""
    if command.before is None:
        return "You are not allowed to create protected branches on this project."
    return "You are not allowed to push code to protected branches on this project."


def _deletion(act: Act, *, branch: str, protected: bool) -> str:
    if branch == act.project.default_branch:
        return "The default branch of a project cannot be deleted."
    if not protected:
        return ""
    if is_maintainer(act.world, act.project, act.user):
        return "You can only delete protected branches using the web interface."
    return (
        "You are not allowed to delete protected branches from this project. "
        "Only a project maintainer or owner can delete a protected branch."
    )
