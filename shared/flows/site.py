"""A GitLab project that is made or completed, and how a thing is made there that it lacks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..domain.errors import Permanent, Refused
from ..domain.groundwork import Include, Seat
from ..domain.groundwork_report import Item, State
from ..ports.premises import Premises
from .outside import Outside


@dataclass(frozen=True, slots=True)
class Furnishing:
    """What the settings say of new projects; without `hook` no hook is made, without `include` no CI file.

    `numbered`: they name the project by GitLab's number, so that there has to be one. `tested`: some of its deploys are
    tested by CI pipelines, of which the hook has to tell.
    """

    hook: str = ""
    include: Include | None = None
    numbered: bool = False
    tested: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """What every step works with; `there`: the project exists, or was made by this run."""

    project: str
    seats: Sequence[Seat]
    furnishing: Furnishing
    dry_run: bool
    run: str
    premises: Premises = field(repr=False)
    outside: Outside = field(repr=False)
    there: bool = True

    def make(self, what: str, call: Callable[[], object], *, said: str = "") -> Item:
        """The thing, made unless this is a dry run; what can't be made keeps nothing else from being made."""
        if self.dry_run:
            return Item(what, State.PLANNED, said)
        self.outside.deadline.check()
        try:
            call()
        except (Permanent, Refused) as error:
            return failed(what, error)
        return Item(what, State.MADE, said)


def failed(what: str, error: Permanent | Refused) -> Item:
    """What can't be made, or not be looked at."""
    return Item(what, State.FAILED, error.detail, error.reason)
