"""The least that a webhook has to do: check the signature, publish, answer. No secret rotation, no log, no routing."""

import base64
import functools
import hmac
import os

import flask
import functions_framework
import grpc
from google.pubsub_v1 import PublisherClient, PubsubMessage
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport


@functools.cache
def _client() -> PublisherClient:
    """Made at the first request: it would not survive the fork of the functions' server."""
    channel = grpc.insecure_channel(os.environ["PUBSUB_EMULATOR_HOST"], options=(("grpc.enable_http_proxy", 0),))
    return PublisherClient(transport=PublisherGrpcTransport(channel=channel))


@functions_framework.http
def bare(request: flask.Request) -> flask.Response:
    """204 once Pub/Sub has the message, 401 for a stranger."""
    body, headers = request.get_data(), request.headers
    key = base64.b64decode(os.environ["SECRET_GITLAB_SIGNING_TOKEN"].removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    if not hmac.compare_digest(wanted.encode(), headers["webhook-signature"].encode()):
        return flask.Response(status=401)
    topic = f"projects/{os.environ['GOOGLE_CLOUD_PROJECT']}/topics/aic-deploy"
    _client().publish(topic=topic, messages=[PubsubMessage(data=body)], retry=None, timeout=5)
    return flask.Response(status=204)
