"""Parameters of the workflow that looks after the tests of a deploy."""

from dataclasses import dataclass
from typing import Annotated

from ..checks import between
from .request import Request, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterDeploy(Request):
    """Starts the tests of a deploy, or looks how they ended, where the settings ask for tests.

    Without `deployment` (the id of its record) it is the newest one that succeeded. Asked for by itself; asking by hand
    does no harm.
    """

    project: Text
    branch: Text
    deployment: Annotated[int, between(1, 10**15)] | None = None
