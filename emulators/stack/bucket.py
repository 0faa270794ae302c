"""A bucket as its control plane shows it, and somebody who damages what lies there."""

from dataclasses import dataclass

from emulators.stack import wire


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket of the stand-in at `url`."""

    url: str
    name: str

    def names(self, folder: str = "") -> list[str]:
        """The objects below the folder, in order."""
        shown = wire.ask("GET", f"{self.url}/__admin__/dump")["buckets"][self.name]["objects"]
        return [each["name"] for each in shown if each["name"].startswith(folder)]

    def damage(self, name: str) -> None:
        """One byte in the middle becomes another, as if somebody had stored it so."""
        wire.ask("POST", f"{self.url}/__admin__/damage", json={"bucket": self.name, "name": name})
