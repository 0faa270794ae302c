"""Web hooks of the GitLab stand-in as tests have them: registered, set off, and told apart."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.contract.gitlab_stand_in import API, StandIn
from tests.contract.receiver import Received, Receiver
from tests.waiting import wait_for

HOOKS = f"{API}/hooks"


def hooked(stand_in: StandIn, receiver: Receiver, **fields: object) -> int:
    """A hook for merge requests, unless the fields say otherwise."""
    body = {"url": receiver.url, "merge_requests_events": True, "push_events": False, **fields}
    answer = stand_in.http.post(HOOKS, json=body)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def opened(stand_in: StandIn, **fields: object) -> Any:
    body = {"source_branch": "feature", "target_branch": "main", "title": "Change a", **fields}
    return stand_in.http.post(f"{API}/merge_requests", json=body).json()


def tip(stand_in: StandIn, branch: str = "main") -> str:
    return str(stand_in.get(f"/repository/branches/{branch}").json()["commit"]["id"])


def kind(one: Received) -> str:
    """The action of a merge request, the branch that was pushed, or else just what kind of event it is."""
    body = one.body
    match body["object_kind"]:
        case "merge_request":
            return str(body["object_attributes"]["action"])
        case "push":
            return str(body["ref"])
        case other:
            return str(other)


def kinds(receiver: Receiver) -> list[str]:
    return [kind(one) for one in list(receiver.got)]


def first(receiver: Receiver, wanted: str) -> Received:
    """The first one of this kind, once it has come."""
    wait_for(lambda: wanted in kinds(receiver))
    return next(one for one in list(receiver.got) if kind(one) == wanted)


def answering(receiver: Receiver, status: int) -> None:
    """From now on."""
    receiver.answer = lambda _one: status


@contextmanager
def held(receiver: Receiver) -> Iterator[None]:
    """Keeps all answers back until the block ends."""
    over, before = threading.Event(), receiver.answer
    receiver.answer = lambda one: before(one) if over.wait(30) else 500
    try:
        yield
    finally:
        over.set()
        receiver.answer = before
