"""A hotfix that production got goes back to staging and development without being asked."""

from shared.domain.errors import Transient
from shared.domain.gitlab import OnMergeRequest
from shared.domain.layout import config_path
from shared.domain.messages.promotion import Promote
from shared.domain.sweep_report import SweepReport
from shared.flows.answering import Asker
from shared.flows.promote import promote
from shared.flows.sweep import Sweeper, Unswept, sweep

from ..failing import failing
from ..fake_workspace import stored
from ..stage import ALLOWED, RUN, OneByOne, Stage, stage

DEV = "PIN FUSION 2.0 DEV"
MAPPING = f"mapping:\n  main: PIN FUSION 2.0\n  develop: PIN FUSION 2.0 QA\n  dev: {DEV}\nignore:\n  - 'scratch*'\n"
EVERYWHERE = frozenset({*ALLOWED, DEV})


def swept(world: Stage, *, allowed: frozenset[str] = EVERYWHERE) -> SweepReport:
    return sweep([Unswept("pin/fusion", allowed, world.outside)], Sweeper(3000.0, "run-1"), together=OneByOne())


def asked(world: Stage) -> list[tuple[str, str, tuple[str, ...]]]:
    """Target, ticket and pipelines of each promotion that was asked for."""
    sent = [said for topic, said, *_ in world.publisher.published if topic == "aic-command"]
    found = [each["parameters"] for each in sent if each["workflow"] == "promote"]
    assert all((each["project"], each["from"]) == ("pin/fusion", "production") for each in found)
    return [(each["to"], each["ticket"], tuple(each["pipelines"])) for each in found]


def world(*, source: str = "hotfix/night", mapping: str = MAPPING, **changes: str | None) -> tuple[Stage, int]:
    """Three branches with a, b and scratch; production got the changes by a merge request, whose number is given."""
    made = stage(mapping=mapping, a="one", b="one", scratch="one")
    files = {config_path(title): stored("one") for title in ("a", "b", "scratch")}
    made.gitlab.push("main", files)
    made.gitlab.branches["dev"] = made.gitlab.branches["main"]
    made.gitlab.branches[source] = made.gitlab.branches["main"]
    made.put(branch=source, **changes)
    return made, made.gitlab.merge(source, "main")


def test_a_merged_hotfix_is_asked_back_to_staging_and_development() -> None:
    """With exactly its pipelines; its merge request says so, and so does the line of the log."""
    at, iid = world(a="fixed", scratch="fixed")

    report = swept(at)

    assert asked(at) == [("staging", "night", ("a",)), ("development", "night", ("a",))]
    note = at.gitlab.body(OnMergeRequest(iid))
    assert note.startswith("<!-- aic-back-merge hotfix/night -->\n\n### ↩️ A hotfix goes back")
    assert "`a` to `develop` and `dev`" in note
    told = report.told()
    assert (told.fields["hotfixes_asked_back"], told.bad) == ([f"pin/fusion!{iid}"], False)


def test_it_is_asked_for_once() -> None:
    """However often a sweep comes by."""
    at, iid = world(a="fixed")

    swept(at)
    later = swept(at)

    assert len(asked(at)) == 2
    assert later.told().fields["hotfixes_asked_back"] == []
    assert len(at.gitlab.written[OnMergeRequest(iid)]) == 1


def test_a_sweep_that_dies_before_its_note_leaves_it_to_the_next_one() -> None:
    """Asked twice, a promotion is made once."""
    at, _ = world(a="fixed")
    at.gitlab.before = failing("write_note", Transient("gitlab-unavailable"))

    first = swept(at)
    swept(at)

    assert first.told().fields["failed"] == ["pin/fusion: gitlab-unavailable"]
    assert len(asked(at)) == 4


def test_what_is_asked_for_is_what_promotions_take() -> None:
    """It opens the merge request into staging."""
    at, _ = world(a="fixed")
    swept(at)
    ((to, ticket, pipelines), *_) = asked(at)
    request = Promote(project="pin/fusion", origin="production", to=to, ticket=ticket, pipelines=pipelines)

    promote(request, asker=Asker(EVERYWHERE, RUN, "r"), outside=at.outside())

    (proposal,) = at.gitlab.proposals(target="develop", state="opened")
    assert proposal.source_branch == "back-merge/staging/night"


def test_a_release_or_a_hotfix_that_took_pipelines_away_goes_nowhere() -> None:
    """Nothing is deleted by a promotion; and a release comes from staging."""
    for at, _ in (world(a=None), world(source="release/1", a="new")):
        swept(at)

        assert asked(at) == []


def test_only_branches_whose_workspaces_the_settings_name_are_asked() -> None:
    """And each once, whatever roles it has."""
    at, _ = world(a="fixed")
    swept(at, allowed=ALLOWED)
    alone, _ = world(a="fixed", mapping="mapping:\n  main: PIN FUSION 2.0\n  other: PIN FUSION 2.0 QA\n")
    swept(alone)
    both = f"{MAPPING}roles:\n  staging: dev\n  development: dev\n"
    one, _ = world(a="fixed", mapping=both)
    swept(one)

    assert [[to for to, *_ in asked(each)] for each in (at, alone, one)] == [["staging"], [], ["staging"]]
