"""A message of the topic `aic-snapshot` → what people changed in AIC is in Git, or on its way there."""

import functools
import os

import flask

from functions import subscriber
from shared.wiring.snapshotting import Snapshotter

_snapshotter = functools.cache(lambda: Snapshotter(os.environ))


def handle(request: flask.Request) -> flask.Response:
    """204 acknowledges the message, 503 asks for another delivery."""
    return subscriber.answer("snapshot", request, lambda each: _snapshotter().run(each))
