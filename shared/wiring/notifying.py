"""What news are told with."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial

from .. import logs
from ..adapters.mail.letter import Stationery
from ..adapters.mail.server import MailServer
from ..adapters.slack import SlackMessages
from ..deadline import Deadline
from ..domain import command_news, news, run
from ..domain.delivery import Delivery
from ..domain.messages.command import Notify
from ..domain.notify_report import Notified
from ..domain.occasion import Medium
from ..flows import board_link
from ..flows.notify import Telling, notify
from ..ports.channels import Channel
from .ground import Ground

Opened = Callable[[], Channel]


def told(ground: Ground, parameters: Notify, delivery: Delivery, *, by: str) -> Notified:
    """One delivery of a piece of news; raises what the flow raises."""
    project, times = ground.project(parameters.project), ground.times(delivery)
    named = run.of(delivery, now=ground.clock.now())
    given = parameters.news or command_news.trial(parameters.project, by=by, same=named.id)
    ground.hide(project.secrets.gitlab_token, project.secrets.aic_api_key)
    with ExitStack() as open_ones:
        channels = _channels(ground, times.work, open_ones)
        outside = ground.outside(project, times=times, width=1)
        found = board_link.linked(
            news.cleaned(given, logs.logger().redaction.text),
            allowed=frozenset(project.workspaces),
            drives=project.backup_drives,
            outside=outside,
        )
        telling = Telling(
            found.news,
            ground.ears(project, given.kind),
            named.moment,
            final=ground.final(delivery),
        )
        report = notify(telling, channels, outside)
        return board_link.redrawn(report, found, request_id=delivery.request_id, outside=outside)


def _channels(ground: Ground, deadline: Deadline, open_ones: ExitStack) -> Mapping[str, Opened]:
    """Each is opened when it is needed, so that a secret that is missing closes its own channel alone."""
    return {
        Medium.EMAIL: partial(_mail, ground, deadline),
        Medium.SLACK: partial(_slack, ground, deadline, open_ones),
    }


def _mail(ground: Ground, deadline: Deadline) -> Channel:
    settings = ground.settings
    stationery = Stationery(settings.mail_from or "", settings.gitlab_url)
    url = settings.smtp_url or ""
    password = ground.secret("smtp-password") if "@" in url else ""
    return MailServer(url, stationery=stationery, password=password, deadline=deadline)


def _slack(ground: Ground, deadline: Deadline, open_ones: ExitStack) -> Channel:
    settings = ground.settings
    made = SlackMessages(
        settings.slack_api_url or "", ground.secret("slack-token"), gitlab=settings.gitlab_url, deadline=deadline
    )
    open_ones.callback(made.close)
    return made
