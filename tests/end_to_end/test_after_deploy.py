"""Deploys that are tested by a pipeline of GitLab's CI, over real sockets; only the systems and logs are looked at."""

import json

from emulators.stack import traffic
from emulators.stack.gitlab import Document
from emulators.stack.workplace import Workplace
from emulators.tour.facts import STATUS, deployment, status
from tests.end_to_end.world import World, is_marked, marked

TITLE, OTHER = "Demographics", "Customer Loyalty"


def merged(place: Workplace, *titles: str, branch: str = "feature/x", target: str = "develop") -> int:
    """A merge that marks the pipelines, deployed; its number."""
    number = place.propose(*(titles or (TITLE,)), edit=marked, branch=branch, target=target)
    place.merge(number)
    return number


def only(place: Workplace) -> Document:
    """The one pipeline that was started."""
    (found,) = place.person.pipelines()
    return found


def noted(place: Workplace, number: int) -> list[str]:
    """The notes about tests on the merge request, and those on the deployed commit."""
    bodies = [note["body"] for note in place.person.notes(number)]
    bodies += [each["note"] for each in place.person.comments(str(only(place)["sha"]))]
    return [body for body in bodies if body.startswith("<!-- aic-after-deploy ")]


def messages(place: Workplace) -> list[Document]:
    """Those that asked for the tests of a deploy of this project."""
    sent: list[Document] = place.queue.messages("aic-command")
    return [each for each in sent if "after_deploy" in each["data"] and place.site.path in each["data"]]


def test_one_pipeline_tests_a_deploy_and_its_success_is_noted(world: World) -> None:
    """However often hook and message come; it is told where it tests what."""
    place = world.gated()
    number = merged(place, TITLE, OTHER)

    started = only(place)
    assert (started["ref"], started["status"]) == ("develop", "pending")
    assert started["told"] == {
        "AIC_WORKSPACE": "Market QA",
        "AIC_DEPLOYMENT": str(deployment(place)["id"]),
        "AIC_PIPELINES": json.dumps(sorted((TITLE, OTHER))),
    }
    message = messages(place)[-1]
    place.queue.publish("aic-command", json.loads(message["data"]), attributes=message["attributes"])
    place.queue.settle()
    place.finish(started["id"], "success")
    hook = place.hook
    assert hook is not None
    hook.resend(hook.ended(started["id"], "success")[0]["id"])
    place.queue.settle()

    assert only(place)["id"] == started["id"]
    on_request, on_commit = noted(place, number)
    assert on_request == on_commit
    assert "passed its tests" in on_commit
    assert (deployment(place)["status"], status(place, started["sha"])["status"]) == ("success", "success")


def test_a_failure_returns_the_workspace_to_what_it_was(world: World) -> None:
    """A merge request holds it there; merging that leaves nothing to do."""
    place = world.gated()
    before = place.workspace().pipelines()
    number = merged(place)
    assert is_marked(place.workspace().pipelines()[TITLE])
    place.finish(only(place)["id"], "failed")

    assert place.workspace().pipelines() == before
    (proposal,) = place.person.opened(target="develop")
    on_request, on_commit = noted(place, number)
    assert on_request == on_commit
    assert f"!{proposal['iid']} brings back" in on_commit
    assert "**Failed jobs** `test`" in on_commit
    assert deployment(place)["status"] == "failed"
    deployed = [each for each in place.person.statuses(only(place)["sha"]) if each["name"] == STATUS]
    assert [each["status"] for each in deployed] == ["success", "failed"]
    subjects = [str(each["subject"]) for each in world.letters(place)]
    assert sum("failed its tests" in each for each in subjects) == 1, subjects
    place.deploy()
    place.command("sweep")
    assert place.workspace().pipelines() == before
    place.merge(proposal["iid"])
    assert place.workspace().pipelines() == before
    assert deployment(place)["status"] == "success"
    assert len(place.person.pipelines()) == 1


def test_where_a_failure_is_only_reported_what_failed_stays_live(world: World) -> None:
    """The record says failed, so that nothing goes back to it."""
    place = world.gated()
    number = merged(place, target="main")
    place.finish(only(place)["id"], "failed")

    assert is_marked(place.workspace("main").pipelines()[TITLE])
    assert [each["status"] for each in place.person.deployments(place.site.environment("main"))] == [
        "failed",
        "success",
    ]
    assert place.person.opened(target="main") == []
    assert all("only for a report" in body for body in noted(place, number))


