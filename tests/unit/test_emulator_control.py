"""The control plane and the way of a request, in process."""

import json
import time
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from emulators.control import Control, Dropped
from emulators.routing import Answer, Call, Router
from emulators.server import application
from tests.waiting import wait_for


class Notebook:
    """A smallest stand-in: it keeps the texts that are posted to it."""

    def __init__(self) -> None:
        self.notes: list[object] = []
        router = Router()
        router.add("GET", "/notes/:id", lambda call: Answer(body={"id": call.names["id"], "text": "x" * 40}))
        router.add("POST", "/notes", self._post)
        control = Control(
            settings={"mood": ("calm", "cross"), "limit": 3, "loud": False, "key": ""},
            reset=self.notes.clear,
            seed=self._seed,
            dump=lambda _call: Answer(body={"notes": self.notes}),
        )
        self.client = Client(application(router, control, prefix="/api"))

    def _post(self, call: Call) -> Answer:
        self.notes.append(call.json())
        return Answer(201, {"ok": True})

    def _seed(self, call: Call) -> Answer:
        self.notes.append(call.json())
        return Answer(body={})

    def admin(self, name: str, *, method: str = "GET", body: object = None) -> TestResponse:
        return self.client.open(f"/__admin__/{name}", method=method, json=body)

    def told(self, name: str, *, method: str = "GET", body: object = None) -> Any:
        """The JSON of a call's answer."""
        return self.admin(name, method=method, body=body).json

    def faults(self, *rules: dict[str, object]) -> None:
        assert self.admin("faults", method="PUT", body=list(rules)).status_code == 200


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


def test_the_calls_that_a_stand_in_claims_can_be_listed(notebook: Notebook) -> None:
    """Drivers compare them with those that were made, which are counted under the same words."""
    notebook.client.get("/api/notes/3")

    assert notebook.told("routes") == ["GET /notes/:id", "POST /notes"]
    assert notebook.told("counters")["by_route"] == {"GET /notes/:id": 1}


def test_health_is_fine_from_the_start(notebook: Notebook) -> None:
    """What a driver polls."""
    assert notebook.told("health") == {"ok": True}


@pytest.mark.parametrize("kind", ["500", "502", "503", "429", "401", "403"])
def test_a_status_fault_answers_that_status_without_doing_anything(notebook: Notebook, kind: str) -> None:
    """Before is the default phase."""
    notebook.faults({"kind": kind})
    answer = notebook.client.post("/api/notes", json=1)
    assert (answer.status_code, notebook.notes) == (int(kind), [])
    assert kind in answer.text


@pytest.mark.parametrize("kind", ["500", "empty", "malformed"])
def test_phase_after_does_the_work_and_loses_the_answer(notebook: Notebook, kind: str) -> None:
    """The case in which a client must read to learn."""
    notebook.faults({"kind": kind, "phase": "after"})
    answer = notebook.client.post("/api/notes", json=1)
    assert (notebook.notes, b'{"ok":true}' in answer.data) == ([1], False)


def test_empty_is_a_200_without_a_body(notebook: Notebook) -> None:
    """What AIC does under load."""
    notebook.faults({"kind": "empty"})
    answer = notebook.client.get("/api/notes/1")
    assert (answer.status_code, answer.data, answer.content_type) == (200, b"", "application/json")


@pytest.mark.parametrize("phase", ["before", "after"])
def test_malformed_is_a_200_whose_json_is_cut_off(notebook: Notebook, phase: str) -> None:
    """After: the true answer's first half."""
    notebook.faults({"kind": "malformed", "phase": phase})
    answer = notebook.client.get("/api/notes/1")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.data)


@pytest.mark.parametrize(("phase", "notes"), [("before", []), ("after", [1])])
def test_drop_gives_no_answer(notebook: Notebook, phase: str, notes: list[int]) -> None:
    """It is counted with the status 0."""
    notebook.faults({"kind": "drop", "phase": phase})
    with pytest.raises(Dropped):
        notebook.client.post("/api/notes", json=1)
    assert notebook.notes == notes
    assert notebook.told("counters")["by_status"] == {"0": 1}


@pytest.mark.parametrize("phase", ["before", "after"])
def test_slow_does_the_work_and_answers(notebook: Notebook, phase: str) -> None:
    """Only later; the log knows the fault."""
    notebook.faults({"kind": "slow", "phase": phase, "delay_ms": 1})
    assert notebook.client.post("/api/notes", json=1).status_code == 201
    assert (notebook.notes, notebook.told("log")[0]["fault"]) == ([1], "slow")


