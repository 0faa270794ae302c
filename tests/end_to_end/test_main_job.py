"""From a merge in GitLab to what AIC runs, over real sockets; nothing is looked at but the two systems and the logs."""

from collections import Counter
from dataclasses import replace

import pytest

from emulators.stack import functions, traffic, wire
from emulators.stack.gitlab import Person, add_hook
from emulators.stack.site import Site
from emulators.stack.waiting import until
from emulators.stack.workplace import PERSON, Workplace, connect, prepare
from emulators.tour.facts import landed, status
from tests.end_to_end.world import World, is_marked, marked

TITLE, OTHER = "Demographics", "ford rdd - v2 QA/Test"
ENVIRONMENT = "aic/market-qa"


@pytest.mark.parametrize(
    ("project", "wanted"),
    [
        ({"merge_method": "merge"}, {}),
        ({"merge_method": "merge"}, {"squash": True}),
        ({"merge_method": "rebase_merge"}, {}),
        ({"merge_method": "ff"}, {}),
        ({"merge_method": "ff"}, {"squash": True}),
    ],
    ids=["merge commit", "merge commit, squashed", "semi-linear", "fast-forward", "fast-forward, squashed"],
)
def test_a_merged_change_runs_in_aic_and_is_on_record(
    place: Workplace, project: dict[str, object], wanted: dict[str, object]
) -> None:
    """Whatever the project's way to merge: code live, one note, a successful deployment and status on the new head."""
    place.person.ask("PUT", "", **project)
    before = place.workspace().pipelines()
    number = place.propose(TITLE, edit=marked, branch="feature/change")

    merged = place.merge(number, **wanted)

    head, after = place.person.head("develop"), place.workspace().pipelines()
    assert is_marked(after[TITLE])
    assert {title for title in after if after[title] != before[title]} == {TITLE}
    assert [TITLE in note["body"] for note in place.person.notes(number)] == [True]
    newest = place.person.deployments(ENVIRONMENT)[0]
    assert (newest["sha"], newest["status"]) == (head, "success")
    assert landed(merged) == head
    assert status(place, head)["status"] == "success"


def test_a_new_pipeline_is_created_and_a_deleted_one_is_left_for_people(place: Workplace) -> None:
    """AIC can't delete from outside, so the note says what is to be done by hand."""
    new = place.config(TITLE) | {"title": "Brand new"}
    files = {"config/Brand new.json": place.files(new)["config/Brand new.json"], f"config/{OTHER}.json": None}
    number = place.propose_files(files, branch="feature/new-and-gone")

    place.merge(number)

    live = place.workspace().pipelines()
    body = place.person.notes(number)[0]["body"]
    assert live["Brand new"]["stages"] == new["stages"]
    assert OTHER in live
    assert "To do by hand in AIC" in body
    assert "delete it in AIC by hand" in body


def test_two_hooks_for_one_merge_deploy_once(world: World, place: Workplace) -> None:
    """A hook of the group beside the project's own: two messages, but one write, one note, one record."""
    again = add_hook(
        place.person,
        f"{world.stack.urls['webhook']}/",
        token=functions.HOOK_TOKEN,
        signing_token=functions.SIGNING_TOKEN,
    )
    number = place.propose(TITLE, edit=marked, branch="feature/change")
    messages, records = world.asked(place), len(place.person.deployments(ENVIRONMENT))
    traffic.restart(world.stack.aic_url)

    place.merge(number)
    replace(place, hook=again).await_hook(number)

    assert world.asked(place) - messages == 2
    assert traffic.writes(world.stack.aic_url) == 1
    assert len(place.person.notes(number)) == 1
    assert len(place.person.deployments(ENVIRONMENT)) - records == 1


def test_a_renamed_project_is_known_by_its_number(world: World) -> None:
    """Its hooks come with a path that the settings don't have."""
    numbered = world.numbered
    numbered.deploy()
    numbered.person.ask("PUT", "", path="after")
    renamed = Person(world.stack.gitlab_url, project="team/after", token=PERSON)
    hook = numbered.hook
    assert hook is not None
    place = replace(numbered, person=renamed, hook=replace(hook, person=renamed))
    number = place.propose(TITLE, edit=marked, branch="feature/change")

    place.merge(number)

    assert is_marked(place.workspace().pipelines()[TITLE])
    assert len(place.person.notes(number)) == 1


def test_a_hook_of_an_unknown_project_is_turned_away(world: World) -> None:
    """It knows the secret, but the settings don't know it: 401 as for any stranger, and no message."""
    place = connect(world.stack, prepare(world.stack, Site("team/stranger", "stranger"), pipelines=1))
    before = place.workspace().fingerprint()
    number = place.propose(TITLE, edit=marked, branch="feature/change")

    place.merge(number)

    assert place.hook is not None
    assert [each["response_status"] for each in place.hook.sent(number, action="merge")] == ["401"]
    assert world.asked(place) == 0
    assert place.workspace().fingerprint() == before
    assert place.person.notes(number) == []


