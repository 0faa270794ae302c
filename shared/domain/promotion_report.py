"""What became of a question to bring pipelines from one branch to another, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .answer import Answer
from .told import Told

_MOST = 50


@dataclass(frozen=True, slots=True)
class Clash:
    """A pipeline of which `target` has a version that `source` never had: taking it along would undo that change.

    `there` and `here` are the texts of its files on target and source, by path; both empty where nobody has read them.
    """

    title: str
    there: Mapping[str, str] = field(default_factory=dict, repr=False)
    here: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Promoted(Answer):
    """`source` and `target` are the branches that pipelines come from and are to be merged into, `name` the new one.

    `titles` go along, `left_out` are others with the reason. `iid` and `url` are those of the merge request, `issue`
    the number of the one that it resolves. `stepped` are those that the team's own step changed.
    """

    source: str = ""
    target: str = ""
    name: str = ""
    titles: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    clashes: tuple[Clash, ...] = ()
    iid: int | None = None
    issue: int | None = None
    url: str = ""
    stepped: tuple[str, ...] = ()

    @property
    def conflicts(self) -> tuple[str, ...]:
        """The titles of those that can't go along."""
        return tuple(each.title for each in self.clashes)

    def told(self) -> Told:
        """The line of the log."""
        fields = {
            **self.facts(),
            "source": self.source,
            "target": self.target,
            "name": self.name,
            "pipelines": list(self.titles[:_MOST]),
            "left_out": [title for title, _ in self.left_out[:_MOST]],
            "conflicts": list(self.conflicts[:_MOST]),
            "stepped": list(self.stepped[:_MOST]),
            "merge_request": self.iid,
            "issue": self.issue,
            "url": self.url,
        }
        return Told(f"{self.workflow}: {self.outcome.value}", fields, bad=self.bad)
