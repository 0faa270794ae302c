"""Slack: news in, one message out, by Slack's own client held to the deadline.

The client itself would follow redirects, use proxies of the environment, and wait as long as a server likes.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import WebClient

from ..deadline import Deadline
from ..domain import address, slack_blocks
from ..domain.errors import Permanent, ServiceError, Transient
from ..domain.news import News
from . import budget, limits, tokens
from .transport import BROKEN, BoundedTransport

SECONDS = 20.0
"""For one message."""
_PASSING = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)
_UNWELCOME = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "no_permission",
    }
)
_CHANNEL = frozenset({"channel_not_found", "not_in_channel", "is_archived", "restricted_action"})
_SILENT = logging.getLogger("slack_sdk.silent")
"""The client's own records quote addresses and answers."""
_SILENT.setLevel(logging.CRITICAL + 1)


class SlackMessages:
    """The channels of one Slack workspace."""

    def __init__(
        self, url: str, token: str, *, gitlab: str, deadline: Deadline, transport: httpx.BaseTransport | None = None
    ) -> None:
        """`url` is the API's base, `gitlab` where links lead."""
        self._gitlab = gitlab
        self._client = _Client(
            address.check(url), tokens.checked(token, of="Slack"), deadline=deadline, transport=transport
        )

    def tell(self, news: News, to: Sequence[str], *, moment: datetime) -> Mapping[str, ServiceError]:  # noqa: ARG002
        """Posts to each channel, once; the errors of those that did not take it."""
        errors = {channel: self._post(news, channel) for channel in to}
        return {channel: error for channel, error in errors.items() if error is not None}

    def close(self) -> None:
        """Closes the connection."""
        self._client.close()

    def _post(self, news: News, channel: str) -> ServiceError | None:
        blocks, text = slack_blocks.of(news, gitlab=self._gitlab), slack_blocks.fallback(news)
        try:
            self._client.chat_postMessage(
                channel=channel, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False
            )
        except SlackApiError as error:
            return _refused(error)
        except ServiceError as error:
            return error
        except (SlackClientError, ValueError, RecursionError):
            return Transient("slack-unavailable", "Slack's answer could not be read")
        return None


def _refused(error: SlackApiError) -> ServiceError:
    """By Slack's own word for it; an answer that has none is not Slack's."""
    status = int(error.response.status_code)
    word = str(error.response.get("error"))
    if word in _PASSING:
        return Transient("slack-unavailable", f"Slack answered {status}")
    if word in _UNWELCOME:
        return Permanent(
            "slack-unauthorized", f"Slack said `{word}`: look at the token in `slack-token` and its scopes"
        )
    if word in _CHANNEL:
        return Permanent("slack-channel", f"Slack said `{word}`: is the channel there, and is the app a member of it?")
    return Permanent("slack-refused", f"Slack answered {status} and took no message")


class _Client(WebClient):
    """Slack's client upon the transport that keeps to the deadline. Nothing is sent twice."""

    def __init__(self, url: str, token: str, *, deadline: Deadline, transport: httpx.BaseTransport | None) -> None:
        super().__init__(token=token, base_url=f"{url}/", retry_handlers=[], logger=_SILENT)
        self._base = f"{url}/"
        self._deadline = deadline
        self._http = httpx.Client(
            follow_redirects=False, trust_env=False, transport=transport or BoundedTransport(connections=1)
        )

    def close(self) -> None:
        self._http.close()

    def _perform_urllib_http_request(self, *, url: str, args: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """Where the client would turn to urllib: the one place through which all of its requests go."""
        whole = Deadline.within(self._deadline.clock, seconds=min(SECONDS, self._deadline.left()))
        connect, read = limits.timeouts(whole)
        if not url.startswith(self._base):
            raise Permanent("url-refused", "an address of Slack would have left its base URL")
        headers = args["headers"] | {"Content-Type": "application/json; charset=utf-8"}
        try:
            request = self._http.build_request(
                "POST",
                url,
                headers=headers,
                content=json.dumps(args["json"]),
                timeout=httpx.Timeout(read, connect=connect),
            )
            with budget.bounded(whole):
                return self._exchanged(request, whole)
        except (*BROKEN, httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, httpx.CookieConflict) as error:
            failed = Transient("slack-unavailable", f"no answer ({type(error).__name__})")
            raise (failed if self._deadline.left() else limits.late()) from None

    def _exchanged(self, request: httpx.Request, whole: Deadline) -> dict[str, Any]:
        response = self._http.send(request, stream=True)
        try:
            if 300 <= response.status_code < 400:
                raise Permanent("slack-redirect", "Slack answered with a redirect; check SLACK_API_URL")
            data = limits.collect(response.iter_bytes(), deadline=whole)
        finally:
            response.close()
        if response.status_code >= 500 or response.status_code == 429:
            raise Transient("slack-unavailable", f"Slack answered {response.status_code}")
        found = json.loads(data)
        if not isinstance(found, dict):
            raise ValueError("not an object")
        return {"status": response.status_code, "headers": dict(response.headers), "parsed_body": found}
