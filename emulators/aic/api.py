"""AIC's REST calls put together, and its lists of projects, workspaces, datasets and tables."""

from dataclasses import dataclass

from emulators.aic import branches, drives, jobs
from emulators.aic.access import WORKSPACE, Access, error, words
from emulators.aic.world import World
from emulators.routing import Answer, Call, Router
from emulators.settings import Settings


def routes(world: World, settings: Settings) -> Router:
    access = Access(world, settings)
    lists = _Lists(access)
    router = Router(gate=access.check_key, words=words)
    router.add("GET", "/projects", lists.projects)
    router.add("GET", "/projects/:project/workspaces", lists.workspaces)
    router.add("GET", f"{WORKSPACE}/datasets", lists.datasets)
    router.add("GET", f"{WORKSPACE}/datasets/:dataset/tables", lists.tables)
    for part in (jobs, branches, drives):
        part.add_routes(router, access)
    return router


@dataclass(frozen=True, slots=True)
class _Lists:
    access: Access

    def projects(self, _call: Call) -> Answer:
        with self.access.world.lock:
            return _named({one.id: one.name for one in self.access.world.projects.values()})

    def workspaces(self, call: Call) -> Answer:
        with self.access.world.lock:
            return _named({one.id: one.name for one in self.access.project(call).workspaces.values()})

    def datasets(self, call: Call) -> Answer:
        with self.access.world.lock:
            return _named({one.id: one.name for one in self.access.workspace(call).datasets.values()})

    def tables(self, call: Call) -> Answer:
        with self.access.world.lock:
            dataset = self.access.workspace(call).datasets.get(call.names["dataset"])
            if dataset is None:
                raise error(404, "no such dataset")
            return _named(dict(dataset.tables))


def _named(names: dict[str, str]) -> Answer:
    return Answer(body=[{"$id": id_, "name": name} for id_, name in names.items()])