def test_a_late_write_happens_after_the_connection_is_gone(notebook: Notebook) -> None:
    """Not before, and `late_waiting` says when none is left."""
    notebook.faults({"kind": "late", "delay_ms": 30, "times": 1})
    with pytest.raises(Dropped):
        notebook.client.post("/api/notes", json=1)
    wait_for(lambda: notebook.told("counters")["late_waiting"] == 0)
    assert notebook.notes == [1]


def test_a_late_write_is_not_there_yet_and_never_comes_after_a_reset(notebook: Notebook) -> None:
    """A later one that does come shows that its time has passed."""
    for note, delay_ms in (("gone", 40), ("later", 80)):
        notebook.admin("reset", method="POST")
        notebook.faults({"kind": "late", "delay_ms": delay_ms})
        with pytest.raises(Dropped):
            notebook.client.post("/api/notes", json=note)
    wait_for(lambda: notebook.told("counters")["late_waiting"] == 0)
    assert notebook.notes == ["later"]


def test_retry_after_goes_into_the_header(notebook: Notebook) -> None:
    """Only where the rule names it."""
    notebook.faults({"kind": 429, "retry_after": 7, "times": 1}, {"kind": 429})
    answers = [notebook.client.get("/api/notes/1") for _ in range(2)]
    assert [answer.headers.get("Retry-After") for answer in answers] == ["7", None]


def test_unknown_routes_are_faulted_and_counted_too(notebook: Notebook) -> None:
    """Every API request takes the same way."""
    notebook.faults({"kind": "503", "times": 1})
    assert [notebook.client.get("/api/nope").status_code for _ in range(2)] == [503, 404]
    assert notebook.told("counters")["by_route"] == {"GET unknown": 2}


def test_the_control_plane_is_never_faulted_delayed_or_counted(notebook: Notebook) -> None:
    """A driver can always get through."""
    notebook.faults({"kind": "500"})
    for _ in range(3):
        assert notebook.admin("settings").status_code == 200
    assert notebook.told("counters")["requests"] == 0


def test_faults_can_be_read_back_put_again_and_deleted(notebook: Notebook) -> None:
    """What is shown is what may be put."""
    notebook.faults({"kind": "502", "route": "notes", "skip": 1})
    shown = notebook.told("faults")
    assert shown[0]["kind"] == "502"
    notebook.faults(*shown)
    assert notebook.told("faults") == shown
    assert notebook.told("faults", method="DELETE") == []
    assert notebook.client.get("/api/notes/1").status_code == 200


def test_wrong_faults_change_nothing(notebook: Notebook) -> None:
    """The whole list is taken or none of it."""
    notebook.faults({"kind": "502"})
    wrong = notebook.admin("faults", method="PUT", body=[{"kind": "500"}, {"kind": "odd"}])
    assert (wrong.status_code, wrong.json) == (400, {"error": "unknown kind 'odd'"})
    assert notebook.admin("faults", method="PUT", body={}).status_code == 400
    assert [rule["kind"] for rule in notebook.told("faults")] == ["502"]


def test_the_log_has_one_entry_a_request(notebook: Notebook) -> None:
    """All the fields that drivers read, newest last."""
    notebook.client.post("/api/notes?a=1&b=%20", json="ü")
    notebook.faults({"kind": "500"})
    notebook.client.get("/api/notes/%C3%A4%2Fb")
    first, second = notebook.told("log")
    assert {key: first[key] for key in ("seq", "method", "route", "path", "query", "status", "fault")} == {
        "seq": 1, "method": "POST", "route": "/notes", "path": "/api/notes", "query": "a=1&b=%20", "status": 201,
        "fault": None,
    }  # fmt: skip
    assert (first["bytes_in"], first["bytes_out"]) == (len(b'"\\u00fc"'), len(b'{"ok":true}'))
    assert first["busy_ms"] >= 0
    assert first["time"] <= second["time"]
    assert (second["route"], second["path"], second["fault"]) == ("/notes/:id", "/api/notes/ä/b", "500")


def test_the_log_can_be_read_on_from_a_sequence_number(notebook: Notebook) -> None:
    """Numbers go on after the log was cleared."""
    for _ in range(3):
        notebook.client.get("/api/notes/1")
    assert [entry["seq"] for entry in notebook.told("log?since=2")] == [3]
    notebook.admin("counters", method="DELETE")
    notebook.client.get("/api/notes/1")
    assert [entry["seq"] for entry in notebook.told("log?since=3")] == [4]
    assert notebook.admin("log?since=x").status_code == 400


