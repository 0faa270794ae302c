"""SEC-10: an outside system that sends back what it was sent gets it into no error and no log."""

import base64
import json
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from emulators.aic.process import PREFIX
from shared import logs, runtime
from shared.adapters.aic.connection import AicConnection
from shared.adapters.aic.place import AicPlace
from shared.adapters.aic.workspace import AicWorkspace
from shared.deadline import Deadline
from shared.domain import content
from shared.domain.delivery import Delivery
from shared.domain.errors import ServiceError
from shared.domain.told import Told as Line
from tests.contract.aic_stand_in import furnished
from tests.fake_workspace import stored
from tests.fakes import FakeClock
from tests.scripted import Asked, Told, scripted

CANARY = "canary-of-a-pipeline-88ff"
CONFIG = content.of_file(stored(CANARY).encode())


@contextmanager
def parroting(status: int) -> Iterator[AicWorkspace]:
    """A workspace of an AIC that answers each write with its own body, and that status."""
    with furnished() as real, httpx.Client(base_url=real.http.base_url, trust_env=False) as http:

        def answers(asked: Asked) -> Told:
            if asked.method != "GET":
                return Told(status, asked.body, {"Content-Type": "application/json"})
            found = http.get(asked.target, headers=dict(asked.headers))
            return Told(found.status_code, found.content, {"Content-Type": "application/json"})

        with scripted(answers) as server:
            connection = AicConnection(server.url + PREFIX, "key")
            deadline = Deadline.within(FakeClock(), seconds=300)
            yield AicWorkspace(AicPlace(connection, project="pin", workspace="QA", deadline=deadline))
            connection.close()


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 409, 413, 422, 429, 500, 502, 503])
def test_sec_10_what_was_written_to_aic_is_quoted_nowhere(status: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither in the error, nor in what is printed of it, nor in the line of the log."""
    logs.configure("DEBUG")
    caught: list[ServiceError] = []

    def write(_: Delivery) -> Line:
        try:
            workspace.create("Demographics", CONFIG)
        except ServiceError as error:
            caught.append(error)
            raise
        return Line("written", {})

    body = json.dumps({"message": {"data": base64.b64encode(b"{}").decode(), "messageId": "1"}}).encode()
    with parroting(status) as workspace:
        runtime.answer_message(body, write, kind="deploy", clock=FakeClock())

    (error,) = caught
    printed = "".join(traceback.format_exception(error))
    said = capsys.readouterr()
    assert error.reason in said.out
    assert CANARY not in f"{error}{error.detail}{printed}{said.out}{said.err}"
