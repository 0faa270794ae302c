"""What merging would do is on the merge request: a hook comes in, a note and a status go out."""

import json

from emulators.stack import traffic
from emulators.stack.gitlab import Document
from emulators.stack.workplace import Workplace
from tests.end_to_end.world import World, marked

TITLE, OTHER = "Demographics", "Customer Loyalty"
STATUS = "aic/plan"


def status(place: Workplace, branch: str) -> tuple[str, str]:
    """State and words of the plan's status on the branch's newest commit."""
    found = [each for each in place.person.statuses(place.person.head(branch)) if each["name"] == STATUS]
    return ("", "") if not found else (found[0]["status"], found[0]["description"])


def note(place: Workplace, number: int) -> str:
    """The only note of its kind."""
    (found,) = place.person.plans(number)
    return str(found["body"])


def opened(place: Workplace, number: int) -> int:
    """The merge request, once its hook was told and Pub/Sub is done."""
    place.await_hook(number, action="open")
    return number


def lines(world: World, place: Workplace) -> list[Document]:
    """What the log of the planner says of the project."""
    return [each for each in world.stack.records("plan") if each.get("project") == place.site.path]


def test_a_merge_request_gets_its_note_and_its_status(world: World, place: Workplace) -> None:
    """By itself, and nothing is written anywhere else."""
    before = place.workspace().fingerprint()
    traffic.restart(world.stack.aic_url)

    number = opened(place, place.propose(TITLE, edit=marked, branch="feature/plan"))

    text = note(place, number)
    assert "### ✅ Merging this writes to" in text
    assert f"| `{TITLE}` | update | changed in Git |" in text
    assert status(place, "feature/plan")[0] == "success"
    assert f"!{number}: 1 updated in" in status(place, "feature/plan")[1]
    assert (traffic.writes(world.stack.aic_url), place.workspace().fingerprint()) == (0, before)
    (line,) = lines(world, place)
    assert (line["message"], line["outcome"], line["merge_request"]) == ("plan: ready", "ready", number)


def test_a_second_commit_brings_note_and_status_up_to_date(place: Workplace) -> None:
    """The same note, and a status on the new commit."""
    number = opened(place, place.propose(TITLE, edit=marked, branch="feature/two"))
    (first,) = place.person.plans(number)
    head = place.person.head("feature/two")

    config = marked(place.config(OTHER))
    place.person.commit("feature/two", place.files(config), message="Another one")
    place.await_hook(number, action="update")

    (second,) = place.person.plans(number)
    assert second["id"] == first["id"]
    assert f"| `{OTHER}` | update |" in second["body"]
    assert place.person.head("feature/two")[:8] in second["body"]
    assert place.person.head("feature/two") != head
    assert "2 updated" in status(place, "feature/two")[1]


def test_an_edit_of_code_alone_fails_with_advice(place: Workplace) -> None:
    """It would never run."""
    path = next(each for each in place.files(place.config(TITLE)) if each.startswith("code/"))

    number = opened(place, place.propose_files({path: "print('edited here')\n"}, branch="feature/code"))

    assert status(place, "feature/code")[0] == "failed"
    assert f"only `config/{TITLE}.json` runs: put the same text there" in note(place, number)
    assert path in note(place, number)


def test_a_deletion_needs_its_label(place: Workplace) -> None:
    """The note names what goes; setting the label looks again, by itself."""
    number = opened(place, place.propose_files({f"config/{TITLE}.json": None}, branch="feature/gone"))
    first = status(place, "feature/gone")
    assert f"🔴 It would delete `{TITLE}` from Git." in note(place, number)

    place.person.label(number, "aic::delete")
    place.await_hook(number, action="update")

    assert (first[0], status(place, "feature/gone")[0]) == ("failed", "success")
    assert f"### 🔴 Merging this deletes `{TITLE}` from Git" in note(place, number)


def test_a_config_that_can_not_be_read_is_told_before_it_is_merged(place: Workplace) -> None:
    """With the line, and without a word of what stands there."""
    text = place.person.file(f"config/{TITLE}.json", ref="develop") or ""
    broken = text.replace('",\n', '"\n', 1)

    number = opened(place, place.propose_files({f"config/{TITLE}.json": broken}, branch="feature/comma"))

    assert status(place, "feature/comma")[0] == "failed"
    assert f"`{TITLE}`: invalid config: `config/{TITLE}.json`: Expecting ',' delimiter at line" in note(place, number)


def test_a_hook_that_is_sent_twice_leaves_one_note(world: World, place: Workplace) -> None:
    """And so does a message that comes again, by hand."""
    number = opened(place, place.propose(TITLE, edit=marked, branch="feature/twice"))
    hook = place.hook
    assert hook is not None

    hook.resend(hook.sent(number, action="open")[0]["id"])
    place.await_hook(number, times=2, action="open")
    for _ in range(2):
        place.queue.publish("aic-plan", {"project": place.site.path, "merge_request": number, "by": "ann"})
    place.queue.settle()

    assert len(place.person.plans(number)) == 1
    assert status(place, "feature/twice")[0] == "success"
    assert [line["by"] for line in lines(world, place)][-2:] == ["ann", "ann"]


def test_a_merge_request_whose_hook_was_lost_gets_its_note_by_the_sweep(place: Workplace) -> None:
    """And one whose target has moved is looked at again."""
    hook = place.hook
    assert hook is not None
    place.person.ask("PUT", f"/hooks/{hook.number}", merge_requests_events=False)
    number = place.propose(TITLE, edit=marked, branch="feature/lost")

    place.command("sweep")
    first = note(place, number)
    place.person.merge(place.propose(OTHER, edit=marked, branch="feature/other"))
    place.deploy()
    place.command("sweep")

    assert place.person.head("develop")[:8] in note(place, number)
    assert place.person.head("develop")[:8] not in first


def test_what_can_not_be_planned_is_told_in_the_log(world: World, place: Workplace) -> None:
    """A number that is none, and a message that says nothing."""
    for said in ({"project": place.site.path, "merge_request": 999}, {"project": place.site.path}):
        place.queue.publish("aic-plan", said)
    place.queue.settle()

    reasons = [each.get("reason") for each in world.stack.records("plan")]
    assert {"merge-request-missing", "message-invalid"} <= set(reasons)


PIPELINES, CHANGED = 300, 3


def test_a_plan_costs_what_changes_and_not_what_there_is(world: World) -> None:
    """At most 20 + 4k requests to GitLab and AIC together for k changed pipelines, beside one archive."""
    place = world.place(pipelines=PIPELINES)
    hook = place.hook
    assert hook is not None
    place.person.ask("PUT", f"/hooks/{hook.number}", merge_requests_events=False)
    titles = sorted(place.workspace().pipelines())[:CHANGED]
    number = place.propose(*titles, edit=marked, branch="feature/some")
    urls = (world.stack.gitlab_url, world.stack.aic_url)
    for url in urls:
        traffic.restart(url)

    place.queue.publish("aic-plan", {"project": place.site.path, "merge_request": number})
    place.queue.settle()

    made = {f"{url} {line}": count for url in urls for line, count in traffic.requests(url).items()}
    beyond = sum(count for line, count in made.items() if "archive" not in line)
    assert f"{CHANGED} updated" in status(place, "feature/some")[1]
    assert beyond <= 20 + 4 * CHANGED, json.dumps(made, indent=1)
