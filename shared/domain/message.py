"""Messages of the topic `aic-deploy`: what to look at, never what to write."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import Refused

DEPLOY_TOPIC = "aic-deploy"
HOOK = "webhook"
_WRONG = {
    "missing": "is missing",
    "bool_type": "must be true or false, without quotes",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "string_too_long": "is too long",
    "list_type": "must be a list of titles",
    "too_short": "must not be empty",
    "too_long": "has too many titles",
    "model_type": "must be one JSON object",
}
_Text = Annotated[str, Field(min_length=1, max_length=1024)]


class DeployRequest(BaseModel):
    """What a deploy message may say; unknown keys are refused.

    `pipelines` limits the run to these titles, `full` looks at every pipeline, `dry_run` writes nothing,
    `confirm` must be the workspace's name where the design asks for a second word.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    project: _Text
    branch: _Text
    pipelines: Annotated[list[_Text], Field(min_length=1, max_length=1000)] | None = None
    full: bool = False
    dry_run: bool = False
    force: bool = False
    confirm: _Text | None = None
    by: Annotated[str, Field(max_length=200)] | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery of one message by Pub/Sub. `attempt` is 0 where Pub/Sub doesn't count."""

    message_id: str
    data: bytes
    attributes: Mapping[str, str]
    attempt: int = 0

    @property
    def request_id(self) -> str:
        """The id that follows a request through logs: the hook's, else the message's."""
        return self.attributes.get("request_id") or self.message_id

    @property
    def by_hand(self) -> bool:
        """Whether a person published it, rather than the webhook."""
        return self.attributes.get("origin") != HOOK


def decode(data: bytes) -> DeployRequest:
    """The request; raises Refused `message-invalid` with a sentence that names what is wrong."""
    try:
        tree = json.loads(data, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise Refused("message-invalid", "the message is no JSON; it must be one JSON object") from None
    try:
        return DeployRequest.model_validate(tree)
    except ValidationError as error:
        raise Refused("message-invalid", _sentence(error)) from None


def encode(request: DeployRequest) -> bytes:
    """The message that decodes to the request."""
    return request.model_dump_json(exclude_defaults=True).encode()


def digest(titles: Iterable[str]) -> str:
    """A short name for a set of pipelines, whatever their order."""
    return hashlib.sha256(json.dumps(sorted(set(titles))).encode()).hexdigest()[:12]


def again(request: DeployRequest, **more: object) -> str:
    """The message that asks once more for the same, for real, as JSON to be pasted; `more` is added to it."""
    asked = request.model_dump(exclude_defaults=True, exclude={"by", "dry_run"})
    return json.dumps({**asked, **more}, ensure_ascii=False)


def ordering_key(project: str, branch: str) -> str:
    """Deploys of one branch run one after the other. Pub/Sub takes at most 1,024 bytes."""
    return f"{project}:{branch}".encode()[:1024].decode(errors="ignore")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Which of two values of one key was meant, nobody can tell."""
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for key, _ in pairs if [name for name, _ in pairs].count(key) > 1)
        raise Refused("message-invalid", f"`{twice[:80]}` stands twice in one object")
    return found


def _sentence(error: ValidationError) -> str:
    known = ", ".join(DeployRequest.model_fields)
    parts = []
    for problem in error.errors(include_input=False, include_url=False, include_context=False):
        place = ".".join(str(part) for part in problem["loc"])[:80]
        if problem["type"] == "extra_forbidden":
            parts.append(f"`{place}` is not known (known: {known})")
        else:
            parts.append(f"`{place or 'message'}` {_WRONG.get(problem['type'], 'has a value that does not fit')}")
    return "; ".join(parts[:5])
