"""Which pipelines are held: nothing may bring their newest version live while an open rollback takes it back."""

from collections.abc import Mapping

from ..domain.gitlab import Proposal
from ..domain.layout import CONFIG_FOLDER, titles_of
from ..domain.side_branch import ROLLBACKS
from ..ports.gitlab import Repository


def held(branch: str, head: str, repository: Repository) -> Mapping[str, int]:
    """Title to the number of the newest rollback that holds it; one request where there is none."""
    found: dict[str, int] = {}
    for proposal in rollbacks(branch, repository):
        for title in _returned(head, proposal, repository):
            found.setdefault(title, proposal.iid)
    return found


def rollbacks(branch: str, repository: Repository) -> list[Proposal]:
    """Open ones, newest first. Anybody may name a branch so: only what the service has opened counts."""
    named = [
        proposal
        for proposal in repository.proposals(target=branch, state="opened")
        if proposal.source_branch.startswith(ROLLBACKS)
    ]
    return [proposal for proposal in named if proposal.author == repository.own_id()]


def _returned(head: str, proposal: Proposal, repository: Repository) -> frozenset[str]:
    """What the rollback changes and the branch has not come to by itself.

    Pipelines that only the branch has changed since are none of it, unless GitLab can't tell them apart.
    """
    changes = repository.compare(head, proposal.head)
    now, then = (repository.tree(commit, CONFIG_FOLDER) for commit in (head, proposal.head))
    differing = titles_of(tuple(path for path in now.keys() | then.keys() if now.get(path) != then.get(path)))
    return differing & titles_of(changes.paths) if changes.complete else differing
