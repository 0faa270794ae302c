"""One workspace's jobs, in the order in which they were made; a stored config is replaced, never changed in place."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Config = Mapping[str, object]


@dataclass(slots=True)
class Workspace:
    """`new_id` gives the `$id` of each job that comes without one."""

    id: str
    name: str
    new_id: Callable[[], str]
    jobs: dict[str, Config] = field(default_factory=dict)
    drives: tuple[str, ...] = ()
    datasets: Mapping[str, list[str]] = field(default_factory=dict)

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

    def listing(self) -> list[dict[str, object]]:
        return [{key: config[key] for key in ("$id", "title") if key in config} for config in self.jobs.values()]

    def state_sha256(self) -> str:
        """Equal for equal jobs, whatever the order of jobs and keys."""
        state = sorted(json.dumps(config, sort_keys=True) for config in self.jobs.values())
        return hashlib.sha256(json.dumps([state, sorted(self.drives)]).encode()).hexdigest()