def test_a_hook_that_was_lost_is_made_up_for_by_the_sweep(world: World) -> None:
    """So is the message of the deploy; nothing is asked for where nothing is due."""
    place = world.gated(hooked=False)
    number = place.propose(TITLE, edit=marked, branch="feature/x")
    place.merge(number)
    place.deploy()
    place.finish(only(place)["id"], "failed")

    place.command("sweep")

    assert not is_marked(place.workspace().pipelines()[TITLE])
    asked = len(messages(place))
    place.command("sweep")
    assert len(messages(place)) == asked


def test_a_newer_merge_is_not_rolled_back_over(world: World) -> None:
    """What it changed stays, and the note of the older one says so."""
    place = world.gated()
    number = merged(place, TITLE, OTHER)
    first = only(place)
    newer = place.propose(TITLE, edit=lambda config: marked(marked(config)), branch="feature/y")
    place.merge(newer)
    live = place.workspace().pipelines()[TITLE]

    place.finish(first["id"], "failed")

    after = place.workspace().pipelines()
    assert (after[TITLE], is_marked(after[OTHER])) == (live, False)
    bodies = [note["body"] for note in place.person.notes(number) if "after-deploy" in note["body"]]
    assert [f"`{TITLE}`: a newer version of it was merged since" in body for body in bodies] == [True]


def test_what_gitlab_does_not_start_is_told_and_started_once_that_is_mended(world: World) -> None:
    """As in a project that lets nobody set pipeline variables."""
    place = world.gated()
    role = "ci_pipeline_variables_minimum_override_role"
    place.person.ask("PUT", "", **{role: "no_one_allowed"})
    merged(place)
    before = [each["note"] for each in place.person.comments(place.person.head("develop"))]
    place.person.ask("PUT", "", **{role: "developer"})

    place.command("after_deploy", branch="develop")

    (refused,) = [each for each in before if each.startswith("<!-- aic-after-deploy ")]
    assert "was not tested: GitLab started no pipeline" in refused
    assert only(place)["status"] == "pending"
    assert is_marked(place.workspace().pipelines()[TITLE])


def planned(place: Workplace, branch: str) -> tuple[str, str]:
    """State and description of the review's status on the newest commit of the branch."""
    found = [each for each in place.person.statuses(place.person.head(branch)) if each["name"] == "aic/plan"]
    newest = max(found, key=lambda each: int(each["id"]))
    return newest["status"], newest["description"]


def test_what_goes_to_production_has_to_be_proven_on_staging_first(world: World) -> None:
    """The review says so until the tests there have passed, and is made anew by itself then."""
    place = world.gated()
    number = place.propose(TITLE, edit=marked, branch="release/1", target="main")
    place.await_hook(number, action="open")
    unproven = planned(place, "release/1")
    merged(place)
    place.command("sweep")
    place.queue.publish("aic-plan", {"project": place.site.path, "merge_request": number})
    place.queue.settle()
    (note,) = [each["body"] for each in place.person.plans(number)]
    live = planned(place, "release/1")

    place.finish(only(place)["id"], "success")

    assert (unproven[0], live[0]) == ("failed", "failed")
    assert "1 not proven" in unproven[1]
    assert "`Market QA` runs it, but it has not passed its tests there" in note
    assert planned(place, "release/1")[0] == "success"


def test_a_review_that_wants_proof_costs_what_changes(world: World) -> None:
    """Beyond what every review may cost, 20 + 4k: three requests, and one or two for each pipeline."""
    place = world.gated(hooked=False)
    titles = sorted(place.workspace().pipelines())
    number = place.propose(*titles, edit=marked, branch="release/1", target="main")
    urls = (world.stack.gitlab_url, world.stack.aic_url)
    for url in urls:
        traffic.restart(url)

    place.queue.publish("aic-plan", {"project": place.site.path, "merge_request": number})
    place.queue.settle()

    made = {f"{url} {line}": count for url in urls for line, count in traffic.requests(url).items()}
    beyond = sum(count for line, count in made.items() if "archive" not in line)
    assert f"{len(titles)} not proven" in planned(place, "release/1")[1]
    assert beyond <= 23 + 5 * len(titles), json.dumps(made, indent=1)