def test_a_merge_into_a_branch_that_is_not_mapped_ends_in_a_log_line(world: World, place: Workplace) -> None:
    """Nobody asked for it to be deployed, so nobody is bothered."""
    place.person.branch("attic", ref="develop")
    before = place.workspace().fingerprint()
    number = place.propose(TITLE, edit=marked, branch="feature/change", target="attic")

    place.merge(number)

    assert world.told(place)[-1]["message"] == "ignored: branch-not-mapped"
    assert place.workspace().fingerprint() == before
    assert place.person.notes(number) == []


def test_what_the_service_itself_writes_does_not_call_it_again(world: World, place: Workplace) -> None:
    """Hooks about its notes, statuses and deployments are authentic, answered 204, and end there."""
    number = place.propose(TITLE, edit=marked, branch="feature/change")
    assert place.hook is not None
    kinds = ("note_events", "pipeline_events", "deployment_events", "push_events", "job_events")
    place.person.ask("PUT", f"/hooks/{place.hook.number}", **dict.fromkeys(kinds, True))
    place.merge(number)
    messages = world.asked(place)

    for kind, event in (("note", "Note Hook"), ("pipeline", "Pipeline Hook"), ("deployment", "Deployment Hook")):
        project = {"id": place.number, "path_with_namespace": place.site.path}
        body = {"object_kind": kind, "project": project, "object_attributes": {"source": "push", "status": "success"}}
        headers = {"X-Gitlab-Event": event, "X-Gitlab-Token": functions.HOOK_TOKEN}
        answer = wire.send("POST", f"{world.stack.urls['webhook']}/", json=body, headers=headers)
        assert (answer.status_code, answer.content) == (204, b"")
    place.queue.settle()

    assert messages == 2  # the first deploy of the fixture, and the merge
    assert world.asked(place) == messages
    hooks = [each for each in world.stack.records("webhook") if each.get("project") == place.site.path]
    told = Counter(each["message"] for each in hooks)  # GitLab's own hooks of these kinds come whenever they come
    assert told["ignored: not-a-merge-request"] >= 2
    assert told["ignored: pipeline-of-others"] >= 1


def test_a_deploy_waits_out_an_aic_that_is_down(world: World, place: Workplace) -> None:
    """Pub/Sub delivers again, and the next delivery rolls forward."""
    rule = {"kind": "503", "method": "PUT", "times": 2}
    number = place.propose(TITLE, OTHER, edit=marked, branch="feature/change")
    rules = f"{world.stack.aic_url}/__admin__/faults"
    wire.ask("PUT", rules, json=[rule])

    place.merge(number)

    wire.ask("DELETE", rules)
    live = place.workspace().pipelines()
    assert is_marked(live[TITLE])
    assert is_marked(live[OTHER])
    assert world.told(place)[-1]["outcome"] == "deployed"
    assert len(place.person.notes(number)) == 1


def test_a_deploy_that_fails_for_good_is_taken_back(world: World, place: Workplace) -> None:
    """One pipeline could be written, the other one never: both are as before, and the note says so."""
    before = place.workspace().pipelines()
    rule = {"kind": "403", "method": "PUT", "path": before[OTHER]["$id"]}
    number = place.propose(TITLE, OTHER, edit=marked, branch="feature/change")
    rules = f"{world.stack.aic_url}/__admin__/faults"
    wire.ask("PUT", rules, json=[rule])

    place.merge(number)

    wire.ask("DELETE", rules)
    assert place.workspace().pipelines() == before
    assert [record.get("outcome") for record in world.told(place)][-1] == "failed"
    assert ["what had been written was put back" in note["body"] for note in place.person.notes(number)] == [True]
    assert place.person.deployments(ENVIRONMENT)[0]["status"] == "failed"


def test_a_lost_hook_is_made_good_by_the_next_one(place: Workplace) -> None:
    """Messages are hints: a deploy looks at everything since the last one that succeeded."""
    hook = place.hook
    assert hook is not None
    place.person.ask("PUT", f"/hooks/{hook.number}", merge_requests_events=False)
    lost = place.propose(TITLE, edit=marked, branch="feature/lost")
    place.person.merge(lost)
    place.person.ask("PUT", f"/hooks/{hook.number}", merge_requests_events=True)
    number = place.propose(OTHER, edit=marked, branch="feature/heard")

    place.merge(number)

    live = place.workspace().pipelines()
    assert is_marked(live[TITLE])
    assert is_marked(live[OTHER])
    until(lambda: len(place.person.notes(lost)) == 1, what="a note on the merge request whose hook was lost", seconds=5)
