"""Parameters of the workflows that look whether everything is as it must be."""

from dataclasses import dataclass
from typing import Annotated

from ..checks import between
from .request import Request, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTokens(Request):
    """Looks when the access token of GitLab ends, of one project or of all.

    People hear of it 30, 14, 7, 3 days and 1 day before, once each.
    """

    project: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Request):
    """Looks whether everything that a project needs is there and works: a table in the log, with what to do.

    With `merge_request` also as a note on it. Nothing is changed.
    """

    project: Text
    merge_request: Annotated[int, between(1, 10**9)] | None = None
