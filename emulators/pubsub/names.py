"""Resource names: `projects/P/topics/T` and `projects/P/subscriptions/S`, and the topics of the service."""

import re

from emulators.pubsub.problem import invalid

QUEUES = ("aic-deploy", "aic-plan", "aic-snapshot", "aic-command")
TOPICS = (*QUEUES, *(f"{queue}-dead-letter" for queue in QUEUES))

# https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names
IDENTIFIER = re.compile(r"(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{2,254}")
PROJECT = re.compile(r"[a-z0-9][a-z0-9-]{0,61}[a-z0-9]")


def project(name: str) -> str:
    """`projects/P` → `P`."""
    collection, _, identifier = name.partition("/")
    if collection != "projects" or not PROJECT.fullmatch(identifier):
        raise invalid(f"Invalid [projects] name: (name={name})")
    return identifier


def topic(name: str) -> str:
    """The name itself, once it is known to be one of a topic."""
    return _checked(name, kind="topics")


def subscription(name: str) -> str:
    """The name itself, once it is known to be one of a subscription."""
    return _checked(name, kind="subscriptions")


def owner(name: str) -> str:
    """`projects/P/topics/T` → `P`."""
    return name.split("/")[1]


def identifier(name: str) -> str:
    """`projects/P/topics/T` → `T`."""
    return name.rpartition("/")[2]


def _checked(name: str, *, kind: str) -> str:
    parts = name.split("/")
    if len(parts) != 4 or parts[2] != kind or not IDENTIFIER.fullmatch(parts[3]):
        raise invalid(f"Invalid [{kind}] name: (name={name})")
    project("/".join(parts[:2]))
    return name
