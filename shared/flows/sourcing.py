"""A deploy whose content is not the branch's head: what an older commit or a backup has, beside Git and live."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from ..domain import content, plan, source
from ..domain.content import Content
from ..domain.errors import Refused
from ..domain.layout import CONFIG_FOLDER, titles_of
from ..domain.plan import Action, Decision, Plan, Versions
from ..domain.source import AtCommit, Source
from ..ports.aic import Workspace
from . import backups, holds, shelf, versions
from .outside import Outside
from .pace import both
from .scene import Scene
from .target import Order


@dataclass(frozen=True, slots=True)
class _Found:
    """What somewhere holds, by title; a `defect` says why one can't be deployed."""

    contents: Mapping[str, Content]
    defects: Mapping[str, str]

    @property
    def titles(self) -> frozenset[str]:
        return frozenset(self.contents.keys() | self.defects.keys())


def decided(origin: Source, order: Order, seen: Scene, outside: Outside) -> tuple[Plan, Workspace | None]:
    """The plan: Git's head stands where base does else, and the source where head does.

    A pipeline that the source doesn't have is left alone and named. Raises Refused `unknown-pipeline`.
    """
    named = versions.named(order, seen)
    wanted, in_git = both(
        outside.together,
        lambda: _wanted(origin, named, seen, outside),
        lambda: titles_of(tuple(outside.repository.tree(seen.head, CONFIG_FOLDER))),
    )
    titles = frozenset(named) if named is not None else in_git | wanted.titles
    if unknown := sorted(titles - in_git - wanted.titles):
        raise Refused("unknown-pipeline", f"neither the source nor Git has a pipeline `{unknown[0]}`")
    mine = sorted(title for title in titles & wanted.titles if not seen.target.mapping.ignored(title))
    others = sorted(title for title in titles - wanted.titles if not seen.target.mapping.ignored(title))
    left = [_left(title, origin) for title in others]
    if not mine:
        return Plan(tuple(left)), None
    workspace = outside.open_workspace(seen.target.workspace)
    now = _contents(shelf.contents(seen.head, [title for title in mine if title in in_git], outside))
    three = [_versions(title, wanted, now) for title in mine]
    made = plan.make(versions.beside(lambda: three, order, scene=seen, workspace=workspace, outside=outside))
    held = holds.held(seen.branch, seen.head, outside.repository)
    told = [_told(each, origin, held.get(each.title)) for each in made.decisions]
    return Plan(tuple(sorted([*told, *left], key=lambda each: each.title))), workspace


def _wanted(origin: Source, named: Collection[str] | None, seen: Scene, outside: Outside) -> _Found:
    if isinstance(origin, AtCommit):
        there = titles_of(tuple(outside.repository.tree(origin.sha, CONFIG_FOLDER)))
        titles = sorted(there if named is None else there & set(named))
        return _contents(shelf.contents(origin.sha, titles, outside))
    found = backups.contents(origin, workspace=seen.target.workspace, outside=outside)
    return _contents((title, data) for title, data in found if named is None or title in named)


def _contents(found: Iterable[tuple[str, bytes]]) -> _Found:
    contents: dict[str, Content] = {}
    defects: dict[str, str] = {}
    for title, data in found:
        try:
            contents[title] = content.of_file(data)
        except Refused as error:
            defects[title] = error.detail
    return _Found(contents, defects)


def _versions(title: str, wanted: _Found, now: _Found) -> Versions:
    """What can't be read at head counts as if Git had nothing: live is not that."""
    defect = wanted.defects.get(title, "")
    return Versions(title, now.contents.get(title), wanted.contents.get(title), None, defect=defect)


def _left(title: str, origin: Source) -> Decision:
    why = f"{source.words(origin)} has no such pipeline: left as it is"
    return Decision(Versions(title, None, None, None), 0, Action.LEAVE, why)


def _told(decision: Decision, origin: Source, held: int | None) -> Decision:
    """Why it is written: because somebody wants it to be as it was; `held` is the rollback that keeps it so."""
    if decision.action not in (Action.UPDATE, Action.CREATE):
        return replace(decision, proposal=held)
    was = f"; live was the version of {known[:8]}" if (known := decision.versions.known) else ""
    return replace(decision, why=f"as {source.words(origin)} has it{was}", proposal=held)
