"""Messages of the topic `aic-deploy`."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated

from .. import schema, source
from .request import By, Request, Text, Titles, decode


def _source(text: str) -> str:
    source.read(text)
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployRequest(Request):
    """What a deploy message may say.

    `pipelines` limits the run to these titles, `full` looks at every pipeline, `dry_run` writes nothing,
    `confirm` must be the workspace's name where the design asks for a second word. `source` names where the content
    comes from instead of the branch's head, see `domain.source`.
    """

    project: Text
    branch: Text
    pipelines: Titles | None = None
    full: bool = False
    dry_run: bool = False
    force: bool = False
    confirm: Text | None = None
    source: Annotated[Text, _source] | None = None
    by: By | None = None


def read(data: bytes) -> DeployRequest:
    """The request; raises Refused `message-invalid` with a sentence that names what is wrong."""
    return decode(DeployRequest, data)


def digest(titles: Iterable[str]) -> str:
    """A short name for a set of pipelines, whatever their order."""
    return hashlib.sha256(json.dumps(sorted(set(titles))).encode()).hexdigest()[:12]


def again(request: DeployRequest, **more: object) -> str:
    """The message that asks once more for the same, for real, as JSON to be pasted; `more` is added to it."""
    asked = schema.said(replace(request, by=None, dry_run=False))
    return json.dumps({**asked, **more}, ensure_ascii=False)
