"""What a workspace has beside its pipelines is asked for within that workspace, and written once."""

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.aic.connection import AicConnection
from shared.adapters.aic.desk import AicDesk
from shared.adapters.aic.place import AicPlace
from shared.deadline import Deadline
from shared.domain.errors import ServiceError, Transient
from shared.ports.aic import Desk
from tests.fakes import FakeClock
from tests.hostile_names import NAMES

CALLS: Mapping[str, Callable[[Desk, str], object]] = {
    "drives": lambda desk, _: desk.drives(),
    "datasets": lambda desk, _: desk.datasets(),
    "tables": lambda desk, name: desk.tables(name),
    "copies": lambda desk, name: desk.copies(name),
    "add_copy": lambda desk, name: desk.add_copy(name, name, {"name": name}),
    "delete_copy": lambda desk, name: desk.delete_copy("job", name),
    "delete_copy of": lambda desk, name: desk.delete_copy(name, "copy"),
}
WITHIN = r"https://aic\.example/v1/projects(/p/workspaces(/w/[a-z-]+(/(?!\.{1,2}(/|$))[A-Za-z0-9._-]{1,128}){0,3})?)?"
RUN = 480.0


def desk(answer: Callable[[httpx.Request], httpx.Response], clock: FakeClock | None = None) -> AicDesk:
    """Of a workspace that is found; everything below it is answered so."""

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(("/projects", "/workspaces")):
            return httpx.Response(200, json=[{"$id": "p", "name": "P"}, {"$id": "w", "name": "W"}])
        return answer(request)

    connection = AicConnection("https://aic.example/v1", "key", transport=httpx.MockTransport(handler))
    deadline = Deadline.within(clock or FakeClock(), seconds=RUN)
    return AicDesk(AicPlace(connection, project="P", workspace="W", deadline=deadline))


@settings(deadline=None)
@given(st.sampled_from(NAMES) | st.text(max_size=20), st.sampled_from(sorted(CALLS)))
def test_sec_14_no_id_leads_out_of_the_workspace(name: str, call: str) -> None:
    """It is a plain one, or refused before anything is sent."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, content=json.dumps([{"$id": "1", "name": name}]))

    with suppress(ServiceError):
        CALLS[call](desk(answer), name)

    assert all(re.fullmatch(WITHIN, url) for url in asked)


@pytest.mark.parametrize("status", [500, 503, 429])
@pytest.mark.parametrize("call", CALLS)
def test_sec_30_a_branch_is_made_once_and_everything_else_at_most_three_times(call: str, status: int) -> None:
    """However long the server wants us to wait, it ends with its run."""
    methods: list[str] = []
    clock = FakeClock()

    def answer(request: httpx.Request) -> httpx.Response:
        methods.append(request.method)
        return httpx.Response(status, headers={"Retry-After": "86400"})

    with pytest.raises(Transient):
        CALLS[call](desk(answer, clock), "job")

    assert methods == ["PUT"] if call == "add_copy" else 1 <= len(methods) <= 3
    assert clock.monotonic() <= RUN


def test_sec_30_no_call_of_the_desk_is_forgotten() -> None:
    """Each stands in the table above."""
    assert [name for name in vars(Desk) if not name.startswith("_") and name not in CALLS] == []
