"""What a side branch comes to, in words for its merge request."""

from ..domain.markdown import code
from .outside import Outside
from .side import Anchor, Side, captured


def describe(side: Side, anchor: Anchor, outside: Outside) -> str:
    """The pipelines that it changes."""
    lines = [f"- {code(title)}" for title in sorted(captured(side, outside))]
    return "\n".join([f"Changed by hand in {code(anchor.workspace)}; merging this keeps it:", "", *lines])
