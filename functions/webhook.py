"""HTTPS from GitLab → one message in Pub/Sub."""

import functools
import os

import flask

from functions import body, headers
from shared import logs
from shared.adapters.clock import SystemClock
from shared.flows.receive import Knock
from shared.runtime import answer_hook
from shared.wiring.receiving import receiver

BODY_SECONDS = 5.0
_receiver = functools.cache(lambda: receiver(os.environ))


def handle(request: flask.Request) -> flask.Response:
    """An empty answer; its status is all that a stranger learns."""
    sent = headers.of(request)
    knock = Knock(
        request.method, request.path, sent, lambda size: body.within(request, size=size, seconds=BODY_SECONDS)
    )
    with logs.tracing(sent, project=os.environ["GOOGLE_CLOUD_PROJECT"]):
        status = answer_hook(knock, lambda each: _receiver()(each), clock=SystemClock())
    return body.empty(status)
