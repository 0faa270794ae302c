"""People hear that something goes back, beside the notes in GitLab."""

from dataclasses import replace

from ..domain import command_news
from ..domain.return_report import Returned
from .answering import Asker, announced
from .outside import Outside


def heard(report: Returned, asker: Asker, outside: Outside) -> Returned:
    """The same report, with the reason where it could not be sent off."""
    news = command_news.of_returned(report, same=asker.run.id)
    return replace(report, untold=report.untold + announced(news, asker, outside.in_reserve()))
