"""What became of a piece of news, as one value."""

from dataclasses import dataclass

from .ledger import Deaf, Ear
from .told import Told

_MOST = 20


@dataclass(frozen=True, slots=True)
class Notified:
    """`heard` are those who were told now, `before` how many had been told already, `untold` closed channels."""

    project: str
    kind: str
    news: str
    heard: tuple[Ear, ...] = ()
    before: int = 0
    deaf: tuple[Deaf, ...] = ()
    untold: tuple[str, ...] = ()

    def told(self) -> Told:
        """Whoever could not be told is for somebody to look at. No address stands in the log."""
        reasons = sorted({f"{each.ear.medium}: {each.reason}" for each in self.deaf})
        fields = {
            "outcome": "told" if self.heard else "nothing new" if self.before else "nobody",
            "project": self.project,
            "kind": self.kind,
            "news": self.news,
            "email": sum(ear.medium == "email" for ear in self.heard),
            "slack": sum(ear.medium == "slack" for ear in self.heard),
            "told_before": self.before,
            "untold": [*reasons, *self.untold][:_MOST],
        }
        return Told(f"news: {self.kind}", fields, bad=bool(self.deaf or self.untold))
