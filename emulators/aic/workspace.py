"""One workspace: its jobs in the order in which they were made, drives and datasets."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from emulators.aic.drive import Drive
from emulators.aic.lag import Lag

Config = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Branch:
    """An interactive branch of a job: a working copy of its config inside AIC."""

    id: str
    name: str
    config: object


@dataclass(frozen=True, slots=True)
class Dataset:
    """`tables`: id to name."""

    id: str
    name: str
    tables: Mapping[str, str]


@dataclass(slots=True)
class Workspace:
    """A stored config is replaced, never changed in place. `new_id` gives every `$id` that is needed here."""

    id: str
    name: str
    new_id: Callable[[], str]
    jobs: dict[str, Config] = field(default_factory=dict)
    lag: Lag = field(default_factory=Lag)
    branches: dict[str, list[Branch]] = field(default_factory=dict)
    drives: dict[str, Drive] = field(default_factory=dict)
    datasets: dict[str, Dataset] = field(default_factory=dict)

    def furnish(self, *, drives: list[str], datasets: Mapping[str, list[str]]) -> None:
        """Adds empty drives, and datasets with their tables, by name."""
        for name in drives:
            drive = Drive(self.new_id(), name, self.new_id)
            self.drives[drive.id] = drive
        for name, tables in datasets.items():
            dataset = Dataset(self.new_id(), name, {self.new_id(): table for table in tables})
            self.datasets[dataset.id] = dataset

    def titled(self, title: object) -> list[str]:
        """The ids of the jobs of exactly this title."""
        return [id_ for id_, config in self.jobs.items() if title is not None and config.get("title") == title]

    def store(self, config: Config) -> str:
        """The whole config as it is, under its own `$id` or a new one; answers the id."""
        id_ = str(config.get("$id") or self.new_id())
        self.jobs[id_] = {"$id": id_, **{key: value for key, value in config.items() if key != "$id"}}
        return id_

    def update(self, id_: str, *, sent: Config, keep_rest: bool) -> None:
        """AIC's own `$…` keys stay; `keep_rest` says whether other keys that were not sent stay too."""
        old = self.jobs[id_]
        kept = {key: value for key, value in old.items() if keep_rest or key.startswith("$")}
        self.jobs[id_] = kept | {key: value for key, value in sent.items() if not key.startswith("$")}

    def drop(self, id_: str) -> None:
        """The job and its interactive branches."""
        self.jobs.pop(id_, None)
        self.branches.pop(id_, None)

    def add_branch(self, job: str, *, name: str, config: object) -> Branch:
        """One of a name that is there already is another one."""
        branch = Branch(self.new_id(), name, config)
        self.branches.setdefault(job, []).append(branch)
        return branch

    def state_sha256(self) -> str:
        """Equal for equal jobs, whatever the order of jobs and keys; branches and files on drives don't count."""
        state = sorted(json.dumps(config, sort_keys=True) for config in self.jobs.values())
        drives = sorted(drive.name for drive in self.drives.values())
        return hashlib.sha256(json.dumps([state, drives]).encode()).hexdigest()
