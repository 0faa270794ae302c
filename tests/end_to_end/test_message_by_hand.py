"""What a person can ask of deploy by a message of their own, published over HTTP as gcloud does it."""

import pytest

from emulators.stack import traffic
from emulators.stack.workplace import Workplace
from emulators.tour.facts import status
from tests.end_to_end.world import World, is_marked, marked

TITLE, OTHER, THIRD = "Demographics", "ford rdd - v2 QA/Test", "Customer Loyalty"
ENVIRONMENT = "aic/market-qa"


def change(place: Workplace, *titles: str) -> str:
    """A commit on develop that no hook tells of; its sha."""
    files = {
        f"config/{title}.json": place.files(marked(place.config(title)))[f"config/{title}.json"] for title in titles
    }
    return place.person.commit("develop", files, message="Straight onto develop")


def test_a_dry_run_says_on_the_commit_what_a_deploy_would_do(world: World, place: Workplace) -> None:
    """And writes nothing: not in AIC, no deployment record, no commit status."""
    records, head = place.person.deployments(ENVIRONMENT), change(place, TITLE)
    before = place.workspace().fingerprint()

    place.deploy(dry_run=True)

    comments = place.person.comments(head)
    assert [TITLE in each["note"] and "would be updated" in each["note"] for each in comments] == [True]
    assert place.workspace().fingerprint() == before
    assert place.person.deployments(ENVIRONMENT) == records
    assert status(place, head) == {}
    assert world.told(place)[-1]["outcome"] == "planned"


def test_a_deploy_limited_to_pipelines_touches_no_other(place: Workplace) -> None:
    """It is no record of the whole branch, so a later deploy still finds the rest."""
    records = place.person.deployments(ENVIRONMENT)
    change(place, TITLE, OTHER)

    place.deploy(pipelines=[TITLE])

    live = place.workspace().pipelines()
    assert (is_marked(live[TITLE]), is_marked(live[OTHER])) == (True, False)
    assert place.person.deployments(ENVIRONMENT) == records

    place.deploy()

    assert is_marked(place.workspace().pipelines()[OTHER])


def test_a_full_deploy_looks_at_everything_and_reports_drift(place: Workplace) -> None:
    """An edit in AIC that Git has no change against stays, and is named."""
    place.workspace().edit(THIRD, salt="by hand")
    edited = place.workspace().pipelines()[THIRD]
    head = change(place, TITLE)

    place.deploy(full=True)

    assert place.workspace().pipelines()[THIRD] == edited
    assert is_marked(place.workspace().pipelines()[TITLE])
    assert [THIRD in each["note"] and "drift" in each["note"] for each in place.person.comments(head)] == [True]


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ({"dryrun": True}, "dryrun"),
        ({"pipelines": "Demographics"}, "pipelines"),
        ({"dry_run": "yes"}, "dry_run"),
        ({"branch": ""}, "branch"),
    ],
)
def test_a_message_with_a_mistake_is_refused_by_name(
    world: World, place: Workplace, message: dict[str, object], named: str
) -> None:
    """The log says which key is wrong; the message is acknowledged, since another delivery would not mend it."""
    before, published = place.workspace().fingerprint(), {"project": place.site.path, "branch": "develop", **message}

    number = place.queue.publish("aic-deploy", published)
    place.queue.settle()

    told = [record for record in world.stack.records("deploy") if record.get("message_id") == number]
    assert [record["reason"] for record in told] == ["message-invalid"]
    assert f"`{named}`" in str(told[0]["detail"])
    assert place.workspace().fingerprint() == before


@pytest.mark.parametrize("text", ["", "{", "[]", '"develop"', "null"])
def test_a_message_that_is_no_object_is_refused_once(world: World, text: str) -> None:
    """It would block its ordering key for ever if it were tried again."""
    queue = world.stack.queue
    number = queue.publish("aic-deploy", text, attributes={"by": "hand"})
    queue.settle()

    assert [each["status"] for each in queue.deliveries() if each["message_id"] == number] == [204]
    told = [record for record in world.stack.records("deploy") if record.get("message_id") == number]
    assert [record["reason"] for record in told] == ["message-invalid"]


def test_a_message_for_a_project_outside_the_settings_reaches_neither_system(world: World) -> None:
    """The allow-list is looked at before anything else."""
    stack = world.stack
    traffic.restart(stack.gitlab_url)
    traffic.restart(stack.aic_url)

    number = stack.queue.publish("aic-deploy", {"project": "other/project", "branch": "develop"})
    stack.queue.settle()

    told = [record for record in stack.records("deploy") if record.get("message_id") == number]
    assert [record["reason"] for record in told] == ["project-unknown"]
    assert (traffic.requests(stack.gitlab_url), traffic.requests(stack.aic_url)) == ({}, {})
