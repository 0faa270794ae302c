"""Pipelines go from development to production by messages alone, over real sockets; systems and logs are looked at."""

from emulators.stack.aic import Config
from emulators.stack.workplace import Workplace
from tests.end_to_end.world import World, is_marked, marked

PICKED, LEFT = "Demographics", "Customer Loyalty"
PRODUCTION, STAGING, DEVELOPMENT = "Market", "Market QA", "Market DEV"


def line(world: World, message: str) -> dict[str, object]:
    """What the log of the function says of the message."""
    (found,) = [record for record in world.stack.records("command") if record.get("message_id") == message]
    return found


def edited_by_hand(place: Workplace, branch: str, *titles: str) -> None:
    """Somebody saves the pipelines in AIC's editor."""
    for title in titles:
        place.workspace(branch).edit(title, salt=f"edit of {title} in {branch}")


def same(place: Workplace, title: str, *branches: str) -> bool:
    """Whether Git has the same pipeline on all of these branches."""
    first, *others = (place.config(title, ref=branch) for branch in branches)
    return all(_deployable(each) == _deployable(first) for each in others)


def _deployable(config: Config) -> object:
    return [config[part] for part in ("stages", "variables", "sourceStage", "sinkStage")]


def test_a_release_brings_exactly_the_chosen_pipelines_to_production(world: World) -> None:
    """Branch and merge request by one message; what else waits on staging stays there."""
    place = world.market()
    place.merge(place.propose(PICKED, LEFT, edit=marked, branch="feature/both"))
    asked = {"from": "staging", "to": "production", "ticket": "PIN-12", "pipelines": [PICKED]}

    first, second = (line(world, place.command("promote", **asked)) for _ in range(2))

    (proposal,) = place.person.opened(target="main")
    assert (first["message"], first["merge_request"]) == ("promote: proposed", proposal["iid"])
    assert second["merge_request"] == proposal["iid"]
    assert proposal["source_branch"] == "release/pin-12"
    place.merge(proposal["iid"])
    live = place.workspace("main").pipelines()
    assert (is_marked(live[PICKED]), is_marked(live[LEFT])) == (True, False)
    assert len(live) == len(place.workspace("develop").pipelines())


def test_a_branch_and_its_merge_request_can_be_asked_for_one_by_one(world: World) -> None:
    """The second question is in the answer to the first."""
    place = world.market()
    place.merge(place.propose(PICKED, edit=marked, branch="feature/one"))

    made = [line(world, place.command("create_release_branch", name="1.0")) for _ in range(2)]
    opened = line(world, place.command("create_merge_request", source="release/1-0", title="Release 1.0"))

    assert [each["message"] for each in made] == ["create_release_branch: made", "create_release_branch: nothing"]
    (proposal,) = place.person.opened(target="main")
    assert (opened["merge_request"], proposal["title"]) == (proposal["iid"], "Release 1.0")
    (comment,) = place.person.comments(place.person.head("release/1-0"))
    assert "create_merge_request" in comment["note"]


def test_a_feature_goes_from_aic_to_staging_by_one_message(world: World) -> None:
    """Captured, branched and proposed; another edit of that day stays where it is."""
    place = world.market()
    edited_by_hand(place, "sandbox", PICKED, LEFT)
    asked = {"workspace": DEVELOPMENT, "pipelines": [PICKED], "name": "PIN-9"}

    first, second = (line(world, place.command("push_feature", **asked)) for _ in range(2))

    (proposal,) = place.person.opened(target="develop")
    assert (first["message"], first["merge_request"]) == ("push_feature: proposed", proposal["iid"])
    assert second["merge_request"] == proposal["iid"]
    place.merge(proposal["iid"])
    assert same(place, PICKED, "sandbox", "develop")
    assert not same(place, PICKED, "develop", "main")
    assert same(place, LEFT, "develop", "main")
    assert place.workspace("develop").pipelines()[PICKED]["stages"] == place.config(PICKED, ref="sandbox")["stages"]


