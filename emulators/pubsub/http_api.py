"""The service over HTTP, as `gcloud pubsub` and the REST API v1 speak, below `/v1`.

https://cloud.google.com/pubsub/docs/reference/rest
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from google.protobuf.json_format import ParseError  # type: ignore[import-untyped]  # it publishes no types

from emulators.pubsub.problem import Problem, invalid
from emulators.pubsub.service import Method
from emulators.routing import Answer, Call, Handler, Router

TOPIC = "/projects/:project/topics/:topic"
SUBSCRIPTION = "/projects/:project/subscriptions/:subscription"

# HTTP method, route (a custom verb stands behind the colon), method of the service, its field for the path's name.
ROUTES = (
    ("PUT", TOPIC, "Publisher/CreateTopic", "name"),
    ("GET", TOPIC, "Publisher/GetTopic", "topic"),
    ("PATCH", TOPIC, "Publisher/UpdateTopic", "topic.name"),
    ("DELETE", TOPIC, "Publisher/DeleteTopic", "topic"),
    ("POST", f"{TOPIC}:publish", "Publisher/Publish", "topic"),
    ("GET", "/projects/:project/topics", "Publisher/ListTopics", "project"),
    ("GET", f"{TOPIC}/subscriptions", "Publisher/ListTopicSubscriptions", "topic"),
    ("PUT", SUBSCRIPTION, "Subscriber/CreateSubscription", "name"),
    ("GET", SUBSCRIPTION, "Subscriber/GetSubscription", "subscription"),
    ("PATCH", SUBSCRIPTION, "Subscriber/UpdateSubscription", "subscription.name"),
    ("DELETE", SUBSCRIPTION, "Subscriber/DeleteSubscription", "subscription"),
    ("GET", "/projects/:project/subscriptions", "Subscriber/ListSubscriptions", "project"),
)
# What is done with a subscription by a verb behind the colon; routes tell parameters apart by their place alone.
_IN_QUERY = ("pageSize", "pageToken", "updateMask")
VERBS = {
    "modifyPushConfig": "Subscriber/ModifyPushConfig",
    "detach": "Publisher/DetachSubscription",
    "seek": "Subscriber/Seek",
    "pull": "Subscriber/Pull",
    "acknowledge": "Subscriber/Acknowledge",
    "modifyAckDeadline": "Subscriber/ModifyAckDeadline",
}


def router(methods: Mapping[str, Method]) -> Router:
    """The routes of the service's methods."""
    table = Router(words=words)
    for http_method, route, rpc, field in ROUTES:
        table.add(http_method, route, _handler(methods[rpc], field=field))
    table.add("POST", SUBSCRIPTION, _by_verb(methods))
    return table


def words(_status: int, _why: str) -> Answer:
    """What there is in Google's API and not here; bodies are read by the methods themselves."""
    return Problem("UNIMPLEMENTED", "This stand-in has no such method.").answer()


def _by_verb(methods: Mapping[str, Method]) -> Handler:
    handlers = {verb: _handler(methods[rpc], field="subscription") for verb, rpc in VERBS.items()}

    def handle(call: Call) -> Answer:
        name, _, verb = call.names["subscription"].partition(":")
        if verb not in handlers:
            return Problem("NOT_FOUND", "Method not found.").answer()
        return handlers[verb](replace(call, names={**call.names, "subscription": name}))

    return handle


def _handler(method: Method, *, field: str) -> Handler:
    def handle(call: Call) -> Answer:
        try:
            request = _request(method, call)
            place, _, last = field.rpartition(".")
            setattr(getattr(request, place) if place else request, last, _resource(call.names))
            response = method.act(request)
        except Problem as problem:
            return problem.answer()
        return Answer(body={} if response is None else _shown(response))

    return handle


def _request(method: Method, call: Call) -> Any:
    """The body, or what stands in the query of a call that has none."""
    try:
        sent = json.loads(call.body.decode() or "{}")
        if isinstance(sent, dict):
            asked = {name: call.query[name][-1] for name in _IN_QUERY if name in call.query}
            return method.request.from_json(json.dumps({**sent, **asked}))
    except (ParseError, ValueError, RecursionError) as error:
        raise invalid("Invalid JSON payload received.") from error
    raise invalid("Invalid JSON payload received.")


def _resource(names: Mapping[str, str]) -> str:
    """The full name in the path; a parameter `topic:publish` takes a topic with just that verb."""
    parts = []
    for parameter, value in names.items():
        kind, _, verb = parameter.partition(":")
        identifier, _, found = value.partition(":")
        if found != verb:
            raise Problem("NOT_FOUND", "Method not found.")
        parts.append(f"{kind}s/{identifier}")
    return "/".join(parts)


def _shown(response: Any) -> object:
    text = type(response).to_json(response, use_integers_for_enums=False, always_print_fields_with_no_presence=False)
    shown: object = json.loads(text)
    return shown
