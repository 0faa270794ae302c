"""What every function does that Pub/Sub pushes messages to."""

import os
from collections.abc import Callable

import flask

from functions import body, headers
from shared import logs
from shared.adapters.clock import SystemClock
from shared.domain.delivery import Delivery
from shared.domain.envelope import MAX_BODY
from shared.domain.told import Told
from shared.runtime import answer_message


def answer(kind: str, request: flask.Request, run: Callable[[Delivery], Told]) -> flask.Response:
    """204 acknowledges the message, 503 asks for another delivery."""
    if request.method != "POST" or (request.content_length or 0) > MAX_BODY:
        return body.empty(405 if request.method != "POST" else 413)
    sent = headers.of(request)
    with logs.tracing(sent, project=os.environ["GOOGLE_CLOUD_PROJECT"]):
        status = answer_message(request.get_data(), run, kind=kind, clock=SystemClock())
    return body.empty(status)
