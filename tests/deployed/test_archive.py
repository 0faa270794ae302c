"""The archive builds as Google's buildpack builds it, and every entry point of it starts and answers."""

from pathlib import Path

import httpx
import pytest

from emulators.stack import functions
from emulators.stack.child import Code
from emulators.stack.site import Site
from tests.deployed.archive import ran
from tests.meta.test_infrastructure import entry_points
from tests.terraform import needs_terraform

pytestmark = needs_terraform

SITE = Site("team/deployed", "deployed")


def test_the_packages_go_together(code: Code) -> None:
    """The buildpack ends a build where pip finds them broken."""
    assert ran(code.folder, code.python, "-m", "pip", "check") == "No broken requirements found.\n"


def test_every_file_compiles(code: Code) -> None:
    """The buildpack compiles all that it is given."""
    ran(code.folder, code.python, "-m", "compileall", "-f", "-q", ".")


@pytest.mark.parametrize("target", sorted(entry_points()))
def test_an_entry_point_starts_and_answers(target: str, code: Code, tmp_path: Path) -> None:
    """All that it imports is there: with the first request it has all of it, and refuses what is no request of ours."""
    nowhere = "http://127.0.0.1:9"
    environment = functions.environment(gitlab=nowhere, aic=nowhere, pubsub_port=9, sites=[SITE])

    with functions.running(target, environment=environment, logs=tmp_path, code=code) as url:
        answered = httpx.post(f"{url}/", json={}, trust_env=False, timeout=30)

    assert answered.status_code == (401 if target == "webhook" else 400)
    assert f'"event_kind": "{"hook" if target == "webhook" else target}"' in (tmp_path / f"{target}.log").read_text()
