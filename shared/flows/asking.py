"""Asking other functions of the service to do something, by a message each."""

import json

from ..deadline import Deadline
from ..domain import posting
from ..domain.messages.deploy import DeployRequest
from ..domain.messages.gating import AfterDeploy
from ..domain.messages.looking import Board
from ..domain.messages.plan import PlanRequest
from ..domain.messages.promotion import Promote
from ..domain.posting import Posting
from ..ports import Publisher
from .outside import Outside

SECONDS = 10.0
"""For one message; the publisher tries again within them."""


def for_deploy(request: DeployRequest, *, origin: str, request_id: str, outside: Outside) -> str:
    """The id of the message. `origin` says who asks: one of the service's own, or else a person does."""
    attributes = {
        "request_id": request_id,
        "origin": origin,
        "project": request.project,
        "branch": posting.attribute(request.branch),
    }
    key = posting.ordering_key(request.project, request.branch)
    letter = Posting(posting.DEPLOY, request.encode(), key, attributes)
    return post(letter, publisher=outside.publisher, deadline=outside.deadline)


def for_plan(request: PlanRequest, *, origin: str, request_id: str, outside: Outside) -> str:
    """The same of a merge request that is to be looked at."""
    place, attributes = f"!{request.merge_request}", {"request_id": request_id, "origin": origin}
    key = posting.ordering_key(request.project, place)
    letter = Posting(posting.PLAN, request.encode(), key, {**attributes, "project": request.project})
    return post(letter, publisher=outside.publisher, deadline=outside.deadline)


def for_promotion(request: Promote, *, origin: str, request_id: str, outside: Outside) -> str:
    """The same of pipelines that are to be brought from one branch to another."""
    return _command("promote", request, request.to, origin=origin, request_id=request_id, outside=outside)


def for_tests(request: AfterDeploy, *, origin: str, request_id: str, outside: Outside) -> str:
    """The same of the tests that follow a deploy."""
    return _command("after_deploy", request, request.branch, origin=origin, request_id=request_id, outside=outside)


def for_board(request: Board, *, origin: str, request_id: str, outside: Outside) -> str:
    """The same of a project's board."""
    return _command("board", request, "board", origin=origin, request_id=request_id, outside=outside)


def _command(
    workflow: str, request: Promote | AfterDeploy | Board, place: str, *, origin: str, request_id: str, outside: Outside
) -> str:
    message = {"workflow": workflow, "parameters": json.loads(request.encode())}
    project = request.project or ""
    attributes = {"request_id": request_id, "origin": origin, "project": project}
    key = posting.ordering_key(project, place)
    letter = Posting(posting.COMMAND, posting.encode(message), key, attributes)
    return post(letter, publisher=outside.publisher, deadline=outside.deadline)


def post(letter: Posting, *, publisher: Publisher, deadline: Deadline) -> str:
    """The id of the message; raises what the publisher raises, Transient `deadline` when no time is left."""
    deadline.check()
    return publisher.publish(
        letter.topic,
        letter.data,
        ordering_key=letter.ordering_key,
        attributes=letter.attributes,
        timeout=min(SECONDS, deadline.left()),
    )