def test_an_issue_is_resolved_by_one_message(world: World) -> None:
    """It hears of the merge request, which says that it closes it; sent again, both are brought up to date."""
    place = world.market()
    edited_by_hand(place, "sandbox", PICKED, LEFT)
    issue = place.person.ask("POST", "/issues", title="Numbers are off!")["iid"]
    asked = {"workspace": DEVELOPMENT, "issue": issue}

    first = line(world, place.command("resolve_issue", **asked, pipelines=[PICKED]))
    second, third = (line(world, place.command("resolve_issue", **asked, pipelines=[LEFT])) for _ in range(2))

    (proposal,) = place.person.opened(target="develop")
    assert [each["merge_request"] for each in (first, second, third)] == [proposal["iid"]] * 3
    assert proposal["source_branch"] == f"feature/{issue}-numbers-are-off"
    assert f"Closes #{issue}" in proposal["description"]
    (comment,) = (each for each in place.person.ask("GET", f"/issues/{issue}/notes") if not each["system"])
    assert f"!{proposal['iid']} resolves this" in comment["body"]
    assert PICKED in comment["body"]
    assert LEFT in comment["body"]
    place.merge(proposal["iid"])
    assert all(same(place, title, "sandbox", "develop") for title in (PICKED, LEFT))


def test_f11_a_hotfix_that_was_made_in_production_comes_to_git(world: World) -> None:
    """Merging it leaves every other pipeline alone."""
    place = world.market()
    edited_by_hand(place, "main", PICKED)
    before = place.workspace("main").pipelines()
    asked = {"name": "night", "pipelines": [PICKED]}

    first, second = (line(world, place.command("create_hotfix_branch", **asked)) for _ in range(2))

    assert [first["message"], second["message"]] == ["create_hotfix_branch: made", "create_hotfix_branch: nothing"]
    place.command("create_merge_request", source="hotfix/night")
    (proposal,) = place.person.opened(target="main")
    place.merge(proposal["iid"])
    assert place.workspace("main").pipelines() == before
    assert place.config(PICKED, ref="main")["stages"] == before[PICKED]["stages"]
    assert same(place, LEFT, "main", "develop")


def test_a_hotfix_that_was_not_merged_back_is_never_undone_by_a_release(world: World) -> None:
    """The conflict is named before any branch is made."""
    place = world.market()
    place.merge(place.propose(PICKED, edit=marked, branch="hotfix/alone", target="main"))
    place.merge(place.propose(PICKED, edit=lambda old: old | {"variables": []}, branch="feature/other"))

    told = line(world, place.command("create_release_branch", name="2.0"))

    assert (told["severity"], told["reason"], told["conflicts"]) == ("ERROR", "promotion-conflict", [PICKED])
    assert place.person.ask("GET", "/repository/branches?search=^release/") == []
    comments = place.person.comments(place.person.head("develop"))
    assert any(PICKED in each["note"] for each in comments)


def test_a_hotfix_is_brought_back_so_that_the_next_release_goes_forward(world: World) -> None:
    """From production to staging; what staging does upon it is newer."""
    place = world.market()
    place.merge(place.propose(PICKED, edit=marked, branch="hotfix/alone", target="main"))

    back = line(world, place.command("promote", **{"from": "production"}, to="staging", ticket="1", pipelines=[PICKED]))

    assert (back["message"], back["name"]) == ("promote: proposed", "back-merge/staging/1")
    place.merge(int(str(back["merge_request"])))
    assert is_marked(place.workspace("develop").pipelines()[PICKED])
    place.merge(place.propose(PICKED, edit=lambda old: old | {"variables": []}, branch="feature/other"))
    told = line(world, place.command("create_release_branch", name="2.0"))
    assert (told["message"], told["pipelines"]) == ("create_release_branch: made", [PICKED])


def test_the_sweep_brings_a_merged_hotfix_back_by_itself(world: World) -> None:
    """One merge request into staging and one into development, however often it comes by.

    One that is no longer needed, as the fix has come there on another way, it closes.
    """
    place = world.market()
    number = place.propose(PICKED, edit=marked, branch="hotfix/night", target="main")
    place.merge(number)

    first, second = (line(world, place.command("sweep")) for _ in range(2))

    assert (first["hotfixes_asked_back"], second["hotfixes_asked_back"]) == ([f"{place.site.path}!{number}"], [])
    assert sum("A hotfix goes back" in note["body"] for note in place.person.notes(number)) == 1
    (staging,), (development,) = (place.person.opened(target=branch) for branch in ("develop", "sandbox"))
    place.merge(staging["iid"])
    place.merge(place.propose(PICKED, edit=marked, branch="feature/same", target="sandbox"))
    for branch in ("develop", "sandbox"):
        assert is_marked(place.workspace(branch).pipelines()[PICKED])
    third = line(world, place.command("sweep"))
    assert third["back_merges_closed"] == [f"{place.site.path}!{development['iid']}"]
    assert place.person.opened(target="sandbox") == []


def test_help_lists_every_workflow(world: World) -> None:
    """In the log."""
    place = world.market()

    message = place.queue.publish("aic-command", {"workflow": "help"})
    place.queue.settle()

    told = line(world, message)

    assert "promote" in str(told)
