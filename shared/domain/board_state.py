"""base × head × live → the state of a pipeline in an environment. The rows are those of docs/board.md.

Whether Git once had what is live is not asked: a board of a thousand pipelines has to stay cheap.
"""

from .board import Cell, State
from .plan import Versions

_MOST_VERSION = 12


def decide(versions: Versions, *, deployed: str, waiting: str = "", unreadable: str = "") -> Cell:
    """The cell, but for backups and promotions. `deployed` is the commit that holds `base`.

    `waiting` is the commit that touched the file last, `unreadable` why AIC did not give the pipeline.
    """
    state, why = _state(versions, unreadable)
    return Cell(
        state,
        why,
        commit=deployed if versions.base else "",
        waiting=waiting if state in (State.WAITING, State.CONFLICT) else "",
        version=versions.head.digest[:_MOST_VERSION] if versions.head else "",
    )


def _state(versions: Versions, unreadable: str) -> tuple[State, str]:
    if versions.twins:
        return State.UNREADABLE, f"AIC has several pipelines of this title: {' and '.join(versions.twins)}"
    if unreadable:
        return State.UNREADABLE, unreadable
    if versions.defect:
        return State.UNREADABLE, versions.defect
    live = versions.live.content if versions.live else None
    if live == versions.head:
        return (State.CLEAN, "") if live else (State.ABSENT, "")
    return _never_deployed(versions) if versions.base is None else _deployed(versions)


def _never_deployed(versions: Versions) -> tuple[State, str]:
    if versions.live is None:
        return State.WAITING, "new in Git, not yet deployed"
    if versions.head is None:
        return State.UNMANAGED, "only in AIC: the branch has no such pipeline"
    return State.DIFFERS, "AIC and Git differ, and no deploy is on record that says which is newer"


def _deployed(versions: Versions) -> tuple[State, str]:
    live = versions.live.content if versions.live else None
    done = "edited" if live else "deleted"
    if live == versions.base:
        if versions.head is None:
            return State.UNMANAGED, "deleted in Git, still live: delete it in AIC by hand"
        return State.WAITING, "changed in Git, not yet deployed"
    if versions.head == versions.base:
        return State.DRIFT, f"{done} in AIC since the last deploy"
    changed = "changed" if versions.head else "deleted"
    return State.CONFLICT, f"{done} in AIC, and {changed} in Git since the last deploy"
