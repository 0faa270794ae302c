"""What was posted to the stand-in of Slack, in a browser: people see what the service tells."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from emulators.server import serve
from emulators.slack.process import build
from shared.adapters.clock import SystemClock
from shared.adapters.slack import SlackMessages
from shared.deadline import Deadline
from shared.domain.news import NewsRow, Tone
from tests.contract.browser import needs_chromium, picture, seen, width
from tests.unit.test_news import made

GITLAB = "https://git.example.com"
ROWS = (
    NewsRow("ford rdd - v2", "updated", "its SQL was changed; live was `3f1c`", Tone.GOOD),
    NewsRow("<b>Tides</b>", "conflict", "edited in AIC", Tone.BAD, merge_request=12),
)


@pytest.fixture
def url() -> Iterator[str]:
    with serve(build()) as running:
        yield running.url


def post(url: str, **message: object) -> dict[str, object]:
    headers = {"Authorization": "Bearer xoxb-1"}
    found: dict[str, object] = httpx.post(f"{url}/api/chat.postMessage", json=message, headers=headers).json()
    return found


@needs_chromium
def test_news_are_seen_as_they_were_posted(url: str, tmp_path: Path) -> None:
    """Newest first, with their channel, names as code, and links that lead to GitLab; also on a phone."""
    channel = SlackMessages(f"{url}/api", "xoxb-1", gitlab=GITLAB, deadline=Deadline.within(SystemClock(), seconds=60))
    post(url, channel="#other", text="before")
    channel.tell(made(rows=ROWS), ["#pin-releases"], moment=datetime(2026, 11, 29, tzinfo=UTC))
    channel.close()

    page = seen(url)

    assert [each.text for each in page.all("strong")] == ["#pin-releases", "#other"]
    assert [code.text for code in page.all("code")] == ["ford rdd - v2", "3f1c", "<b>Tides</b>"]
    assert all(link.startswith((GITLAB, "/")) for link in page.links().values())
    assert width(url, window=390) == 390
    picture(url, tmp_path / "slack.png")


@needs_chromium
def test_what_is_posted_has_no_power(url: str) -> None:
    """Names come from anywhere."""
    evil = "<script>document.title='gone'</script>"
    parts = [{"type": "text", "text": evil}, {"type": "link", "url": "javascript:alert(1)", "text": "click"}]
    blocks = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": parts}]}]
    assert post(url, channel="#x", text="x", blocks=blocks)["ok"] is True

    page = seen(url)

    assert evil in page.text
    assert "click" in page.text
    assert not page.all("script")
    assert not any("javascript" in link for link in page.links().values())


def test_nothing_posted_is_said_so_and_other_pages_are_missing(url: str) -> None:
    """The style is there."""
    assert "Nobody has posted anything yet" in httpx.get(url).text
    assert [httpx.get(f"{url}{path}").status_code for path in ("/elsewhere", "/-/style.css")] == [404, 200]
