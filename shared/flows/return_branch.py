"""The branch and the merge request that take pipelines back: found if they are there already, else made."""

from dataclasses import dataclass
from urllib.parse import quote

from ..domain import return_note
from ..domain.counting import pipelines
from ..domain.gitlab import Proposal
from ..domain.mapping import slug
from ..domain.messages.deploy import digest
from ..domain.return_report import Returned
from ..domain.run import Run
from ..domain.side_branch import ROLLBACKS
from .carrying import Load, Onto, carry
from .outside import Outside
from .return_choice import Choice


@dataclass(frozen=True, slots=True)
class Way:
    """The branch that is taken back, its head when it was looked at, and the run that does it."""

    branch: str
    head: str
    run: Run

    @property
    def name(self) -> str:
        """The rollback's own branch; the same whenever the message is delivered again."""
        return f"{ROLLBACKS}{slug(self.branch)}-{self.run.id}"


def proposed(choice: Choice, way: Way, report: Returned, outside: Outside) -> Proposal:
    """The open merge request; the same question asked twice leads to one. `report` is what it tells people."""
    repository, mark = outside.repository, _mark(choice, way)
    for each in repository.proposals(target=way.branch, state="opened"):
        ours = each.source_branch.startswith(ROLLBACKS) and each.author == repository.own_id()
        if ours and each.description.startswith(mark):
            return each
    title = _subject(choice)
    carry(Load(choice.commit, choice.titles, choice.configs), Onto(way.name, way.head, message=title), outside)
    return repository.propose(
        way.name, way.branch, title=title, description=return_note.description(report, first_line=mark)
    )


def _mark(choice: Choice, way: Way) -> str:
    return f"<!-- aic-rollback {quote(way.branch, safe='/')} {choice.commit} {digest(choice.titles)} -->"


def _subject(choice: Choice) -> str:
    """No name from outside stands there: GitLab would look for references in it."""
    count = pipelines(len(choice.titles))
    return f"Roll back {count} to {choice.commit[:8]}"
