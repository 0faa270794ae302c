"""The GitLab adapter upon a server that answers as it is told, or upon the stand-in."""

import json
from contextlib import AbstractContextManager

from shared.adapters.gitlab.connection import GitlabConnection
from shared.adapters.gitlab.repository import GitlabRepository
from shared.deadline import Deadline
from shared.ports.gitlab import Repository
from tests.contract.gitlab_stand_in import PATH, StandIn
from tests.fakes import FakeClock
from tests.scripted import Asked, Scripted, Told, json_answer, scripted

SHA = "a" * 40
OTHER = "b" * 40


def told(*bodies: object, status: int = 200) -> AbstractContextManager[Scripted]:
    """A server that gives these answers in turn and the last one for ever: JSON values, or whole answers."""
    left = list(bodies)

    def answer(_asked: Asked) -> Told:
        body = left.pop(0) if len(left) > 1 else left[0]
        return body if isinstance(body, Told) else json_answer(json.dumps(body), status)

    return scripted(answer)


def refused(status: int, message: object) -> Told:
    """An answer in the usual shape of GitLab's errors."""
    return json_answer(json.dumps({"message": message}), status)


def opened_upon(stand_in: StandIn, *, clock: FakeClock | None = None) -> Repository:
    """The seeded project of the stand-in, as the service sees it."""
    deadline = Deadline.within(clock or FakeClock(), seconds=300)
    return GitlabRepository(GitlabConnection(stand_in.url, "service"), PATH, deadline=deadline)


def opened(server: Scripted, *, clock: FakeClock | None = None, seconds: float = 300) -> Repository:
    """The repository `a/b` of that server."""
    deadline = Deadline.within(clock or FakeClock(), seconds=seconds)
    return GitlabRepository(GitlabConnection(server.url, "t"), "a/b", deadline=deadline)


def methods(server: Scripted) -> list[str]:
    """What was asked so far."""
    return [asked.method for asked in server.asked]
