"""A question about several workspaces or projects that became one about each."""

from dataclasses import dataclass

from .told import Told

_MOST = 100


@dataclass(frozen=True, slots=True)
class SpreadReport:
    """`kind` is what was asked for, `places` are projects with their workspaces, if it was about these."""

    kind: str
    places: tuple[tuple[str, str], ...]
    by: str = ""

    def told(self) -> Told:
        """One line; each of them has its own later."""
        fields = {
            "outcome": "spread",
            "projects": len({project for project, _ in self.places}),
            "workspaces": sum(bool(workspace) for _, workspace in self.places),
            "asked_for": [": ".join(filter(None, place)) for place in self.places[:_MOST]],
            "by": self.by,
        }
        return Told(f"{self.kind}: {len(self.places)} asked for", fields)
