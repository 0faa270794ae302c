"""Access tokens that end soon: how many days each has left, and what people hear of it, once for each threshold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from .gitlab import Token
from .news import News, NewsRow, Tone, fitted, identity, quoted
from .occasion import Kind
from .signals import EXPIRING
from .told import Told

THRESHOLDS = (1, 3, 7, 14, 30)
"""Days before its end at which people hear of it."""
URGENT = 7
"""From so many days on it is no warning any more."""
_MOST = 100


@dataclass(frozen=True, slots=True)
class Looked:
    """The token of one project. `failed` is why it could not be looked at, `untold` why nobody could be told of it."""

    project: str
    token: Token | None = None
    days: int | None = None
    failed: str = ""
    untold: str = ""

    @property
    def threshold(self) -> int | None:
        """The one that it has reached last, None for a token that lives longer."""
        return None if self.days is None else next((each for each in THRESHOLDS if self.days <= each), None)

    def line(self) -> str:
        """For people, without backticks."""
        name = self.token.name if self.token else ""
        left = f"{self.days} days" if self.days != 1 else "1 day"
        ends = f"ends {self.token.ends}, in {left}" if self.token and self.token.ends else "has no end"
        return f"{self.project}: token {name!r} {ends}"


def days_left(ends: str, *, now: float) -> int | None:
    """Until the day from which on it is good for nothing; None for one without an end. `now` are seconds since 1970."""
    try:
        return (date.fromisoformat(ends) - datetime.fromtimestamp(now, UTC).date()).days
    except ValueError:
        return None


def told(found: Iterable[Looked]) -> Told:
    """One line, an error where somebody has to do something; the alert hangs on its `signal`."""
    found = tuple(found)
    ending = [each for each in found if each.threshold is not None]
    failed = [f"{each.project}: {each.failed or each.untold}" for each in found if each.failed or each.untold]
    fields: dict[str, object] = {
        "outcome": "ending" if ending else "failed" if failed else "fine",
        "projects": len(found),
        "tokens": [each.line() for each in found if each.token][:_MOST],
        "days_left": min((each.days for each in found if each.days is not None), default=None),
        "failed": failed[:_MOST],
    }
    if ending:
        fields["signal"] = EXPIRING
    said = f"{len(ending)} end soon" if ending else "none ends soon"
    return Told(f"check_tokens: {said}", fields, bad=bool(ending or failed))


def news(found: Looked) -> tuple[News, ...]:
    """The same for the same token and threshold, so that it is told once."""
    threshold, token = found.threshold, found.token
    if threshold is None or token is None:
        return ()
    at = f"on {token.ends}"
    made = News(
        Kind.TOKEN_EXPIRING,
        found.project,
        identity(Kind.TOKEN_EXPIRING, found.project, token.id, token.ends, threshold),
        f"🔑 GitLab’s token of {quoted(found.project)} ends {at}",
        Tone.BAD if threshold <= URGENT else Tone.WARN,
        "From that day on nothing is deployed or saved any more. Make a new token, and add it as a version of the "
        "secret: it is taken within five minutes, and nothing is lost.",
        (f"{found.days} days are left",),
        about="Token",
    )
    return (fitted(made, [NewsRow(token.name, f"ends {at}", "", made.tone)]),)
