"""A repository that the incumbent wrote is taken over by the service as it is."""

import base64
import json
from collections.abc import Iterator

import pytest
import requests

from tests.strangers.incumbent import PATH, PRODUCTION, STAGING, Incumbent
from tests.strangers.pipelines import PIPELINES, TITLES, changed, files, query
from tests.strangers.stand_in import StandIn, announced
from tests.waiting import wait_for

JOB = "/projects/:project/workspaces/:workspace/jobs/:job"
ENVIRONMENT = "aic/qaworkspace"


class Service:
    """One repository that the incumbent initialized and filled, and the running service."""

    def __init__(self, ports: dict[str, int]) -> None:
        self.incumbent = Incumbent(StandIn({"port": ports["gitlab"]}), StandIn({"port": ports["aic"]}))
        self.pubsub = StandIn({"port": ports["pubsub"]})
        self.incumbent.seed(**{STAGING: PIPELINES, PRODUCTION: PIPELINES, "DevWorkspace": []})
        assert self.incumbent.initialize()
        self.incumbent.push(STAGING)

    def deploy(self, **more: object) -> None:
        """Asked for by hand; returns when it is over."""
        message = json.dumps({"project": PATH, "branch": "staging", **more})
        entry = {"data": base64.b64encode(message.encode()).decode()}
        topic = f"{self.pubsub.url}/v1/projects/local-gitops/topics/aic-deploy"
        requests.post(f"{topic}:publish", json={"messages": [entry]}, timeout=30).raise_for_status()
        wait_for(lambda: bool(self.pubsub.admin("GET", "idle")["idle"]))

    def writes(self) -> dict[str, int]:
        """What was written in AIC since `forget`."""
        return {name: times for name, times in self.incumbent.aic.called().items() if not name.startswith("GET ")}

    def forget(self) -> None:
        self.incumbent.aic.admin("DELETE", "counters")


@pytest.fixture(scope="module")
def ports() -> Iterator[dict[str, int]]:
    with announced("-m", "tests.strangers.service") as ports:
        yield ports


@pytest.fixture
def service(ports: dict[str, int]) -> Service:
    for name in ("gitlab", "aic"):
        StandIn({"port": ports[name]}).admin("POST", "reset")
    return Service(ports)


def test_a_deploy_of_what_the_incumbent_pushed_writes_nothing(service: Service) -> None:
    """Every config that it wrote is read, found to be live already, and recorded as such."""
    before = service.incumbent.live(STAGING)
    service.forget()
    service.deploy(full=True)
    found = service.incumbent.repository()

    assert service.writes() == {}
    assert service.incumbent.live(STAGING) == before
    (recorded,) = [one for one in found["deployments"] if one["environment"]["name"] == ENVIRONMENT]
    assert (recorded["status"], recorded["sha"]) == ("success", found["branches"]["staging"]["commit"])


def test_a_change_of_such_a_repository_is_deployed_alone(service: Service) -> None:
    """A file with the incumbent's `$id` in it."""
    service.deploy(full=True)
    before = service.incumbent.live(STAGING)
    new = changed(before[TITLES[1]], "SELECT 'by the service'")
    write = {"project": PATH, "branch": "staging", "write": files(new)}
    service.incumbent.gitlab.admin("POST", "commit", write)
    service.forget()
    service.deploy()

    assert service.writes() == {f"PUT {JOB}": 1}
    assert service.incumbent.live(STAGING) == {**before, TITLES[1]: new}


def test_the_incumbent_pushes_the_same_content_after_a_deploy_by_the_service(service: Service) -> None:
    """Both agree on what a pipeline is in Git, to the byte, so that they can be used side by side for a while."""
    service.deploy(full=True)
    new = changed(service.incumbent.live(STAGING)[TITLES[0]], "SELECT 'by the service'")
    write = {"project": PATH, "branch": "staging", "write": files(new)}
    service.incumbent.gitlab.admin("POST", "commit", write)
    before = service.incumbent.files("staging")
    service.deploy()
    service.incumbent.push(STAGING)

    assert query(service.incumbent.live(STAGING)[TITLES[0]]) == "SELECT 'by the service'"
    assert service.incumbent.files("staging") == before


def test_a_config_that_cannot_be_read_is_no_success(service: Service) -> None:
    """So that the success above says something: every file was read."""
    broken = {"project": PATH, "branch": "staging", "write": {f"config/{TITLES[2]}.json": '{"title": '}}
    service.incumbent.gitlab.admin("POST", "commit", broken)
    service.forget()
    service.deploy(full=True)

    assert service.writes() == {}
    assert "success" not in [one["status"] for one in service.incumbent.repository()["deployments"]]
