"""A message that Pub/Sub has given up → what it left half done is taken back, and people know."""

import functools
import os

import flask

from functions import subscriber
from shared.wiring.burying import Undertaker

_undertaker = functools.cache(lambda: Undertaker(os.environ))


def handle(request: flask.Request) -> flask.Response:
    """204 acknowledges the letter, 503 asks for another delivery."""
    return subscriber.answer("dead_letter", request, lambda each: _undertaker().run(each))
