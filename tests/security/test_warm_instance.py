"""SEC-23: one warm instance serves projects with different tokens, at the same time, and mixes up nothing."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from emulators.stack import wire
from emulators.stack.site import Site
from emulators.stack.stack import started
from emulators.stack.workplace import Workplace, prepare
from shared.domain.delivery import Delivery
from shared.domain.report import Outcome, Report
from shared.wiring.deploying import Deployer
from tests.end_to_end.world import is_marked, marked
from tests.faults import gate
from tests.faults.gate import Gate
from tests.waiting import wait_for

TITLE = "Demographics"
NAMES = ("one", "two")
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Warm:
    """Two projects, the way to both systems, and the environment of the one instance that serves them."""

    places: dict[str, Workplace]
    gate: Gate
    environment: dict[str, str]
    ids: dict[str, str]


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    """Both branches are called `develop`; workspaces differ, tokens and keys too."""
    sites = {name: Site(f"team/{name}", name, {"develop": f"Market {name}"}) for name in NAMES}
    with (
        started(logs=tmp_path_factory.mktemp("logs")) as stack,
        gate.opened({"gitlab": stack.gitlab_url, "aic": stack.aic_url}) as way,
    ):
        places = {name: prepare(stack, site, pipelines=2) for name, site in sites.items()}
        secrets = {name: {"gitlab-token": f"token-{name}", "aic-api-key": f"key-{name}"} for name in NAMES}
        projects = [{**sites[name].settings(), "secrets": secrets[name]} for name in NAMES]
        aic = f"{way.urls['aic']}/apis/core/v1"
        own = {"GITLAB_URL": way.urls["gitlab"], "AIC_URL_PROD": aic, "AIC_URL_QA": aic}
        values = {
            f"SECRET_{kind}_{name.upper()}": f"{kind.lower()}-of-{name}" for kind in ("TOKEN", "KEY") for name in NAMES
        }
        environment = stack.environment(list(sites.values())) | own | values | {"PROJECTS": json.dumps(projects)}
        listed = wire.ask("GET", f"{stack.aic_url}/apis/core/v1/projects", headers={"api-key": "any"})
        ids = {each["name"]: each["$id"] for each in listed}
        yield Warm(places, way, environment, ids)


def test_sec_23_two_projects_at_once_never_share_client_headers_or_mapping(warm: Warm) -> None:
    """Each request shows the token or key of its own project, whoever else is being served; each deploys its own."""
    with closing(Deployer(warm.environment)) as deployer:
        for number in range(ROUNDS):
            for name, place in warm.places.items():
                place.person.merge(place.propose(TITLE, edit=marked, branch=f"feature/{name}-{number}"))
            reports = _at_once(warm, deployer.run)

            assert {name: report.workspace for name, report in reports.items()} == {n: f"Market {n}" for n in NAMES}
            assert {report.outcome for report in reports.values()} <= {Outcome.DEPLOYED, Outcome.UNCHANGED}
    assert all(is_marked(place.workspace().pipelines()[TITLE]) for place in warm.places.values())
    _check_keys(warm)


def _at_once(warm: Warm, run: Callable[[Delivery], Report]) -> dict[str, Report]:
    """Each is held at its first request until the other one has come as far."""
    reports: dict[str, Report] = {}

    def one(name: str) -> None:
        message = json.dumps({"project": f"team/{name}", "branch": "develop"}).encode()
        reports[name] = run(Delivery(name, message, {"origin": "webhook"}, 1))

    def held() -> bool:
        wait_for(lambda: len(warm.gate.passed) > 1)
        return True

    warm.gate.stop(1, after=False, act=held)
    threads = [threading.Thread(target=one, args=(name,), daemon=True) for name in NAMES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return reports


def _check_keys(warm: Warm) -> None:
    for name in NAMES:
        own = (f"team%2F{name}/", f"/projects/{warm.ids[name]}/")
        keys = [key for path, key in warm.gate.shown if any(part in path for part in own)]

        assert len(keys) > 20 * ROUNDS
        assert set(keys) == {f"token-of-{name}", f"key-of-{name}"}
