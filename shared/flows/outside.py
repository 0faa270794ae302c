"""What a run may reach, handed over as one value."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from ..deadline import Deadline
from ..domain.batches import MOST_BYTES
from ..domain.errors import Transient
from ..ports import Clock, Publisher, Together
from ..ports.aic import Desk, Drive, Workspace
from ..ports.files import Archives
from ..ports.gitlab import Repository
from .pace import Pace


class Moved(Transient):
    """Head, mapping or live changed under the run: what was decided no longer holds, look again.

    `sent` are the titles that may have been written: they are looked at again, whatever Git says of them.
    """

    def __init__(self, detail: str, *, sent: frozenset[str] = frozenset()) -> None:
        super().__init__("moved", detail)
        self.sent = sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The ports of one run, bound to its deadline. `open_workspace` finds an AIC workspace by its exact name.

    `open_drive` takes a workspace and the name of a drive as the settings have it; whether there is one is found out
    at its first use. `open_desk` is for what else the workspace has.
    `in_reserve` gives the same ports bound to the time that is kept back beyond the deadline, for giving up in order
    and for telling people. `commit_bytes` is how much one commit may bring, `heard_of` are the kinds of news that
    somebody wants to hear of beside GitLab.
    """

    repository: Repository
    open_workspace: Callable[[str], Workspace]
    open_drive: Callable[[str, str], Drive]
    open_desk: Callable[[str], Desk]
    archives: Archives
    publisher: Publisher
    clock: Clock
    together: Together
    pace: Pace
    deadline: Deadline
    in_reserve: Callable[[], "Outside"]
    commit_bytes: int = MOST_BYTES
    heard_of: Collection[str] = ()
