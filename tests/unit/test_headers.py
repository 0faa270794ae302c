"""Headers of a request, by names in lower case."""

import flask
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from functions import headers


def test_every_header_is_there_by_its_name_in_lower_case_and_nothing_else() -> None:
    sent = [("X-Gitlab-Token", "fits"), ("Content-Type", "application/json"), ("Traceparent", ""), ("webhook-id", "1")]
    request = flask.Request(EnvironBuilder(method="POST", data=b"{}", headers=sent).get_environ())
    assert headers.of(request) == {
        "x-gitlab-token": "fits",
        "content-type": "application/json",
        "content-length": "2",
        "traceparent": "",
        "webhook-id": "1",
        "host": "localhost",
    }


def test_they_are_what_the_server_says_they_are() -> None:
    request = flask.Request(EnvironBuilder(headers=[("A", "1"), ("B-C", "2")]).get_environ())
    named = {name.lower(): value for name, value in Request(request.environ).headers.items()}
    assert headers.of(request) == named
