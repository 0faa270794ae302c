"""SEC-24: the webhook has one door, and doesn't tell what stands behind it."""

import re
from collections.abc import Iterator

import pytest

from emulators.stack import functions, ports
from emulators.stack.site import Site
from tests.security.door import Door, head

TOKEN = "canary-hook-token-6c1f"
PATHS = ["/status", "/healthz", "/metrics", "/webhook", "/deploy", "/api", "/.git/config", "/%2e%2e/"]
TELLING = re.compile(r"\d+\.\d+|python|flask|werkzeug|functions|aic|gitops", re.IGNORECASE)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A webhook by itself: it publishes nothing here."""
    environment = functions.environment(
        gitlab="http://127.0.0.1:9", aic="http://127.0.0.1:9", pubsub_port=9, sites=[Site("team/one", "one")]
    ) | {"SECRET_GITLAB_WEBHOOK_TOKEN": TOKEN}
    with functions.running("webhook", environment=environment, logs=tmp_path_factory.mktemp("logs")) as url:
        yield Door(url, TOKEN, functions.SIGNING_TOKEN)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_sec_24_only_post_is_taken(door: Door, method: str) -> None:
    """Also from somebody who knows the token."""
    said = door.send(head(("Content-Length", "0"), ("X-Gitlab-Token", TOKEN), method=method))

    assert (said.status, said.body) == (405, b"")


@pytest.mark.parametrize("path", PATHS)
def test_sec_24_only_the_root_is_there(door: Door, path: str) -> None:
    """No status page, no version, no name of another function."""
    said = door.send(head(("Content-Length", "0"), ("X-Gitlab-Token", TOKEN), path=path))

    assert (said.status, said.body) == (404, b"")


@pytest.mark.parametrize("path", ["/robots.txt", "/favicon.ico"])
def test_sec_24_what_the_functions_server_answers_itself_tells_nothing(door: Door, path: str) -> None:
    """It answers these two before the function is asked."""
    said = door.send(head(("Content-Length", "0"), path=path))

    assert said.status == 404
    assert not TELLING.search(said.body.decode())


@pytest.mark.parametrize(("method", "path"), [("POST", "/"), ("GET", "/"), ("POST", "/x"), ("GET", "/robots.txt")])
def test_sec_24_no_header_tells_what_runs_here(door: Door, method: str, path: str) -> None:
    """But for the bare name that the functions' server gives itself, and that Cloud Run's front end replaces."""
    said = door.send(head(("Content-Length", "0"), ("X-Gitlab-Token", "wrong"), method=method, path=path))

    assert {name.lower() for name, _ in said.headers} <= {"server", "connection", "content-length", "content-type"}
    assert {text for name, text in said.headers if name == "Server"} <= {"gunicorn"}
    assert not any(TELLING.search(text) for name, text in said.headers if name != "Content-Length")
    assert ports.HOST not in str(said.headers)
