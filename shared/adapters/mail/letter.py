"""News → an e-mail, as text and as HTML. Everything from outside is escaped, and no header can be added to."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from pathlib import Path

from jinja2 import Environment

from ...domain import links
from ...domain.markdown import visible
from ...domain.news import News, Tone, spans, unquoted
from .. import templates

_TEMPLATES = Path(__file__).parent / "templates"
_COLOURS = {Tone.GOOD: "#1b7a37", Tone.WARN: "#8a5a00", Tone.BAD: "#b3261e", Tone.PLAIN: "#46505b"}
_BARS = {Tone.GOOD: "#2da44e", Tone.WARN: "#d29922", Tone.BAD: "#cf222e", Tone.PLAIN: "#6e7781"}
_SIGNS = {Tone.GOOD: "●", Tone.WARN: "▲", Tone.BAD: "✖", Tone.PLAIN: "○"}
"""Shapes that differ also where colours don't."""


@dataclass(frozen=True, slots=True)
class Stationery:
    """What all letters have in common: `sender` is an address, perhaps with a name; `gitlab` where links lead."""

    sender: str
    gitlab: str

    @property
    def address(self) -> str:
        """The bare address of the sender."""
        return parseaddr(self.sender)[1]

    @property
    def domain(self) -> str:
        """The part of it behind the @."""
        return self.address.rpartition("@")[2]


def compose(news: News, to: Sequence[str], *, moment: datetime, stationery: Stationery) -> EmailMessage:
    """`moment` is when the message was published: the same letter comes of each of its deliveries.

    Its id is the same, too, so that a letter that was sent twice is one for mail programs. News that may be told again
    have another one each day.
    """
    day = f".{moment:%Y%m%d}" if news.daily else ""
    letter = EmailMessage(SMTP)
    letter["Message-ID"] = f"<{news.id}{day}.aic-gitops@{stationery.domain}>"
    letter["Date"] = moment
    letter["From"] = Address(parseaddr(stationery.sender)[0], addr_spec=stationery.address)
    letter["To"] = [Address(addr_spec=each) for each in to]
    letter["Subject"] = subject(news)
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Auto-Response-Suppress"] = "All"
    letter.set_content(_rendered("news.txt", news, stationery.gitlab), cte="quoted-printable")
    letter.add_alternative(html(news, gitlab=stationery.gitlab), subtype="html", cte="quoted-printable")
    return letter


def subject(news: News) -> str:
    """One line, whatever a name holds."""
    return visible(f"{unquoted(news.title)} [{news.project.rpartition('/')[2]}]", limit=200)


def html(news: News, *, gitlab: str) -> str:
    """The page by itself."""
    return _rendered("news.html", news, gitlab)


def _rendered(template: str, news: News, gitlab: str) -> str:
    return (
        _environment()
        .get_template(template)
        .render(
            news=news,
            title=subject(news),
            bar=_BARS[Tone(news.tone)],
            colours=_COLOURS,
            signs=_SIGNS,
            links=links.of(news, gitlab=gitlab),
            merge_request=functools.partial(links.merge_request, news, gitlab=gitlab),
        )
    )


@functools.cache
def _environment() -> Environment:
    made = templates.environment(_TEMPLATES)
    made.filters.update(spans=spans, unquoted=unquoted)
    return made
