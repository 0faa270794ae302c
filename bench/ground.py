"""A project and a workspace of N pipelines that agree, and changes to them that wait to be deployed."""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from emulators.seeding import repository_files
from emulators.seeding.titles import AWKWARD
from emulators.stack import wire
from emulators.stack.aic import Config
from emulators.stack.site import Site
from emulators.stack.stack import Stack
from emulators.stack.workplace import Workplace, prepare

MARK = "BENCH"


@dataclass(frozen=True, slots=True)
class Change:
    """A merged merge request; `mark` is what its pipelines hold afterwards."""

    number: int
    head: str
    titles: tuple[str, ...]
    mark: str


@dataclass(slots=True)
class Ground:
    """One side's own project and workspace."""

    place: Workplace
    stack: Stack
    titles: tuple[str, ...]
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def change(self, pipelines: int) -> Change:
        """Merges a change to the next few pipelines, with nothing delayed and no hook."""
        number = next(self._numbers)
        start = number * pipelines
        titles = tuple(self.titles[(start + index) % len(self.titles)] for index in range(pipelines))
        mark = f"round {number}"
        files: dict[str, str | None] = {}
        for title in titles:
            config = copy.deepcopy(self.place.config(title))
            kept = [each for each in config["variables"] if each["id"] != MARK]
            changed = config | {"variables": [*kept, {"id": MARK, "value": mark}]}
            files[f"config/{title}.json"] = json.dumps(changed, indent=2)
        merge_request = self.place.propose_files(files, branch=f"feature/{number}")
        self.place.person.merge(merge_request)
        return Change(merge_request, self.place.person.head("develop"), titles, mark)

    def check(self, change: Change) -> None:
        """Raises RuntimeError unless all of the change is live."""
        live = self.place.workspace().pipelines()
        missing = [title for title in change.titles if not _marked(live[title], change.mark)]
        if missing:
            raise RuntimeError(f"not deployed: {missing}")


def lay(stack: Stack, site: Site, *, pipelines: int) -> Ground:
    """Git holds the configs with AIC's `$…` keys in them, as the incumbent puts them there: else it rewrites all."""
    place = prepare(stack, site, pipelines=pipelines)
    live = place.workspace().pipelines()
    names = repository_files({"jobs": list(live.values())})
    kept = {f"config/{title}.json": json.dumps(config, indent=2) for title, config in live.items()}
    files = {path: text for path, text in kept.items() if path in names}
    body = {"project": site.path, "branch": "develop", "message": "As the incumbent pushes it", "write": files}
    wire.ask("POST", f"{stack.gitlab_url}/__admin__/commit", json=body)
    titles = tuple(title for title in live if title not in AWKWARD)
    return Ground(place, stack, titles)


def delay(stack: Stack, milliseconds: float) -> None:
    """How long each request to GitLab, AIC and Cloud Storage takes from now on."""
    for url in (stack.gitlab_url, stack.aic_url, stack.storage_url):
        wire.ask("PUT", f"{url}/__admin__/settings", json={"latency_ms": milliseconds})


def _marked(config: Config, mark: str) -> bool:
    return any(each == {"id": MARK, "value": mark} for each in config["variables"])