def test_counters_add_up_and_can_be_cleared(notebook: Notebook) -> None:
    """Requests by route and status, bytes both ways, faults."""
    notebook.faults({"kind": "empty", "times": 1})
    notebook.client.get("/api/notes/1")
    notebook.client.get("/api/notes/2")
    notebook.client.post("/api/notes", data=b'"abc"')
    assert notebook.told("counters") == {
        "requests": 3,
        "by_route": {"GET /notes/:id": 2, "POST /notes": 1},
        "by_status": {"200": 2, "201": 1},
        "peak_in_flight": 1,
        "bytes_in": 5,
        "bytes_out": sum(entry["bytes_out"] for entry in notebook.told("log")),
        "faults_fired": 1,
        "late_waiting": 0,
    }
    assert notebook.told("counters", method="DELETE")["requests"] == 0
    assert notebook.told("log") == []


def test_settings_change_one_by_one(notebook: Notebook) -> None:
    """What isn't named stays; a name from a newer driver is kept."""
    changed = notebook.told("settings", method="PUT", body={"limit": 4.5, "from_the_future": [1]})
    assert changed == notebook.told("settings")
    assert changed == {
        "latency_ms": 0, "jitter_ms": 0, "rng_seed": 0, "mood": "calm", "limit": 4.5, "loud": False, "key": "",
        "from_the_future": [1],
    }  # fmt: skip


@pytest.mark.parametrize("wrong", [{"limit": "4"}, {"limit": True}, {"loud": 1}, {"mood": "odd"}, {"key": 5}, []])
def test_settings_of_another_kind_are_refused_as_a_whole(notebook: Notebook, wrong: object) -> None:
    """Nothing of the request is taken."""
    body = {"latency_ms": 5, **wrong} if isinstance(wrong, dict) else wrong
    assert notebook.admin("settings", method="PUT", body=body).status_code == 400
    assert notebook.told("settings")["latency_ms"] == 0


def test_the_same_rng_seed_gives_the_same_faults(notebook: Notebook) -> None:
    """A run that failed can be run again, and a reset starts from the seed 0."""

    def statuses(seed: int | None) -> list[int]:
        if seed is None:
            notebook.admin("reset", method="POST")
        else:
            notebook.admin("settings", method="PUT", body={"rng_seed": seed})
        notebook.faults({"kind": "500", "probability": 0.5})
        return [notebook.client.get("/api/notes/1").status_code for _ in range(40)]

    first = statuses(5)
    assert set(first) == {200, 500}
    assert (statuses(5), statuses(0)) == (first, statuses(None))


def test_latency_delays_every_request(notebook: Notebook) -> None:
    """At least by what was ordered; jitter only adds."""
    notebook.admin("settings", method="PUT", body={"latency_ms": 20, "jitter_ms": 5})
    started = time.perf_counter()
    assert notebook.client.get("/api/notes/1").status_code == 200
    assert time.perf_counter() - started >= 0.02


def test_reset_drops_state_faults_counters_log_and_settings(notebook: Notebook) -> None:
    """As if started anew."""
    notebook.faults({"kind": "500", "skip": 1})
    notebook.admin("settings", method="PUT", body={"mood": "cross"})
    notebook.client.post("/api/notes", json=1)
    assert notebook.told("reset", method="POST") == {"ok": True}
    assert notebook.told("dump") == {"notes": []}
    assert notebook.told("faults") == notebook.told("log") == []
    assert notebook.told("counters")["requests"] == 0
    assert notebook.told("settings")["mood"] == "calm"


def test_seed_and_dump_are_the_stand_ins_own(notebook: Notebook) -> None:
    """And an unknown call is a 404."""
    assert notebook.admin("seed", method="POST", body={"a": 1}).status_code == 200
    assert notebook.told("dump") == {"notes": [{"a": 1}]}
    assert notebook.admin("nope").status_code == 404
    assert notebook.admin("health", method="DELETE").status_code == 405


def test_what_is_below_no_prefix_is_404_and_uncounted(notebook: Notebook) -> None:
    """Also what merely begins like the prefix."""
    assert [notebook.client.get(path).status_code for path in ("/", "/apiary/notes/1", "/notes/1")] == [404] * 3
    assert notebook.told("counters")["requests"] == 0
