"""What a side branch comes to → the text of its merge request."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ..domain import content, proposal
from ..domain.change import Change, Kind
from ..domain.content import Content
from ..domain.credentials import hide_in_text
from ..domain.layout import CONFIG_FOLDER, config_path
from ..domain.run import Run
from . import texts
from .outside import Outside
from .pace import all_of
from .side import Anchor, Side, between, captured, mark

MOST_SHOWN = 30
"""So many pipelines are shown with their lines; of the rest, people look at GitLab's own *Changes*."""
_WIDTH = 8


@dataclass(frozen=True, slots=True)
class _Stage:
    """The configs (path to blob) where the branch was cut and at its tip, and what the target changed since the cut."""

    before: Mapping[str, str]
    after: Mapping[str, str]
    meanwhile: Collection[str]


def describe(side: Side, anchor: Anchor, run: Run, outside: Outside) -> str:
    """Markdown, without anything that looks like a secret."""
    titles = captured(side, outside)
    repository = outside.repository
    stage = _Stage(
        repository.tree(side.cut, CONFIG_FOLDER),
        repository.tree(side.tip, CONFIG_FOLDER),
        frozenset() if side.cut == anchor.head else between(side.cut, anchor.head, outside),
    )
    moved = _moved(titles, side, stage, outside)
    kinds = {title: _kind(title, stage, moved) for title in titles if title not in moved.values()}
    gravest = sorted(kinds, key=lambda title: (tuple(Kind).index(kinds[title]), title))
    shown = all_of(
        outside.together,
        lambda title: _change(title, kinds[title], moved.get(title, ""), side, anchor, outside),
        gravest[:MOST_SHOWN],
        width=_WIDTH,
    )
    rest = [Change(title, kinds[title], {}, {}, previous=moved.get(title, "")) for title in gravest[MOST_SHOWN:]]
    text = proposal.render(
        [*shown, *rest],
        first_line=mark(side),
        workspace=anchor.workspace,
        branch=anchor.branch,
        base=side.cut,
        run=run.id,
        again=_again(anchor, kinds),
    )
    return hide_in_text(text)


def _again(anchor: Anchor, kinds: Mapping[str, Kind]) -> str:
    """The message that has Git's versions written; empty where Git has none to write, or AIC has it by another name.

    Where Git has changed all of them they are due with what else was merged; what it hasn't has to be named.
    """
    written = {title: kind for title, kind in kinds.items() if kind in (Kind.EDITED, Kind.DELETED, Kind.CONFLICT)}
    named = {} if {*written.values()} == {Kind.CONFLICT} else {"pipelines": sorted(written)}
    said = {"project": anchor.project, "branch": anchor.branch, **named, "force": True, "confirm": anchor.workspace}
    text = json.dumps(said, ensure_ascii=False)
    return text if written and len(text) <= proposal.LONGEST_AGAIN else ""


def _kind(title: str, stage: _Stage, moved: Mapping[str, str]) -> Kind:
    path = config_path(title)
    if title in stage.meanwhile or moved.get(title) in stage.meanwhile:
        return Kind.CONFLICT
    if path not in stage.after:
        return Kind.DELETED
    if title in moved:
        return Kind.RENAMED
    return Kind.EDITED if path in stage.before else Kind.NEW


def _moved(titles: Collection[str], side: Side, stage: _Stage, outside: Outside) -> dict[str, str]:
    """New title to old one, where exactly one came with the content of one that went."""
    gone = sorted(title for title in titles if config_path(title) not in stage.after)
    new = sorted(title for title in titles if config_path(title) not in stage.before) if gone else []
    then = _contents(gone if new else [], side.cut, outside)
    now = _contents(new, side.tip, outside)
    pairs = {each: [old for old, was in then.items() if was == found] for each, found in now.items()}
    return {each: old[0] for each, old in pairs.items() if len(old) == 1 and list(pairs.values()).count(old) == 1}


def _contents(titles: list[str], commit: str, outside: Outside) -> dict[str, Content]:
    data = all_of(
        outside.together, lambda title: outside.repository.content(config_path(title), commit), titles, width=_WIDTH
    )
    return {title: content.of_file(each) for title, each in zip(titles, data, strict=True) if each is not None}


def _change(title: str, kind: Kind, previous: str, side: Side, anchor: Anchor, outside: Outside) -> Change:
    outside.deadline.check()
    repository = outside.repository
    before = texts.of(previous or title, side.cut, repository)
    after = texts.of(title, side.tip, repository)
    in_git = texts.of(title, anchor.head, repository) if kind is Kind.CONFLICT else None
    return Change(title, kind, before, after, f"{kind.value} in AIC", previous, in_git)
