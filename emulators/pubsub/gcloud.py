"""gcloud against the stand-in: no account, no network but loopback, nothing written outside its own folder."""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path


def environment(http_port: int, project: str, *, config: Path | None = None) -> dict[str, str]:
    """The variables that gcloud needs, to be added to those that are there; `config` is a folder for its own files."""
    variables = {
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB": f"http://127.0.0.1:{http_port}/",
        "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true",
        "CLOUDSDK_CORE_PROJECT": project,
    }
    return variables if config is None else variables | quiet(config)


def quiet(config: Path) -> dict[str, str]:
    """The variables with which gcloud asks neither people nor the network, and keeps its own files in that folder."""
    return {
        "CLOUDSDK_CONFIG": str(config),
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "true",
        "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true",
        "CLOUDSDK_CORE_CHECK_GCE_METADATA": "false",
        "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "true",
    }


def publish_command(
    topic: str, message: Mapping[str, object], *, attributes: Mapping[str, str] | None = None, ordering_key: str = ""
) -> list[str]:
    """The arguments of `gcloud pubsub topics publish`. An attribute can't hold a comma on this way."""
    command = ["gcloud", "pubsub", "topics", "publish", topic, "--message", json.dumps(message, ensure_ascii=False)]
    if attributes:
        command.append("--attribute=" + ",".join(f"{key}={value}" for key, value in attributes.items()))
    if ordering_key:
        command.append(f"--ordering-key={ordering_key}")
    return command


def publish_line(http_port: int, project: str, topic: str, message: Mapping[str, object]) -> str:
    """One line for a shell that publishes the message as it stands."""
    variables = [f"{name}={shlex.quote(value)}" for name, value in environment(http_port, project).items()]
    return " ".join([*variables, shlex.join(publish_command(topic, message))])
