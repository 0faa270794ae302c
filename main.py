"""The entry points of the functions. Each imports its own module when it is called, to keep cold starts short."""

import os

import flask
import functions_framework

if TARGET := os.environ.get("FUNCTION_TARGET"):
    from functions import start

    start.check(TARGET, os.environ)


@functions_framework.http
def webhook(request: flask.Request) -> flask.Response:
    """Called by GitLab."""
    from functions import webhook as function

    return function.handle(request)


@functions_framework.http
def deploy(request: flask.Request) -> flask.Response:
    """Called by Pub/Sub with the messages of `aic-deploy`."""
    from functions import deploy as function

    return function.handle(request)


@functions_framework.http
def plan(request: flask.Request) -> flask.Response:
    """Called by Pub/Sub with the messages of `aic-plan`."""
    from functions import plan as function

    return function.handle(request)


@functions_framework.http
def snapshot(request: flask.Request) -> flask.Response:
    """Called by Pub/Sub with the messages of `aic-snapshot`."""
    from functions import snapshot as function

    return function.handle(request)


@functions_framework.http
def command(request: flask.Request) -> flask.Response:
    """Called by Pub/Sub with the messages of `aic-command`."""
    from functions import command as function

    return function.handle(request)


@functions_framework.http
def dead_letter(request: flask.Request) -> flask.Response:
    """Called by Pub/Sub with what the other subscribers have given up."""
    from functions import dead_letter as function

    return function.handle(request)
