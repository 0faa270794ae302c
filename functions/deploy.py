"""A message of the topic `aic-deploy` → the mapped workspace is as the branch says."""

import functools
import os

import flask

from functions import subscriber
from shared.domain import deploy_line
from shared.wiring.deploying import Deployer

_deployer = functools.cache(lambda: Deployer(os.environ))


def handle(request: flask.Request) -> flask.Response:
    """204 acknowledges the message, 503 asks for another delivery."""
    return subscriber.answer("deploy", request, lambda each: deploy_line.of(_deployer().run(each)))
