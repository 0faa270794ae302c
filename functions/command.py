"""A message of the topic `aic-command` → its workflow is run."""

import functools
import os

import flask

from functions import subscriber
from shared.wiring.commanding import Commander

_commander = functools.cache(lambda: Commander(os.environ))


def handle(request: flask.Request) -> flask.Response:
    """204 acknowledges the message, 503 asks for another delivery."""
    return subscriber.answer("command", request, lambda each: _commander().run(each))
