"""Hooks as GitLab sends them: the samples with their invented names, and what a test does to them."""

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shared.domain import hook_shapes, signature
from shared.flows.receive import Door, Doors, Knock

SAMPLES = Path(__file__).parent / "samples" / "gitlab"
CASES = tuple(sorted(folder.name for folder in SAMPLES.iterdir()))
TOKEN = "tideline-sample-token"
SIGNING = "whsec_dGlkZWxpbmUtc2FtcGxlLWtleS1vZi0zMi1ieXRlcyE="
SENT_AT = 1_800_000_000
PATH = "tideline/harbour-pipelines"
PROJECT_ID = 4711


@dataclass(frozen=True, slots=True)
class Hook:
    """Headers as they came and the exact bytes of the body."""

    headers: Mapping[str, str]
    body: bytes

    def tree(self) -> Any:
        """The body to be changed by a test."""
        return json.loads(self.body)

    def without(self, *prefixes: str) -> "Hook":
        """The hook without the headers that begin so."""
        kept = {name: text for name, text in self.headers.items() if not name.startswith(prefixes)}
        return replace(self, headers=kept)

    def having(self, body: bytes | None = None, **headers: str) -> "Hook":
        """The hook with another body or other headers; `_` stands for `-`."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return Hook({**self.headers, **named}, self.body if body is None else body)

    def signed(self, *, key: str = SIGNING, at: int = SENT_AT, id: str = "sample-id") -> "Hook":  # noqa: A002 -- as in the header
        """The hook with a signature of its own, made as the Standard Webhooks text says."""
        made = signed(self.body, key=key, at=at, id=id)
        return self.having(webhook_id=id, webhook_timestamp=str(at), webhook_signature=made)

    def knock(self, method: str = "POST", path: str = "/") -> Knock:
        """The request as the function sees it."""
        headers = {"content-length": str(len(self.body)), **self.headers}
        return Knock(method, path, headers, lambda _: self.body)


def sample(case: str) -> Hook:
    """A hook with all headers: plain token and signature."""
    headers: dict[str, str] = json.loads((SAMPLES / case / "headers.json").read_text())
    return Hook({name.lower(): text for name, text in headers.items()}, (SAMPLES / case / "body.json").read_bytes())


def merge() -> Hook:
    """A merge with the plain token alone."""
    return sample("merge_commit").without("webhook-")


def carrying(tree: Any) -> Hook:
    """A merge hook with the plain token and this body."""
    return merge().having(body=json.dumps(tree).encode())


def signed(body: bytes, *, key: str = SIGNING, at: int = SENT_AT, id: str = "sample-id") -> str:  # noqa: A002 -- as in the header
    """The header `webhook-signature`."""
    raw = base64.b64decode(key.removeprefix("whsec_"))
    digest = hmac.new(raw, f"{id}.{at}.".encode() + body, "sha256").digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def door(path: str = PATH, *, tokens: tuple[str, ...] = (TOKEN,), signing: tuple[str, ...] = ()) -> Door:
    """A door of a project."""
    return Door(path, signature.secrets(tokens, signing))


def doors(*all_doors: Door, ids: Mapping[int, str] | None = None) -> Doors:
    """The doors with the ids of their projects; without ids the path alone decides."""

    def find(project: hook_shapes.Project) -> Door | None:
        path = project.path if ids is None else ids.get(project.id)
        return next((each for each in all_doors if each.project == path), None)

    return Doors(all_doors, find)
