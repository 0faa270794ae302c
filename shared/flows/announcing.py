"""News are sent off as messages: whoever tells them has time of their own, and mends nothing here by failing."""

from collections.abc import Iterable

from ..domain import posting
from ..domain.errors import Permanent, ServiceError
from ..domain.news import News
from ..domain.posting import Posting
from . import asking
from .outside import Outside


def send_off(news: Iterable[News], outside: Outside, *, request_id: str) -> None:
    """One message each, for the kinds that somebody wants to hear of.

    Raises Permanent where Pub/Sub takes none: what was done stays done, and is not done again to have it told.
    """
    for each in news:
        if each.kind in outside.heard_of:
            _send(each, outside, request_id=request_id)


def _send(news: News, outside: Outside, *, request_id: str) -> None:
    parts = {"workflow": "notify", "parameters": {"project": news.project, "news": news.tree()}}
    attributes = {"request_id": request_id, "origin": posting.NEWS, "project": news.project}
    key = posting.ordering_key(news.project, f"news:{news.id}")
    letter = Posting(posting.COMMAND, posting.encode(parts), key, attributes)
    try:
        asking.post(letter, publisher=outside.publisher, deadline=outside.deadline)
    except ServiceError as error:
        raise Permanent(error.reason, error.detail) from None
