"""What a workspace has beside its pipelines, in memory, as `ports.Desk`, with hands for the people who work there."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from shared.domain.aic import Named


@dataclass
class FakeDesk:
    """`sets` are datasets with their tables, `kept` the interactive branches with their configs, by pipeline.

    `calls` counts what was asked; `before` is run ahead of each call, for people and faults, `after` each write.
    """

    stores: list[str] = field(default_factory=list)
    sets: dict[str, list[str]] = field(default_factory=dict)
    kept: dict[str, list[tuple[Named, object]]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda _: None
    after: Callable[[str], None] = lambda _: None
    _made: int = 0

    # What people see.

    def names(self, job_id: str) -> list[str]:
        """The names of the pipeline's interactive branches."""
        return [each.name for each, _ in self.kept.get(job_id, [])]

    def configs(self, job_id: str) -> list[object]:
        """What is in them."""
        return [config for _, config in self.kept.get(job_id, [])]

    # What the port asks.

    def drives(self) -> tuple[Named, ...]:
        """With ids made of their names."""
        self._called("drives")
        return tuple(Named(f"drive-{name}", name) for name in self.stores)

    def datasets(self) -> tuple[Named, ...]:
        """The same."""
        self._called("datasets")
        return tuple(Named(f"set-{name}", name) for name in self.sets)

    def tables(self, dataset_id: str) -> tuple[Named, ...]:
        """None where there is no such dataset."""
        self._called("tables")
        return tuple(Named(f"table-{name}", name) for name in self.sets.get(dataset_id.removeprefix("set-"), ()))

    def copies(self, job_id: str) -> tuple[Named, ...]:
        """None where there is no such pipeline."""
        self._called("copies")
        return tuple(each for each, _ in self.kept.get(job_id, []))

    def add_copy(self, job_id: str, name: str, config: Mapping[str, object]) -> None:
        """Another one where there is one of that name."""
        self._called("add_copy")
        self._made += 1
        self.kept.setdefault(job_id, []).append((Named(f"copy-{self._made}", name), json.loads(json.dumps(config))))
        self.after("add_copy")

    def delete_copy(self, job_id: str, copy_id: str) -> None:
        """Fine if it is gone."""
        self._called("delete_copy")
        self.kept[job_id] = [each for each in self.kept.get(job_id, []) if each[0].id != copy_id]
        self.after("delete_copy")

    def _called(self, name: str) -> None:
        self.calls.append(name)
        self.before(name)
