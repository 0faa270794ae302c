"""Merge requests of captures that nobody has to decide on any more: the branch has had all that is on them."""

from ..domain import content
from ..domain.layout import config_path
from . import side
from .history import History
from .outside import Outside
from .side import Anchor, Side
from .survey import Survey

_SAID = "Closed by itself: the branch has had everything that was captured here."


def close_settled(seen: Survey, project: str, outside: Outside) -> None:
    """Only those on which nobody else worked; their branches stay."""
    scene = seen.scene
    anchor = Anchor(project, scene.branch, scene.target.workspace, scene.head, scene.base)
    history = History(scene, outside)
    for each in side.opened(anchor, outside):
        proposal = each.proposal
        if proposal and each.alone and _is_settled(each, seen, history, outside):
            text = f"{proposal.description}\n\n{_SAID}"
            outside.repository.edit_proposal(proposal.iid, description=text, close=True)


def _is_settled(each: Side, seen: Survey, history: History, outside: Outside) -> bool:
    return all(_is_known(title, each.tip, seen, history, outside) for title in side.captured(each, outside))


def _is_known(title: str, tip: str, seen: Survey, history: History, outside: Outside) -> bool:
    """A deletion that was captured is settled when the branch has no such file."""
    outside.deadline.check()
    data = outside.repository.content(config_path(title), tip)
    if data is None:
        return config_path(title) not in seen.shelf.blobs
    return history.holder(title, content.of_file(data)) is not None
