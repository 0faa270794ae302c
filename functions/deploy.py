"""A message of the topic `aic-deploy` → the mapped workspace is as the branch says."""

import functools
import os

import flask

from functions import body
from shared import logs
from shared.adapters.clock import SystemClock
from shared.domain.envelope import MAX_BODY
from shared.runtime import answer_message
from shared.wiring.deploying import Deployer

_deployer = functools.cache(lambda: Deployer(os.environ))


def handle(request: flask.Request) -> flask.Response:
    """204 acknowledges the message, 503 asks for another delivery."""
    if request.method != "POST" or (request.content_length or 0) > MAX_BODY:
        return body.empty(405 if request.method != "POST" else 413)
    with logs.tracing(dict(request.headers), project=os.environ["GOOGLE_CLOUD_PROJECT"]):
        status = answer_message(request.get_data(), lambda each: _deployer().run(each), clock=SystemClock())
    return body.empty(status)
