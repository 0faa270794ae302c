"""What a board is made of: of one project, or a message for each that has drives."""

from collections.abc import Callable
from functools import partial

from ..adapters.board.page import draw
from ..domain import posting
from ..domain.delivery import Delivery
from ..domain.drives import DriveSettings
from ..domain.messages.looking import Board
from ..domain.told import Told
from ..flows.answering import Asker
from ..flows.boarding import Easel, board
from ..flows.outside import Outside
from .ground import Ground
from .spreading import to_projects

Asked = Callable[[str], tuple[Asker, tuple[DriveSettings, ...], Outside]]


def run(parameters: Board, ground: Ground, asked: Asked, delivery: Delivery, *, by: str) -> Told:
    """Raises what the flow raises."""
    if parameters.project is None:
        message = partial(_one_board, by, dry_run=parameters.dry_run)
        return to_projects(ground, delivery, kind="board", topic=posting.COMMAND, message=message, by=by).told()
    asker, drives, outside = asked(parameters.project)
    easel = Easel(partial(draw, gitlab=ground.settings.gitlab_url), drives)
    return board(parameters, parameters.project, asker, easel, outside).told()


def _one_board(by: str, project: str, *, dry_run: bool) -> bytes:
    parameters = {"project": project, **({"dry_run": True} if dry_run else {})}
    return posting.encode({"workflow": "board", "parameters": parameters, "by": by or None})
