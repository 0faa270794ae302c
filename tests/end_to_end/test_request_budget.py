"""Deploys and snapshots cost what changed, by the stand-ins' own counters; only AIC has to be read as a whole."""

from dataclasses import dataclass

import pytest

from emulators.stack import traffic
from emulators.stack.workplace import Workplace
from tests.end_to_end.world import World, is_marked, marked

PIPELINES = 1000
TITLE = "Customer Loyalty"
EDITED = 10
UNCHANGED = 19
"""Requests to GitLab for a snapshot that finds nothing; an instance that is not new asks one less."""
DRAWN = 6 + PIPELINES // 100
"""Requests to GitLab for a board of one environment, beside those for files that differ: it lists files by hundreds."""
CAPTURED = 113
"""Requests to GitLab for a snapshot of ten changed pipelines, and for the deploy that puts them on record."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Requests by method and route."""

    gitlab: dict[str, int]
    aic: dict[str, int]


@pytest.fixture(scope="module")
def thousand(world: World) -> Workplace:
    """A project of a thousand pipelines, deployed, whose merges nobody is told of."""
    place = world.place(pipelines=PIPELINES)
    hook = place.hook
    assert hook is not None
    place.person.ask("PUT", f"/hooks/{hook.number}", merge_requests_events=False)
    return place


def restart(world: World) -> None:
    """What came before doesn't count."""
    traffic.restart(world.stack.gitlab_url)
    traffic.restart(world.stack.aic_url)


def cost(world: World) -> Cost:
    """What there was since."""
    return Cost(traffic.requests(world.stack.gitlab_url), traffic.requests(world.stack.aic_url))


def test_one_changed_pipeline_of_a_thousand_costs_a_handful_of_requests(world: World, thousand: Workplace) -> None:
    """At most 5 + 4k requests to AIC and 20 + 2k to GitLab for k changed pipelines."""
    place, changed = thousand, 1
    number = place.propose(TITLE, edit=marked, branch="feature/change")
    place.person.merge(number)  # its requests are the person's, so counting starts after it
    restart(world)

    message = {"project": place.site.path, "branch": "develop"}
    place.queue.publish("aic-deploy", message, attributes={"origin": "webhook"})
    place.queue.settle()

    found = cost(world)
    assert is_marked(place.workspace().pipelines()[TITLE])
    assert len(place.person.notes(number)) == 1
    assert 0 < sum(found.aic.values()) <= 5 + 4 * changed, f"requests to AIC: {found.aic}"
    assert 0 < sum(found.gitlab.values()) <= 20 + 2 * changed, f"requests to GitLab: {found.gitlab}"


def night(place: Workplace) -> None:
    """The snapshot that nobody asked for, and the deploy that it asks for, if it does."""
    message = {"project": place.site.path, "workspace": place.site.branches["develop"]}
    place.queue.publish("aic-snapshot", message, attributes={"origin": "scheduler"})
    place.queue.settle()


def test_a_night_in_which_nothing_changed_costs_gitlab_a_handful_of_requests(world: World, thousand: Workplace) -> None:
    """AIC is read as a whole: each pipeline once, between two lists."""
    restart(world)

    night(thousand)

    found = cost(world)
    assert PIPELINES < sum(found.aic.values()) <= PIPELINES + 4, f"requests to AIC: {found.aic}"
    assert 0 < sum(found.gitlab.values()) <= UNCHANGED, f"requests to GitLab: {found.gitlab}"


def test_ten_edits_of_a_thousand_pipelines_cost_what_was_edited(world: World, thousand: Workplace) -> None:
    """Each is read once more before it is captured, and once more to be put on record; one commit holds them all."""
    titles = sorted(thousand.workspace().pipelines())[:EDITED]
    head = thousand.person.head("develop")
    thousand.workspace().edit(*titles, salt="by hand")
    restart(world)

    night(thousand)

    found = cost(world)
    newest = thousand.person.ask("GET", "/repository/commits/develop")
    assert newest["parent_ids"] == [head]
    assert PIPELINES < sum(found.aic.values()) <= PIPELINES + 7 + 2 * EDITED, f"requests to AIC: {found.aic}"
    assert 0 < sum(found.gitlab.values()) <= CAPTURED, f"requests to GitLab: {found.gitlab}"


def test_a_board_of_a_thousand_pipelines_costs_gitlab_a_handful_of_requests(world: World, thousand: Workplace) -> None:
    """AIC is read as by a snapshot; the answer in the log stays small."""
    place = thousand
    place.workspace().edit(*sorted(place.workspace().pipelines())[:EDITED], salt="for the board")
    restart(world)

    message = place.command("board", dry_run=True)

    found = cost(world)
    (line,) = [record for record in world.stack.records("command") if record.get("message_id") == message]
    assert (line["pipelines"], line["environments"]["Market QA"]["drift"]) == (PIPELINES, EDITED)  # type: ignore[index]
    assert len(str(line)) < 2000
    assert PIPELINES < sum(found.aic.values()) <= PIPELINES + 4, f"requests to AIC: {found.aic}"
    notes = 3  # who asks is answered on the branch: whose user, which notes, the note
    assert 0 < sum(found.gitlab.values()) <= DRAWN + EDITED + notes, f"requests to GitLab: {found.gitlab}"
