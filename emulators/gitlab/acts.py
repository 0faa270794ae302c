"""Who does something in which project: the first argument of whatever changes records."""

from dataclasses import dataclass

from emulators.gitlab.access import caller, project_of
from emulators.gitlab.events import Event
from emulators.gitlab.objects import Signature
from emulators.gitlab.project import Project, Record
from emulators.gitlab.shapes import iso, user_json
from emulators.gitlab.user import User
from emulators.gitlab.world import World
from emulators.routing import Call


@dataclass(frozen=True, slots=True)
class Act:
    """One user's doing in one project of a world."""

    world: World
    project: Project
    user: User

    def now(self) -> str:
        """The time as documents hold it, later than any before."""
        return iso(self.world.clock())

    def person(self) -> Record:
        """The user as documents embed people."""
        return user_json(self.world, self.user)

    def next_id(self, kind: str) -> int:
        return self.world.next_id(kind)

    def signature(self) -> Signature:
        """The user as author of what git is to keep."""
        return self.world.signature(self.user)

    def move(self, branch: str, sha: str | None) -> None:
        """Moves a branch, or removes it with None, in the user's name."""
        self.world.move_branch(self.project, branch, sha, self.user)

    def tell(self, event: Event) -> None:
        """Hands the event to all who follow the world."""
        self.world.tell(event)


def act_of(world: World, call: Call) -> Act:
    """The act that a request is: its token's user in the project of its path."""
    user = caller(world, call)
    return Act(world, project_of(world, call), user)
