"""The stand-in of Slack as its own client and plain requests see it."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from emulators.server import serve
from emulators.slack.process import build
from tests import plain

DEEP = json.loads("[" * 300 + "]" * 300)


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    """With a token, as all calls need one."""
    with serve(build()) as running, plain.client(running.url, timeout=60) as client:
        client.headers["Authorization"] = "Bearer any"
        yield client


@pytest.fixture
def client(http: httpx.Client) -> WebClient:
    return WebClient("any", base_url=f"{http.base_url}/api/", timeout=60)


def posted(http: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = http.get("/__admin__/dump").json()["posted"]
    return found


def test_a_method_that_is_not_known_here_is_no_page_that_is_missing(client: WebClient) -> None:
    """Slack answers 200 with a word for it."""
    with pytest.raises(SlackApiError, match="unknown_method"):
        client.conversations_list()


def test_a_message_may_come_as_a_form(http: httpx.Client) -> None:
    """Whose blocks are a JSON text."""
    blocks = [{"type": "divider"}]
    form = {"channel": "#releases", "text": "ü & more", "blocks": json.dumps(blocks)}
    assert http.post("/api/chat.postMessage", data=form).json()["ok"] is True
    (message,) = posted(http)
    assert (message["channel"], message["text"], message["blocks"]) == ("#releases", "ü & more", blocks)


@pytest.mark.parametrize(
    ("kind", "body", "word"),
    [
        ("application/json", b"{", "invalid_json"),
        ("application/json", b"[]", "json_not_object"),
        ("application/xml", b"<a/>", "invalid_post_type"),
        ("application/x-www-form-urlencoded", b"channel=c&blocks=%5B", "invalid_blocks_format"),
        ("application/x-www-form-urlencoded", b"channel=c", "no_text"),
    ],
)
def test_a_body_that_is_no_message_is_refused_by_its_word(
    http: httpx.Client, kind: str, body: bytes, word: str
) -> None:
    answer = http.post("/api/chat.postMessage", content=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()) == (200, {"ok": False, "error": word})


@pytest.mark.parametrize(
    "block",
    [
        {"type": []},
        {"type": "section", "text": {"type": [], "text": "x"}},
        {"type": "context", "elements": [1]},
        {"type": "context", "elements": [{"type": "image", "image_url": "https://x.example"}]},
        {"type": "divider", "odd": DEEP},
        {"type": "rich_text", "elements": [{"type": {}}]},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": [1]}]}]},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [1]}]},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": []}]}]},
    ],
)
def test_blocks_of_any_shape_are_looked_at(http: httpx.Client, block: object) -> None:
    """And refused, never the end of the stand-in."""
    answer = http.post("/api/chat.postMessage", json={"channel": "c", "blocks": [block]})
    assert answer.json() == {"ok": False, "error": "invalid_blocks"}
    assert posted(http) == []
    assert http.get("/").status_code == 200


def test_half_a_character_is_told_as_json_allows(http: httpx.Client) -> None:
    """Escaped, as it has no bytes of its own; the page shows it somehow."""
    body = b'{"channel": "c", "text": "a\\ud800"}'
    answer = http.post("/api/chat.postMessage", content=body, headers={"Content-Type": "application/json"})
    assert json.loads(answer.content.decode("utf-8", "strict"))["message"] == {"text": "a\ud800"}
    assert http.get("/").status_code == 200
