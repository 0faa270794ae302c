"""A force push makes Git have what AIC runs, and says what gives way for it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.errors import Permanent, Refused, Transient
from shared.domain.force_report import Forced
from shared.domain.gitlab import OnCommit
from shared.domain.layout import config_path
from shared.domain.messages.manual import ForcePush
from shared.domain.occasion import Kind
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.forcing import force_push

from ..failing import failing
from ..fake_workspace import stored
from ..fakes import FakePublisher
from ..stage import ALLOWED, QA, Stage, stage

MOMENT = datetime(2026, 11, 29, 9, tzinfo=UTC)
ASKER = Asker(ALLOWED | {"Other"}, Run("0123abcd", MOMENT), "r-1", "ann")
LATER = replace(ASKER, run=Run("4567abcd", MOMENT))
LAST = replace(ASKER, final=True)
SIDE = "aic-force-push/pin-fusion-2-0-qa/0123abcd"


def asked(world: Stage, *pipelines: str, asker: Asker = ASKER, **said: Any) -> Forced:
    request = ForcePush(
        **{"project": "pin/fusion", "workspace": QA, "pipelines": pipelines or None, "confirm": QA, **said}
    )
    return force_push(request, asker, world.outside())


def both() -> Stage:
    """AIC has an edit of `a`, a new pipeline and a pipeline less; Git has a merge of `b` that was never deployed."""
    world = stage(a="one", b="uno", c="eins", gone="x")
    world.put(b="due")
    world.aic.put("a", "typed")
    world.aic.put("new", "fresh")
    world.aic.put("scratch 1", "x")
    world.aic.remove("gone")
    return world


def code(world: Stage, branch: str = "develop") -> dict[str, str | None]:
    """What Git has of the pipelines that somebody may have changed."""
    titles = ("a", "b", "c", "new", "gone", "scratch 1")
    head = world.gitlab.branches[branch]
    found = {title: world.gitlab.content(config_path(title), head) for title in titles}
    return {title: data.decode() if data else None for title, data in found.items()}


LIVE = {"a": "typed", "b": "uno", "c": "eins", "new": "fresh"}


def is_live(found: dict[str, str | None]) -> bool:
    """Whether Git has what AIC runs; what AIC lacks stays, and what is ignored is left out."""
    wanted = {title: stored(text, title=title) if title in ("a", "new") else None for title, text in LIVE.items()}
    same = all(found[title] == text for title, text in wanted.items() if text)
    return same and "uno" in (found["b"] or "") and found["gone"] is not None and found["scratch 1"] is None


def notes(world: Stage) -> list[str]:
    return [each.body for each in world.gitlab.written.get(OnCommit(world.head), [])]


def test_git_has_what_aic_runs_and_what_gives_way_is_named() -> None:
    """In one commit, with the code; Git's history keeps the rest."""
    world = both()
    before = world.head
    merged = before[:8]

    report = asked(world)

    assert is_live(code(world))
    assert world.gitlab.content("code/a/t1.sql", world.head) == b"typed"
    assert world.gitlab.compare(before, world.head).commits[0].parents == (before,)
    assert len(world.gitlab.compare(before, world.head).commits) == 1
    told = report.told()
    assert (told.said, told.bad, told.fields["pipelines"]) == ("force_push: made", False, ["a", "b", "new"])
    assert dict(report.left_out).keys() == {"gone", "scratch 1"}
    (note,) = notes(world)
    assert f"- `b`: what Git had came with `{merged}` and stays in its history" in note
    assert "- `new`: new in Git" in note
    assert "a force push deletes nothing" in note
    assert "Asked for by `ann`." in note
    assert world.writes() == []


def test_the_next_deploy_and_snapshot_find_nothing_to_do() -> None:
    """What Git has is live."""
    world = both()
    asked(world)

    report = world.deploy()
    head = world.head
    world.snapshot()

    assert (report.outcome, world.writes()) == ("unchanged", [])
    assert (world.head, world.aic.code() | {"scratch 1": ""}) == (head, LIVE | {"scratch 1": ""})


