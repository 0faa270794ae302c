"""Which pipelines a rollback takes back, and to the content of which commit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from ..domain.errors import Refused
from ..domain.layout import CONFIG_FOLDER, config_path, titles_of
from ..domain.messages.command import Rollback
from ..domain.point import Previous, of_rollback
from . import points
from .outside import Outside
from .target import Target

_MOST_STATES = 50


@dataclass(frozen=True, slots=True)
class Choice:
    """`commit` has the older content of `titles`; `left_out` are titles with the reason why they stay as they are.

    `configs` are the files below config/ at that commit, path to blob.
    """

    commit: str
    titles: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]
    configs: Mapping[str, str] = field(repr=False)


def choose(request: Rollback, target: Target, head: str, outside: Outside) -> Choice:
    """Without names: whatever differs. `previous` is the newest state that was live and differs in any of them.

    Raises Refused `version-unknown`, `unknown-pipeline` or `pipeline-ignored`.
    """
    now = outside.repository.tree(head, CONFIG_FOLDER)
    last: Choice | None = None
    for commit in _candidates(request, target, head, outside):
        last = _compared(request, target, outside.repository.tree(commit, CONFIG_FOLDER), now, commit)
        if last.titles:
            return last
    if last is None:
        raise Refused("version-unknown", f"`{target.environment}` has no success that `{request.branch}` comes from")
    return last


def _candidates(request: Rollback, target: Target, head: str, outside: Outside) -> Iterator[str]:
    named = of_rollback(request.to)
    if isinstance(named, Previous):
        for commit in islice(points.states(target.environment, outside), _MOST_STATES):
            if commit != head and outside.repository.is_ancestor(commit, of=head):
                yield commit
        return
    commit = points.commit_of(named, head=head, environment=target.environment, outside=outside)
    if not outside.repository.is_ancestor(commit, of=head):
        raise Refused("version-unknown", f"`{commit[:8]}` is no longer a part of `{request.branch}`")
    yield commit


def _compared(
    request: Rollback, target: Target, then: Mapping[str, str], now: Mapping[str, str], commit: str
) -> Choice:
    there = titles_of((*then, *now))
    differing = {title for title in there if then.get(config_path(title)) != now.get(config_path(title))}
    titles, left_out = [], []
    for title in sorted({*(request.pipelines or differing)}):
        if title not in there:
            raise Refused("unknown-pipeline", f"neither then nor now has Git a pipeline `{title}`; check the spelling")
        if target.mapping.ignored(title):
            if request.pipelines:
                raise Refused("pipeline-ignored", f"`{title}` is under `ignore:` in the mapping file")
            left_out.append((title, "the mapping file ignores it"))
        elif config_path(title) not in then:
            left_out.append((title, "it did not exist then"))
        elif title not in differing:
            left_out.append((title, "it is what it was then"))
        else:
            titles.append(title)
    return Choice(commit, tuple(titles), tuple(left_out), then)
