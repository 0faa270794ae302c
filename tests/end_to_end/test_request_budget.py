"""A deploy costs what changed, not what there is."""

from emulators.stack import traffic
from tests.end_to_end.world import World, is_marked, marked

PIPELINES = 1000
TITLE = "Customer Loyalty"


def test_one_changed_pipeline_of_a_thousand_costs_a_handful_of_requests(world: World) -> None:
    """At most 5 + 4k requests to AIC and 20 + 2k to GitLab for k changed pipelines, by the stand-ins' own counters."""
    place, changed = world.place(pipelines=PIPELINES), 1
    hook = place.hook
    assert hook is not None
    place.person.ask("PUT", f"/hooks/{hook.number}", merge_requests_events=False)
    number = place.propose(TITLE, edit=marked, branch="feature/change")
    place.person.merge(number)  # its requests are the person's, so counting starts after it
    traffic.restart(world.stack.gitlab_url)
    traffic.restart(world.stack.aic_url)

    message = {"project": place.site.path, "branch": "develop"}
    place.queue.publish("aic-deploy", message, attributes={"origin": "webhook"})
    place.queue.settle()

    aic, gitlab = traffic.requests(world.stack.aic_url), traffic.requests(world.stack.gitlab_url)
    assert is_marked(place.workspace().pipelines()[TITLE])
    assert len(place.person.notes(number)) == 1
    assert 0 < sum(aic.values()) <= 5 + 4 * changed, f"{sum(aic.values())} requests to AIC: {aic}"
    assert 0 < sum(gitlab.values()) <= 20 + 2 * changed, f"{sum(gitlab.values())} requests to GitLab: {gitlab}"
