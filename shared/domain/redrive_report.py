"""What became of dead letters that somebody wanted sent once more."""

from collections.abc import Mapping
from dataclasses import dataclass

from .told import Told

_MOST = 50


@dataclass(frozen=True, slots=True)
class Redriven:
    """`letters` are the log's fields of each; `more`: there are others, for another message."""

    subscription: str
    letters: tuple[Mapping[str, object], ...] = ()
    dry_run: bool = False
    more: bool = False

    def told(self) -> Told:
        """One line; at most fifty letters are named."""
        count = len(self.letters)
        ending = "would be sent once more" if self.dry_run else "sent once more"
        fields = {
            "outcome": "planned" if self.dry_run else "asked" if count else "nothing",
            "subscription": self.subscription,
            "count": count,
            "letters": [dict(each) for each in self.letters[:_MOST]],
            "more": self.more,
        }
        return Told(f"redrive: {count} {ending}" if count else "redrive: nothing is kept", fields)
