"""AIC's calls for the interactive branches of a job, the working copies that its editor shows."""

from dataclasses import dataclass

from emulators.aic.access import WORKSPACE, Access, error, sent_object
from emulators.routing import Answer, Call, Router

BRANCHES = f"{WORKSPACE}/interactive-pipeline/:job/branches"


def add_routes(router: Router, access: Access) -> None:
    branches = _Branches(access)
    router.add("GET", BRANCHES, branches.listed)
    router.add("PUT", BRANCHES, branches.create)
    router.add("DELETE", f"{BRANCHES}/:branch", branches.delete)


@dataclass(frozen=True, slots=True)
class _Branches:
    access: Access

    def listed(self, call: Call) -> Answer:
        with self.access.world.lock:
            workspace, job = self.access.job(call)
            found = workspace.branches.get(job, [])
            return Answer(body=[{"$id": branch.id, "name": branch.name} for branch in found])

    def create(self, call: Call) -> Answer:
        """The job itself stays as it is."""
        sent = sent_object(call)
        name, config = sent.get("name"), sent.get("config")
        if not isinstance(name, str) or not name or not isinstance(config, dict):
            raise error(400, "name is text, config an object")
        with self.access.world.lock:
            workspace, job = self.access.job(call)
            workspace.add_branch(job, name=name, config=config)
        return Answer(201, {"message": "created"})

    def delete(self, call: Call) -> Answer:
        with self.access.world.lock:
            workspace, job = self.access.job(call)
            found = workspace.branches.get(job, [])
            kept = [branch for branch in found if branch.id != call.names["branch"]]
            if len(kept) == len(found):
                raise error(404, "no such branch")
            workspace.branches[job] = kept
        return Answer(200, {"message": "deleted"})