def test_some_pipelines_are_pushed_by_name() -> None:
    """The others stay as they are, and are not spoken of."""
    world = both()

    report = asked(world, "b", "scratch 1")

    assert "uno" in (code(world)["b"] or "")
    assert code(world)["a"] == stored("one")
    assert [title for title, _ in report.left_out] == ["scratch 1"]


def test_f20_sent_twice_is_done_once_and_the_first_note_stays() -> None:
    """A later question finds that Git has it."""
    world = both()
    asked(world)
    head = world.head

    again = asked(world)
    later = asked(world, asker=LATER)

    assert (again.outcome, again.commit, later.outcome, world.head) == ("made", head, "nothing", head)
    assert ["- `a`" in note for note in notes(world)] == [True, False]
    assert "### ⏭️ Git has what AIC runs in" in notes(world)[1]


def test_a_run_that_dies_before_its_note_tells_with_the_next_delivery() -> None:
    """Never silently."""
    world = both()
    world.gitlab.before = failing("write_note", Transient("gitlab-unavailable", "busy"))
    with pytest.raises(Transient):
        asked(world)

    report = asked(world)

    assert (report.outcome, report.told().fields["pipelines"]) == ("made", ["a", "b", "new"])
    assert "- `b`: what Git had stays in its history" in notes(world)[0]


def test_a_note_that_can_not_be_written_is_named() -> None:
    """The log has it all."""
    world = both()
    world.gitlab.before = failing("write_note", Permanent("gitlab-forbidden", "no"))

    report = asked(world)

    assert (report.outcome, report.untold, report.told().bad) == ("made", ("gitlab-forbidden",), True)


def test_where_the_token_may_not_push_it_comes_as_a_merge_request() -> None:
    """One, however often it is asked for; its text says what gives way."""
    world = both()
    world.gitlab.protected.add("develop")
    before = world.head

    first, again, later = (asked(world, asker=each) for each in (ASKER, ASKER, LATER))

    (proposal,) = world.gitlab.proposals(target="develop", state="opened")
    assert (proposal.source_branch, world.head) == (SIDE, before)
    assert is_live(code(world, SIDE))
    assert "- `b`: what Git had came with" in proposal.description
    assert {each.iid for each in (first, again, later)} == {proposal.iid}
    assert (first.told().said, first.told().bad) == ("force_push: proposed", False)
    assert notes(world) == []


def test_other_merge_requests_are_none_of_ours() -> None:
    """Nor is one of ours that brings something else by now."""
    world = both()
    world.gitlab.protected.add("develop")
    for source, by in (("aic-force-push/pin-fusion-2-0-qa/x", 8), ("feature/x", 7)):
        world.gitlab.branches[source] = world.head
        world.gitlab.open(source, "develop", by=by)
    first = asked(world, "a")
    world.aic.put("a", "typed again")

    second = asked(world, "a", asker=LATER)

    assert first.iid != second.iid
    assert len(list(world.gitlab.proposals(target="develop", state="opened"))) == 4


def test_what_is_too_large_for_one_commit_comes_as_a_merge_request() -> None:
    """So that Git never has half of it; what a dead run has left is begun anew."""
    world = both()
    world.commit_bytes = 700
    world.gitlab.branches[SIDE] = world.head

    report = asked(world)

    assert report.outcome == "proposed"
    assert is_live(code(world, SIDE))
    assert len(world.gitlab.compare(world.head, world.gitlab.branches[SIDE]).commits) > 1


def test_a_commit_that_gitlab_refuses_otherwise_is_told() -> None:
    """As failed."""
    world = both()
    world.gitlab.before = failing("commit", Permanent("commit-refused", "GitLab answered 400 to a commit"))

    assert (asked(world).reason, notes(world)[0].count("❌ The force push of")) == ("commit-refused", 1)


def test_people_hear_that_aic_has_won() -> None:
    """Once for what was done, whatever is sent again; not of what was only asked."""
    world = both()
    world.heard_of = frozenset({Kind.DRIFT})
    asked(world, dry_run=True)
    asked(world, confirm="typo")
    for each in (ASKER, ASKER, LATER):
        asked(world, asker=each)

    first, again = world.news()

    assert (first.id, first.kind, first.commit) == (again.id, "drift", world.head)
    assert "Git was made to have what AIC runs" in first.title
    assert [row.name for row in first.rows][:3] == ["a", "b", "new"]


