"""A change is taken back, a workspace restored, over real sockets; only the systems and the logs are looked at."""

from emulators.stack.workplace import Workplace
from emulators.tour.facts import status
from tests.end_to_end.world import World, is_marked, marked

TITLE, OTHER = "Demographics", "Customer Loyalty"
WORKSPACE = "Market QA"


def lines(world: World, message: str) -> list[dict[str, object]]:
    """What the log of the function says of the message."""
    return [record for record in world.stack.records("command") if record.get("message_id") == message]


def bad_merge(place: Workplace) -> int:
    """A merge that nobody wants any more; its number."""
    number = place.propose(TITLE, edit=marked, branch="feature/bad")
    place.merge(number)
    return number


def test_a_bad_merge_is_taken_back_by_merging_what_is_proposed(world: World, place: Workplace) -> None:
    """Exactly its pipeline, config and code; both merge requests say so."""
    before = place.workspace().pipelines()
    bad = bad_merge(place)
    place.merge(place.propose(OTHER, edit=marked, branch="feature/good"))

    (line,) = lines(world, place.command("rollback", branch="develop", to="1", pipelines=[TITLE], confirm=WORKSPACE))

    (proposal,) = place.person.opened(target="develop")
    assert (line["message"], line["merge_request"], line["by"]) == ("rollback: proposed", proposal["iid"], "ann")
    assert TITLE in proposal["description"]
    assert any(f"by !{proposal['iid']}" in note["body"] for note in place.person.notes(bad))
    place.merge(proposal["iid"])
    after = place.workspace().pipelines()
    assert after[TITLE] == before[TITLE]
    assert is_marked(after[OTHER])
    assert status(place, place.person.head("develop"))["status"] == "success"


def test_what_is_being_taken_back_is_held_until_that_is_closed(world: World, place: Workplace) -> None:
    """However often a deploy is asked for; then it goes forward by itself."""
    hook = place.hook
    assert hook is not None
    place.person.ask("PUT", f"/hooks/{hook.number}", merge_requests_events=False)
    place.person.merge(place.propose(TITLE, OTHER, edit=marked, branch="feature/bad"))
    place.person.ask("PUT", f"/hooks/{hook.number}", merge_requests_events=True)
    place.command("rollback", branch="develop", pipelines=[TITLE], confirm=WORKSPACE)
    (proposal,) = place.person.opened(target="develop")

    place.deploy()
    place.deploy(full=True)
    place.command("sweep")

    held = place.workspace().pipelines()
    assert (is_marked(held[TITLE]), is_marked(held[OTHER])) == (False, True)
    place.person.close(proposal["iid"])
    place.await_hook(proposal["iid"], action="close")
    assert is_marked(place.workspace().pipelines()[TITLE])


def test_the_same_question_twice_leads_to_one_merge_request(world: World, place: Workplace) -> None:
    """The second answer is the first one."""
    bad_merge(place)
    asked = {"branch": "develop", "confirm": WORKSPACE}

    (first,) = lines(world, place.command("rollback", **asked))
    (second,) = lines(world, place.command("rollback", **asked))

    assert first["merge_request"] == second["merge_request"]
    assert len(place.person.opened(target="develop")) == 1


def test_a_question_that_can_not_be_granted_is_answered_on_the_newest_commit(world: World, place: Workplace) -> None:
    """And in the log, as an error."""
    (line,) = lines(world, place.command("rollback", branch="develop", to="99", confirm=WORKSPACE))

    assert (line["severity"], line["reason"]) == ("ERROR", "version-unknown")
    comments = place.person.comments(place.person.head("develop"))
    assert any("No rollback" in each["note"] for each in comments)


def test_what_is_taken_back_now_is_live_at_once_and_stays_so(world: World, place: Workplace) -> None:
    """Whatever is sent again while the merge request is open, and when it is merged."""
    before = place.workspace().pipelines()
    bad_merge(place)
    old = place.queue.messages("aic-deploy")[-1]

    (line,) = lines(world, place.command("rollback", branch="develop", now=True, confirm=WORKSPACE))

    at_once = place.workspace().pipelines()
    place.queue.publish("aic-deploy", old["data"], attributes=old["attributes"])
    place.deploy()
    place.command("sweep")
    place.snapshot()
    held = place.workspace().pipelines()
    (proposal,) = place.person.opened(target="develop")
    place.merge(proposal["iid"])
    assert len(line["deploys_asked_for"]) == 1  # type: ignore[arg-type]
    assert at_once == held == place.workspace().pipelines() == before
    assert status(place, place.person.head("develop"))["status"] == "success"


def test_a_restore_puts_live_what_was_live(world: World, place: Workplace) -> None:
    """Git stays as it is: the answer is a note on its newest commit, and the next deploy goes forward."""
    before = place.workspace().pipelines()
    bad_merge(place)
    head = place.person.head("develop")
    wanted = {"workspace": WORKSPACE, "from": "previous", "confirm": WORKSPACE}

    (line,) = lines(world, place.command("restore", **wanted))

    assert line["message"] == "restore: asked"
    assert place.workspace().pipelines() == before
    assert place.person.head("develop") == head
    assert any(WORKSPACE in each["note"] for each in place.person.comments(head))
    place.deploy(full=True)
    assert is_marked(place.workspace().pipelines()[TITLE])


def test_a_workspace_is_restored_from_a_backup(world: World) -> None:
    """Byte for byte what was saved; an edit made since is kept in a merge request first."""
    place = world.place(saved=True)
    before = place.workspace().pipelines()
    place.command("backup", workspace=WORKSPACE)
    bad_merge(place)
    place.workspace().edit(OTHER, salt="typed since")
    drive = place.site.drives[1]

    (line,) = lines(
        world,
        place.command("restore", workspace=WORKSPACE, **{"from": f"backup:{drive}:latest"}, confirm=WORKSPACE),
    )

    assert str(line["source"]).startswith(f"backup:{drive}:")
    assert place.workspace().pipelines() == before
    assert [each["source_branch"].startswith("aic-sync/") for each in place.person.opened(target="develop")] == [True]
