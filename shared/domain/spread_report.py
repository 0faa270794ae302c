"""A question about several workspaces that became one about each."""

from dataclasses import dataclass

from .told import Told

_MOST = 100


@dataclass(frozen=True, slots=True)
class SpreadReport:
    """`kind` is what was asked for, `places` are projects with their workspaces."""

    kind: str
    places: tuple[tuple[str, str], ...]
    by: str = ""

    def told(self) -> Told:
        """One line; each workspace has its own later."""
        fields = {
            "outcome": "spread",
            "projects": len({project for project, _ in self.places}),
            "workspaces": len(self.places),
            "asked_for": [f"{project}: {workspace}" for project, workspace in self.places[:_MOST]],
            "by": self.by,
        }
        return Told(f"{self.kind}: {len(self.places)} asked for", fields)
