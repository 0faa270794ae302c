"""base × head × live → what a deploy does with each pipeline. The rows are those of docs/lifecycle.md."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from .content import Content


class Action(StrEnum):
    """What the deploy does with one pipeline."""

    NONE = "none"
    UPDATE = "update"
    RENAME = "rename"
    CREATE = "create"
    HOLD = "hold"
    LEAVE = "leave"
    CONFLICT = "conflict"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Live:
    """A pipeline as AIC has it now."""

    id: str
    content: Content


@dataclass(frozen=True, slots=True)
class Versions:
    """One pipeline, three ways.

    `touched`: a commit since base changed its file, be it there and back. `known`: a commit that holds the live
    content, None when Git never had it or nobody needed to ask. `defect`: why head's file can't be deployed.
    `captured`: the commit that holds `base` where the service brought that from AIC itself, after the last deploy.
    """

    title: str
    base: Content | None
    head: Content | None
    live: Live | None
    touched: bool = True
    known: str | None = None
    defect: str = ""
    twins: tuple[str, ...] = ()
    captured: str | None = None

    @property
    def changed(self) -> bool:
        """Whether Git changed it since base."""
        return self.touched or self.base != self.head

    @property
    def since(self) -> str:
        """When live and Git were last the same, in words."""
        return "since it was brought into Git" if self.captured else "since the last deploy"


@dataclass(frozen=True, slots=True)
class Decision:
    """A row of the table, applied. `why` is a sentence for people; a RENAME gives the title to the pipeline `was`.

    `proposal` is the number of the merge request that it has to do with.
    """

    versions: Versions
    row: int
    action: Action
    why: str = ""
    was: Versions | None = None
    proposal: int | None = None

    @property
    def title(self) -> str:
        """The pipeline's title."""
        return self.versions.title

    @property
    def titles(self) -> tuple[str, ...]:
        """That, and the one that a RENAME ends."""
        return (self.title, self.was.title) if self.was else (self.title,)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a deploy would do, one decision a pipeline, sorted by title."""

    decisions: tuple[Decision, ...]

    def of(self, *actions: Action) -> tuple[Decision, ...]:
        """The decisions with one of the actions."""
        return tuple(decision for decision in self.decisions if decision.action in actions)

    @property
    def writes(self) -> tuple[Decision, ...]:
        """Creations last: they can't be undone."""
        return self.of(Action.UPDATE) + self.of(Action.RENAME) + self.of(Action.CREATE)

    @property
    def blocks(self) -> tuple[Decision, ...]:
        """What forbids every write of this deploy."""
        return self.of(Action.CONFLICT, Action.REFUSE)


def make(pipelines: Iterable[Versions]) -> Plan:
    """Decides every pipeline by itself, but for those that only changed their names."""
    decided = sorted((decide(versions) for versions in pipelines), key=lambda decision: decision.title)
    return Plan(tuple(_renamed(decided)))


def needs_history(versions: Versions) -> bool:
    """Whether the decision hangs on Git having had the live content: it is neither head's nor base's."""
    live, base, head = versions.live, versions.base, versions.head
    if live is None or (base is None and head is None):
        return False
    return live.content not in (base, head)


def decide(versions: Versions) -> Decision:
    """The row of the design's table that the pipeline is in."""
    if versions.twins:
        ids = " and ".join(versions.twins)
        return Decision(versions, 16, Action.REFUSE, f"AIC has several pipelines of this title: {ids}")
    if versions.defect:
        return Decision(versions, 17, Action.REFUSE, versions.defect)
    if versions.head is None:
        return _gone_in_git(versions)
    if versions.live is None:
        return _gone_in_aic(versions)
    return _both(versions, versions.live, versions.head)


def _renamed(decided: list[Decision]) -> list[Decision]:
    """Row 18: what is gone in Git, and the only new pipeline that has its content, are one."""
    gone, new = [each for each in decided if each.row == 11], [each for each in decided if each.row == 7]
    pairs = [(old, other) for old in gone for other in new if _is_same(old.versions, other.versions)]
    often = Counter(each.title for pair in pairs for each in pair)
    rows = {each.title: each for each in decided}
    for old, other in pairs:
        if often[old.title] == often[other.title] == 1:
            why = f"renamed in Git, it was `{old.title}`"
            rows[other.title] = Decision(other.versions, 18, Action.RENAME, why, was=old.versions)
            rows[old.title] = Decision(old.versions, 18, Action.NONE, f"renamed in Git to `{other.title}`")
    return [rows[each.title] for each in decided]


def _is_same(old: Versions, new: Versions) -> bool:
    """Whether the one has what the other had: in Git, or in AIC where a run was interrupted."""
    return new.head in (old.base, old.live and old.live.content)


def _gone_in_git(versions: Versions) -> Decision:
    live = versions.live
    if live is None:
        return Decision(versions, 13, Action.NONE)
    if versions.base is None:
        return Decision(versions, 10, Action.LEAVE, "not managed by this branch, left as it is")
    if live.content == versions.base or versions.known:
        return Decision(versions, 11, Action.LEAVE, "deleted in Git but still live: delete it in AIC by hand")
    return Decision(versions, 12, Action.CONFLICT, f"deleted in Git, and edited in AIC {versions.since}")


def _gone_in_aic(versions: Versions) -> Decision:
    if versions.base is None:
        return Decision(versions, 7, Action.CREATE, "new in Git")
    if versions.changed:
        return Decision(versions, 15, Action.CREATE, "changed in Git, but it had been deleted in AIC: created again")
    return Decision(versions, 14, Action.LEAVE, "deleted in AIC, unchanged in Git: left as it is")


def _both(versions: Versions, live: Live, head: Content) -> Decision:
    base, known, changed = versions.base, versions.known, versions.changed
    if live.content == head:
        return Decision(versions, 1, Action.NONE)
    if live.content == base:
        return Decision(versions, 2, Action.UPDATE, "changed in Git")
    if base is None and known:
        return Decision(versions, 8, Action.UPDATE, f"live was the version of {known[:8]}")
    if base is None:
        return Decision(versions, 9, Action.CONFLICT, "live and Git differ, and Git never had what is live")
    if known and changed:
        return Decision(versions, 3, Action.UPDATE, f"changed in Git; live was the older version of {known[:8]}")
    if known:
        return Decision(versions, 5, Action.UPDATE, f"healed: live was the older version of {known[:8]}")
    if changed:
        return Decision(versions, 4, Action.CONFLICT, f"changed in Git, and edited in AIC {versions.since}")
    return Decision(versions, 6, Action.LEAVE, f"edited in AIC {versions.since}, unchanged in Git: left as it is")
