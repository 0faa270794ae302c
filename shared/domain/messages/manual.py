"""Parameters of the work by hand: with pipelines of one workspace, beside what promotions bring."""

from dataclasses import dataclass, field

from .request import Request, Text, Titles


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPipelines(Request):
    """Puts pipelines into the workspace `to`, as another workspace or the branch of one has them (`from`).

    The deploy does it, so that edits made there are kept first. `confirm` must be the name of the workspace `to`.
    """

    project: Text
    origin: Text = field(metadata={"key": "from"})
    to: Text
    pipelines: Titles
    dry_run: bool = False
    confirm: Text
