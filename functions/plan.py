"""A message of the topic `aic-plan` → an open merge request says what merging it would do."""

import functools
import os

import flask

from functions import subscriber
from shared.wiring.planning import Planner

_planner = functools.cache(lambda: Planner(os.environ))


def handle(request: flask.Request) -> flask.Response:
    """204 acknowledges the message, 503 asks for another delivery."""
    return subscriber.answer("plan", request, lambda each: _planner().run(each))