def test_people_hear_of_a_merge_request_that_waits() -> None:
    """With its number; where news can't be sent off, the log says so."""
    world = both()
    world.heard_of = frozenset({Kind.DRIFT})
    world.gitlab.protected.add("develop")
    asked(world)
    (news,) = world.news()
    world.publisher = FakePublisher(topics=())

    report = asked(world)

    assert (news.merge_request, "waits" in news.title) == (report.iid, True)
    assert (report.untold, report.told().bad) == (("pubsub-refused",), True)


def test_a_dry_run_commits_nothing() -> None:
    """And says what would be."""
    world = both()
    before = world.head

    report = asked(world, dry_run=True)

    assert (report.outcome, [title for title, _ in report.changed], world.head) == (
        "planned",
        ["a", "b", "new"],
        before,
    )
    assert "### 🔎 What a force push of" in notes(world)[0]


def test_secrets_twins_and_what_git_can_not_hold_are_left_out() -> None:
    """Named, with the reason."""
    world = stage(a="one", b="uno")
    world.aic.put("a", "password = 'hunter2-S3cr3t!'")
    world.aic.add_twin("b", "other")
    world.aic.put("../evil", "x")
    before = world.head

    report = asked(world)

    assert (report.outcome, world.head) == ("nothing", before)
    assert dict(report.left_out).keys() == {"a", "b", "../evil"}
    assert "hunter2" not in "".join(notes(world))


def test_what_differs_in_its_form_alone_is_no_difference() -> None:
    """And what can't be read in Git gives way."""
    world = stage(a="one", b="uno")
    world.gitlab.push("develop", {config_path("a"): stored("one").replace("  ", " "), config_path("b"): "no JSON"})

    assert [title for title, _ in asked(world).changed] == ["b"]


def test_a_pipeline_that_changes_meanwhile_is_looked_at_again() -> None:
    """By the next delivery."""
    world = both()
    reads = []

    def edit(call: str) -> None:
        reads.append(call)
        if call == "read" and reads.count("read") == 6:
            world.aic.put("a", "typed again")

    world.aic.before = edit
    with pytest.raises(Transient):
        asked(world)
    world.aic.before = lambda _: None

    asked(world)

    assert "typed again" in (code(world)["a"] or "")


def nothing(_: Stage) -> None:
    pass


def broken(world: Stage) -> None:
    world.aic.configs[str(world.aic.id_of("a"))]["stages"] = "broken"


def without(world: Stage) -> None:
    del world.gitlab.branches["develop"]


@pytest.mark.parametrize(
    ("prepared", "said", "reason"),
    [
        (nothing, {"confirm": "QA"}, "confirm-mismatch"),
        (nothing, {"pipelines": ("a", "typo")}, "unknown-pipeline"),
        (without, {}, "branch-missing"),
    ],
)
def test_a_question_that_cannot_be_granted_is_answered(
    prepared: Callable[[Stage], None], said: dict[str, Any], reason: str
) -> None:
    """Nothing is committed."""
    world = both()
    prepared(world)

    report = asked(world, **said)

    assert (report.reason, report.told().bad, "commit" in world.gitlab.calls) == (reason, True, False)


def test_what_aic_does_not_give_is_asked_for_again_and_left_out_at_last() -> None:
    """The rest is pushed."""
    world = both()
    broken(world)

    with pytest.raises(Transient):
        asked(world)
    report = asked(world, asker=LAST)

    assert [title for title, _ in report.changed] == ["b", "new"]
    assert "a" in dict(report.left_out)


@pytest.mark.parametrize(("name", "reason"), [("Secret", "workspace-not-allowed"), ("Other", "workspace-not-mapped")])
def test_a_workspace_without_a_branch_of_ours_is_refused(name: str, reason: str) -> None:
    """In the log."""
    with pytest.raises(Refused) as caught:
        asked(both(), workspace=name, confirm=name)

    assert caught.value.reason == reason
