"""Messages of the topic `aic-plan`."""

from dataclasses import dataclass
from typing import Annotated

from ..checks import between
from .request import By, Request, Text, decode


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest(Request):
    """What a plan message may say: which open merge request is looked at, by the number that GitLab shows."""

    project: Text
    merge_request: Annotated[int, between(1, 2**31 - 1)]
    by: By | None = None


def read(data: bytes) -> PlanRequest:
    """The request; raises Refused `message-invalid` with a sentence that names what is wrong."""
    return decode(PlanRequest, data)
