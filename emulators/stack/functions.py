"""The service's functions as processes, served as they are in the cloud, with an environment that stays on loopback."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import httpx

from emulators.stack import child, ports, wire
from emulators.stack.child import OURS, Child, ChildEnded, Code
from emulators.stack.site import Site
from emulators.stack.waiting import until

GOOGLE_PROJECT = "local-gitops"
TOKEN = "token-of-the-service"  # noqa: S105 - everybody has one here
HOOK_TOKEN = "plain-token-of-the-hook"  # noqa: S105
SIGNING_TOKEN = "whsec_bG9jYWwtc2lnbmluZy1rZXktb2YtMzItYnl0ZXMtISE="  # noqa: S105
SECRETS: Mapping[str, str] = {
    "SECRET_GITLAB_TOKEN": TOKEN,
    "SECRET_AIC_API_KEY": "key-of-the-service",
    "SECRET_GITLAB_WEBHOOK_TOKEN": HOOK_TOKEN,
    "SECRET_GITLAB_SIGNING_TOKEN": SIGNING_TOKEN,
    "SECRET_SLACK_TOKEN": "xoxb-token-of-the-service",
}
TOPICS: Mapping[str, str] = MappingProxyType(
    {"deploy": "aic-deploy", "plan": "aic-plan", "snapshot": "aic-snapshot", "command": "aic-command"}
)
"""The functions that are pushed to, with the topics that their messages come from."""
DEAD_LETTER = "dead_letter"
"""The function that is pushed to with what any topic's subscription has given up."""
TARGETS = ("webhook", *TOPICS, DEAD_LETTER)
"""The webhook first: the others are told where it is."""
_THREADS = {"webhook": "8"}  # as many as the requests that an instance gets at once in the cloud; others get one
_TRIES = 5
_TAKEN = ("Connection in use", "Address already in use")


def environment(
    *, gitlab: str, aic: str, pubsub_port: int, sites: Sequence[Site], storage: str = "", slack: str = ""
) -> dict[str, str]:
    """What docs/settings.md asks for; without `storage` or `slack` there is none to talk to."""
    return {
        **({"STORAGE_EMULATOR_HOST": storage} if storage else {}),
        **({"SLACK_API_URL": f"{slack}/api"} if slack else {}),
        "GOOGLE_CLOUD_PROJECT": GOOGLE_PROJECT,
        "PROJECTS": json.dumps([site.settings() for site in sites]),
        "GITLAB_URL": gitlab,
        "AIC_URL_PROD": f"{aic}/apis/core/v1",
        "AIC_URL_QA": f"{aic}/apis/core/v1",
        "PUBSUB_EMULATOR_HOST": f"{ports.HOST}:{pubsub_port}",
        "SECRETS": "environment",
        **SECRETS,
    }


def start(
    target: str, *, port: int, environment: Mapping[str, str], logs: Path, code: Code = OURS
) -> tuple[Child, str]:
    """The process and its URL, once it answers. Port 0 takes a free one, another one if somebody was faster."""
    for _ in range(_TRIES - 1):
        try:
            return _started(target, port=port or ports.free(), environment=environment, logs=logs, code=code)
        except ChildEnded as ended:
            if port or not any(word in str(ended) for word in _TAKEN):
                raise
    return _started(target, port=port or ports.free(), environment=environment, logs=logs, code=code)


@contextmanager
def running(target: str, *, environment: Mapping[str, str], logs: Path, code: Code = OURS) -> Iterator[str]:
    """One function by itself; its URL."""
    process, url = start(target, port=0, environment=environment, logs=logs, code=code)
    try:
        yield url
    finally:
        child.stop([process])


def _started(target: str, *, port: int, environment: Mapping[str, str], logs: Path, code: Code) -> tuple[Child, str]:
    server = Path(code.python).with_name("functions-framework")  # told by its environment, as Google does it
    served = {"FUNCTION_TARGET": target, "PORT": str(port), "HOST": ports.HOST, "THREADS": _THREADS.get(target, "1")}
    running = child.start(target, [str(server)], environment={**served, **environment}, logs=logs, code=code)
    url = f"http://{ports.HOST}:{port}"
    try:
        until(lambda: _answers(running, url), what=f"the function {target}")
    except BaseException:
        child.stop([running])
        raise
    return running, url


def _answers(running: Child, url: str) -> bool:
    """Asks for a path that the functions' server itself answers, so that the function hears nothing of it."""
    running.check()
    text = running.text()
    if any(word in text for word in _TAKEN):
        raise ChildEnded(text)
    try:
        return wire.send("GET", f"{url}/robots.txt").status_code == 404
    except httpx.TransportError:
        return False
