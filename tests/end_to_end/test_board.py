"""A board on the drives and the way to it in the mail of a release, over real sockets."""

import base64
import json
from typing import Any

import pytest

from emulators.stack import traffic, wire
from emulators.stack.bucket import Bucket
from emulators.stack.site import BUCKET
from emulators.stack.workplace import Workplace
from tests.end_to_end.world import World, marked

WORKSPACE = "Market QA"
WAITS, EDITED, SAME = "Demographics", "Customer Loyalty", "ford rdd - v2 QA/Test"
ENDING = "aic-gitops/market-qa/board/"


@pytest.fixture
def place(world: World) -> Workplace:
    """A project with a drive in AIC and one in a bucket."""
    return world.place(saved=True)


def asked(world: World, place: Workplace, **parameters: object) -> dict[str, object]:
    """What the log says of the command."""
    message = place.command("board", **parameters)
    (line,) = [record for record in world.stack.records("command") if record.get("message_id") == message]
    return line


def objects(world: World, place: Workplace) -> dict[str, dict[str, Any]]:
    """What there is of boards in the bucket, by the names in their folder."""
    shown = wire.ask("GET", f"{world.stack.storage_url}/__admin__/dump")["buckets"][BUCKET]["objects"]
    mine = (each for each in shown if each["name"].startswith(f"{place.site.aic_project}/") and ENDING in each["name"])
    return {each["name"].partition(ENDING)[2]: each for each in mine}


def test_a_board_shows_what_waits_and_what_was_edited(world: World, place: Workplace) -> None:
    """As a page and as JSON, on every drive; whoever asks is answered on the branch."""
    hook = place.hook
    assert hook is not None
    place.person.ask("PUT", f"/hooks/{hook.number}", merge_requests_events=False)
    place.snapshot()
    place.command("drill", workspace=WORKSPACE)
    place.workspace().edit(EDITED, salt="by hand")
    waiting = place.person.commit("develop", place.files(marked(place.config(WAITS))), message="Straight onto develop")

    line = asked(world, place)

    found = objects(world, place)
    cells = _checked(json.loads(found["board.json"]["text"]), waiting=waiting)
    assert found["board.html"]["content_type"] == "text/html; charset=utf-8"
    assert all(f"<bdi>{title}</bdi>" in found["board.html"]["text"] for title in cells)
    assert sorted(_drive(place)) == sorted(found)
    assert (line["message"], line["severity"], line["by"]) == ("board: done", "INFO", "ann")
    assert line["environments"][WORKSPACE] == {"drift": 1, "waiting": 1, "clean": 1, "not_promoted": 0}  # type: ignore[index]
    (note,) = [each["note"] for each in place.person.comments(waiting) if "aic-board" in each["note"]]
    assert f"{ENDING}board.html" in note


def _checked(data: dict[str, Any], *, waiting: str) -> dict[str, dict[str, Any]]:
    """The cells of the only environment, by title."""
    (environment,) = data["environments"]
    cells = {each["title"]: each["environments"][0] for each in data["pipelines"]}
    assert {title: cell["state"] for title, cell in cells.items()} == {WAITS: "waiting", EDITED: "drift", SAME: "clean"}
    assert (cells[WAITS]["waiting"], cells[WAITS]["in_backup"]) == (waiting, True)
    assert (environment["branch"], environment["head"], environment["role"]) == ("develop", waiting, "staging")
    assert environment["deployed"]["commit"] == cells[SAME]["commit"] != waiting
    assert environment["backup"] <= environment["proven_restore"]
    assert [each["proven_restore"] is None for each in environment["drives"]] == [True, False]
    return cells


def _drive(place: Workplace) -> list[str]:
    """The names of the files that the drive in AIC has of boards."""
    dumped = wire.ask("GET", f"{place.aic_url}/__admin__/dump")["workspaces"][f"{place.site.aic_project}/{WORKSPACE}"]
    files = (file for drive in dumped["drives"].values() for file in drive["files"])
    paths = (f"{file['path']}/{file['name']}" for file in files)
    return [path.partition(ENDING)[2] for path in paths if ENDING in path]


def test_a_dry_run_writes_nothing_but_its_answer(world: World, place: Workplace) -> None:
    """Neither AIC nor a drive has anything new."""
    traffic.restart(world.stack.aic_url)

    line = asked(world, place, dry_run=True)

    assert (line["message"], objects(world, place), line["pages"]) == ("board: planned", {}, {})
    assert traffic.writes(world.stack.aic_url) == 0


def test_mistakes_are_named(world: World, place: Workplace) -> None:
    """And a project without drives."""
    message = place.command("board", workspace=WORKSPACE)
    (line,) = [record for record in world.stack.records("command") if record.get("message_id") == message]

    assert (line["reason"], "(known: project, dry_run)" in str(line["detail"])) == ("message-invalid", True)
    bare = world.place()
    refused = asked(world, bare)
    assert (refused["severity"], refused["reason"]) == ("ERROR", "drive-unknown")
    assert asked(world, bare, dry_run=True)["message"] == "board: planned"


def test_a_release_is_told_with_the_way_to_the_board_once_there_is_one(world: World) -> None:
    """By mail and in Slack; the board is drawn anew then."""
    place = world.audience()
    place.merge(place.propose(WAITS, edit=marked, branch="feature/before"))
    place.queue.settle()
    asked(world, place)
    place.merge(place.propose(EDITED, edit=marked, branch="feature/after"))
    place.queue.settle()

    page = f"{place.site.aic_project}/{place.site.path}/market-qa/{ENDING}board.html"
    address = f"https://storage.cloud.google.com/{BUCKET}/{page}"
    assert page in Bucket(world.stack.storage_url, BUCKET).names()
    parts = [[each for each in letter.walk() if not each.is_multipart()] for letter in world.letters(place)]
    told = [[address in str(each.get_content()) for each in both] for both in parts]
    assert told == [[False, False], [True, True]]
    assert [address in str(post["blocks"]) for post in world.posts(place)] == [False, True]
    data = json.loads(objects(world, place)["board.json"]["text"])
    assert data["environments"][0]["deployed"]["commit"] == place.person.head("develop")


def test_a_message_that_is_delivered_twice_draws_one_board(world: World, place: Workplace) -> None:
    """The second delivery finds what the first one has written, and has nothing to add."""
    said = {"workflow": "board", "parameters": {"project": place.site.path}}
    message = {
        "data": base64.b64encode(json.dumps(said).encode()).decode(),
        "messageId": "the-same",
        "publishTime": "2026-11-29T02:00:00Z",
        "attributes": {"origin": "scheduler"},
    }
    found = []
    for attempt in (1, 2):
        answer = wire.send("POST", world.stack.urls["command"], json={"message": message, "deliveryAttempt": attempt})
        found.append((answer.status_code, objects(world, place)))

    assert [status for status, _ in found] == [204, 204]
    assert [len(names) for _, names in found] == [4, 4]
    assert found[0] == found[1]
    notes = [each["note"] for each in place.person.comments(place.person.head("develop"))]
    assert [note for note in notes if "aic-board" in note] == []
