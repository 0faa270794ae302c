"""The access token of each project: how long it lives, and whether people must hear of that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..domain import token_report
from ..domain.errors import Permanent, ServiceError
from ..domain.token_report import Looked
from ..ports import Together
from . import announcing
from .outside import Outside

_WIDTH = 4


@dataclass(frozen=True, slots=True)
class Holder:
    """One project of the settings, and the way to it."""

    project: str
    open: Callable[[], Outside]


def check_tokens(holders: Sequence[Holder], *, request_id: str, together: Together) -> tuple[Looked, ...]:
    """A project whose token can't be looked at stops no other; the report names it."""
    found = together.map(lambda holder: _looked(holder, request_id), holders, width=_WIDTH)
    return tuple(_known(holder, each) for holder, each in zip(holders, found, strict=True))


def _known(holder: Holder, found: Looked | Exception) -> Looked:
    if isinstance(found, ServiceError):
        return Looked(holder.project, failed=found.reason)
    if isinstance(found, Exception):
        raise found
    return found


def _looked(holder: Holder, request_id: str) -> Looked:
    outside = holder.open()
    token = outside.repository.token()
    found = Looked(holder.project, token, token_report.days_left(token.ends, now=outside.clock.now()))
    try:
        announcing.send_off(token_report.news(found), outside, request_id=request_id)
    except Permanent as error:
        return replace(found, untold=error.reason)
    return found
