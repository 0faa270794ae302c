"""The branch and the merge request that take pipelines back: found if they are there already, else made."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from ..domain import batches, return_note
from ..domain.gitlab import Proposal
from ..domain.layout import CONFIG_FOLDER, config_path, titles_of
from ..domain.mapping import slug
from ..domain.messages.deploy import digest
from ..domain.return_report import Returned
from ..domain.run import Run
from ..domain.side_branch import ROLLBACKS
from ..domain.titles import Titles, belongs, known
from .draft import Parcel, code_at, draft
from .outside import Outside
from .pace import all_of
from .return_choice import Choice

_WIDTH = 8


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
    _commit(choice, way, outside)
    title = _subject(choice)
    return repository.propose(
        way.name, way.branch, title=title, description=return_note.description(report, first_line=mark)
    )


def _mark(choice: Choice, way: Way) -> str:
    return f"<!-- aic-rollback {quote(way.branch, safe='/')} {choice.commit} {digest(choice.titles)} -->"


def _subject(choice: Choice) -> str:
    """No name from outside stands there: GitLab would look for references in it."""
    count = f"{len(choice.titles)} pipeline{'' if len(choice.titles) == 1 else 's'}"
    return f"Roll back {count} to {choice.commit[:8]}"


def _commit(choice: Choice, way: Way, outside: Outside) -> None:
    """What an earlier delivery has committed already is gone on from."""
    repository = outside.repository
    tip = repository.head(way.name)
    at = tip or way.head
    configs = repository.tree(at, CONFIG_FOLDER)
    titles = known(configs, live=titles_of(tuple(choice.configs)))
    have = {**configs, **code_at(at, choice.titles, outside)}
    groups = draft(_parcels(choice, outside), at, have=have, titles=titles, outside=outside)
    for actions in batches.split(groups, most=outside.commit_bytes):
        start = None if tip else way.head
        tip = repository.commit(way.name, actions, message=_subject(choice), start=start)


def _parcels(choice: Choice, outside: Outside) -> list[Parcel]:
    """The pipelines with all of their files as the commit has them."""
    code, titles = code_at(choice.commit, choice.titles, outside), known(choice.configs)
    paths = [(title, path) for title in choice.titles for path in _files(title, code, titles)]
    data = all_of(outside.together, lambda each: _content(each[1], choice, outside), paths, width=_WIDTH)
    files: dict[str, dict[str, bytes]] = {title: {} for title in choice.titles}
    for (title, path), found in zip(paths, data, strict=True):
        files[title][path] = found
    return [Parcel(title, each) for title, each in files.items()]


def _files(title: str, code: Mapping[str, str], titles: Titles) -> list[str]:
    return [config_path(title), *sorted(path for path in code if belongs(path, titles=titles) == title)]


def _content(path: str, choice: Choice, outside: Outside) -> bytes:
    outside.deadline.check()
    return outside.repository.content(path, choice.commit) or b""
