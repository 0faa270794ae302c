"""Git is made to have what AIC runs, over real sockets."""

from emulators.stack.workplace import Workplace
from tests.end_to_end.world import World, is_marked, marked

TITLE, OTHER = "Demographics", "Customer Loyalty"
WORKSPACE = "Market QA"


def asked(world: World, place: Workplace, **parameters: object) -> dict[str, object]:
    """What the log says of the command."""
    message = place.command("force_push", workspace=WORKSPACE, confirm=WORKSPACE, **parameters)
    (line,) = [record for record in world.stack.records("command") if record.get("message_id") == message]
    return line


def ahead(place: Workplace) -> None:
    """Git has a merge that was never deployed, AIC an edit."""
    hook = place.hook
    assert hook is not None
    place.person.ask("PUT", f"/hooks/{hook.number}", merge_requests_events=False)
    place.person.merge(place.propose(OTHER, edit=marked, branch="feature/undeployed"))
    place.workspace().edit(TITLE, salt="typed in AIC")


def test_git_has_what_aic_runs_and_the_commit_says_what_gave_way(world: World, place: Workplace) -> None:
    """Once, and the next deploy finds nothing to write."""
    ahead(place)
    live = place.workspace().pipelines()

    dry = asked(world, place, dry_run=True)
    first = asked(world, place)
    head = place.person.head("develop")
    second = asked(world, place)

    assert (dry["outcome"], first["outcome"], second["outcome"]) == ("planned", "made", "nothing")
    assert (first["pipelines"], first["commit"], place.person.head("develop")) == ([OTHER, TITLE], head, head)
    assert "typed in AIC" in str(place.config(TITLE))
    assert not is_marked(place.config(OTHER))
    notes = [each["note"] for each in place.person.comments(head)]
    assert any(f"- `{OTHER}`: what Git had came with" in each and "`ann`" in each for each in notes)
    place.deploy()
    assert place.workspace().pipelines() == live


def test_a_protected_branch_gets_a_merge_request(world: World, place: Workplace) -> None:
    """One, whatever is sent again; merging it makes Git have what AIC runs."""
    ahead(place)
    before = place.person.head("develop")
    place.person.ask("POST", "/protected_branches", name="develop", push_access_level=0, merge_access_level=40)

    first, second = (asked(world, place) for _ in range(2))

    (proposal,) = place.person.opened(target="develop")
    assert (first["outcome"], second["merge_request"]) == ("proposed", proposal["iid"])
    assert proposal["source_branch"].startswith("aic-force-push/market-qa/")
    assert place.person.head("develop") == before
    place.person.merge(proposal["iid"])
    assert "typed in AIC" in str(place.config(TITLE))


def test_without_the_second_word_nothing_is_done(world: World, place: Workplace) -> None:
    """It is the only workflow that lets AIC win over what was merged."""
    ahead(place)
    before = place.person.head("develop")

    message = place.command("force_push", workspace=WORKSPACE, confirm="yes")

    (line,) = [record for record in world.stack.records("command") if record.get("message_id") == message]
    assert (line["reason"], place.person.head("develop")) == ("confirm-mismatch", before)
