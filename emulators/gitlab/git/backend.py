"""git's own server side, `git http-backend`, as a CGI program: a request goes in, its answer comes out."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from emulators.routing import Answer, Call

_HOOKS = Path(__file__).parent / "hooks"
_SECONDS = 600
_CONFIG = {
    "core.hooksPath": str(_HOOKS),
    "gc.auto": "0",
    "receive.advertisePushOptions": "true",
    "receive.autogc": "false",
    "uploadpack.allowAnySHA1InWant": "true",
    "uploadpack.allowFilter": "true",
}


def run(call: Call, *, directory: Path, service: str, body: bytes, told: Mapping[str, str]) -> Answer:
    """One request for the repository in `directory`; `service` is the path below it, `told` what hooks are to know."""
    environment = {
        **_settled(),
        **told,
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": call.headers.get("Content-Type", ""),
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_PROJECT_ROOT": str(directory),
        "GIT_PROTOCOL": call.headers.get("Git-Protocol", ""),
        "PATH_INFO": f"/{service}",
        "QUERY_STRING": call.raw_query,
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_USER": "git",
        "REQUEST_METHOD": call.method,
    }
    done = subprocess.run(
        ["git", "http-backend"], input=body, env=environment, capture_output=True, timeout=_SECONDS, check=False
    )
    return _answer(done.stdout) if done.stdout else Answer(500, done.stderr.decode("utf-8", "replace"))


def _settled() -> dict[str, str]:
    """The settings of git here; whoever runs the stand-in may have others of his own, which don't count."""
    numbered = list(enumerate(_CONFIG.items()))
    return {
        **{f"GIT_CONFIG_KEY_{at}": key for at, (key, _) in numbered},
        **{f"GIT_CONFIG_VALUE_{at}": value for at, (_, value) in numbered},
        "GIT_CONFIG_COUNT": str(len(_CONFIG)),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "PATH": os.environ.get("PATH", os.defpath),
    }


def _answer(output: bytes) -> Answer:
    head, _, body = output.partition(b"\r\n\r\n")
    pairs = (line.partition(": ") for line in head.decode("latin-1").split("\r\n"))
    headers = {name: value for name, _, value in pairs}
    status = headers.pop("Status", "200 OK")
    return Answer(int(status.split()[0]), body, headers)
