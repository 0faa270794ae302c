"""Where projects live: groups within groups, and one namespace of its own for each user."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from emulators.gitlab.records import numbered
from emulators.gitlab.user import User


@dataclass(slots=True)
class Group:
    """One group; `full_path` names its parents too, `members` maps user ids to levels."""

    id: int
    name: str
    full_path: str
    parent_id: int | None
    created_at: datetime
    description: str = ""
    visibility: str = "private"
    members: dict[int, int] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The last part of the full path."""
        return self.full_path.rpartition("/")[2]


class Namespaces:
    """All groups, by number and path; groups and users' own namespaces share their numbers."""

    def __init__(self, *, next_id: Callable[[str], int], clock: Callable[[], datetime]) -> None:
        self.groups: dict[int, Group] = {}
        self._personal: dict[str, int] = {}
        self._next_id = next_id
        self._clock = clock

    def group(self, id_or_path: str) -> Group | None:
        """By number or by full path, whatever its case."""
        if id_or_path.isdecimal():
            return self.groups.get(numbered(id_or_path))
        wanted = id_or_path.lower()
        return next((group for group in list(self.groups.values()) if group.full_path.lower() == wanted), None)

    def create(self, name: str, path: str, *, parent: Group | None = None) -> Group:
        """A new group, below `parent` if there is one."""
        full_path = f"{parent.full_path}/{path}" if parent else path
        group = Group(self._next_id("namespace"), name, full_path, parent.id if parent else None, self._clock())
        self.groups[group.id] = group
        return group

    def ensure(self, full_path: str) -> Group | None:
        """The group of that path, made with all its parents where absent; None for a user's own namespace."""
        if full_path in self._personal:
            return None
        found = self.group(full_path)
        if found is not None:
            return found
        above, _, path = full_path.rpartition("/")
        return self.create(path, path, parent=self.ensure(above) if above else None)

    def lineage(self, full_path: str) -> list[Group]:
        """The group of that path and all above it, itself first."""
        parts = full_path.split("/")
        paths = ["/".join(parts[:end]) for end in range(len(parts), 0, -1)]
        return [group for group in map(self.group, paths) if group is not None]

    def below(self, group: Group, *, deep: bool = True) -> list[Group]:
        """Its subgroups, those of subgroups too if `deep`."""
        if not deep:
            return [one for one in self.groups.values() if one.parent_id == group.id]
        return [one for one in self.groups.values() if one.full_path.startswith(f"{group.full_path}/")]

    def admit(self, user: User) -> None:
        """Gives the user a namespace of the same name."""
        self._personal[user.username] = self._next_id("namespace")

    def personal(self, username: str) -> int | None:
        """The number of that user's own namespace."""
        return self._personal.get(username)

    def path_of(self, number: int) -> str | None:
        """The full path of the namespace with that number, be it a group's or a user's."""
        if number in self.groups:
            return self.groups[number].full_path
        return next((name for name, owned in self._personal.items() if owned == number), None)
