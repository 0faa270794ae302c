"""Branches of the Git flow bring exactly the chosen pipelines, upon what their target has."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Any

import pytest

from shared.domain.answer import Outcome
from shared.domain.errors import Permanent, Refused, Transient
from shared.domain.gitlab import OnCommit
from shared.domain.layout import MAPPING_FILE, config_path
from shared.domain.messages.promotion import CreateReleaseBranch
from shared.domain.promotion_report import Promoted
from shared.domain.route import RELEASE
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.branching import create_branch

from ..failing import failing
from ..fake_workspace import stored
from ..stage import ALLOWED, Stage, bare

SECRET = "kV7mQ2xL9pTz4WsB"
MOMENT = datetime(2026, 11, 20, 9, tzinfo=UTC)
NAME = "release/pin-12"
MAPPING = "mapping:\n  main: PIN FUSION 2.0\n  develop: PIN FUSION 2.0 QA\nignore:\n  - 'scratch*'\n"


def asker(run: str = "0123abcd", *, allowed: frozenset[str] = ALLOWED, final: bool = False) -> Asker:
    return Asker(allowed, Run(run, MOMENT), "r-1", "ann", final)


def asked(world: Stage, *pipelines: str, name: str = "PIN-12", by: Asker | None = None, **said: Any) -> Promoted:
    """The report of a release branch that Ann asks for."""
    request = CreateReleaseBranch(project="pin/fusion", name=name, pipelines=pipelines or None, **said)
    return create_branch(request, "create_release_branch", RELEASE, asker=by or asker(), outside=world.outside())


def flow() -> Stage:
    """Production has a, b and old; staging has changed a and b, made new, dropped old, and left its code behind."""
    world = bare(mapping=MAPPING)
    before = {config_path(title): stored("one") for title in ("a", "b", "old", "team/x")}
    code = {"code/a/t1.sql": "one", "code/a/gone.sql": "one", "code/team/x/t1.sql": "one"}
    world.gitlab.push("main", {**before, **code, "README.md": "of production"})
    world.gitlab.branches["develop"] = world.gitlab.branches["main"]
    world.put(a="two", b="two", new="two", old=None, **{"team/x": "two"})
    changed = {"code/a/t1.sql": "two", "code/a/gone.sql": None, "code/a/t2.sql": "new", "code/team/x/t1.sql": "two"}
    world.gitlab.push("develop", {**changed, "README.md": "of staging"})
    return world


def files(world: Stage, branch: str) -> dict[str, str]:
    there = world.gitlab.commits[world.gitlab.branches[branch]].files
    return {path: data.decode() for path, data in there.items()}


def changed(world: Stage, branch: str = NAME) -> dict[str, str | None]:
    """What merging the branch would change."""
    before, after = files(world, "main"), files(world, branch)
    return {path: after.get(path) for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def note(world: Stage, branch: str) -> str:
    (found,) = world.gitlab.written[OnCommit(world.gitlab.branches[branch])]
    return found.body


def test_f10_f12_a_branch_brings_exactly_the_named_pipelines_with_all_of_their_files() -> None:
    """It is one commit upon production: whatever else differs stays as production has it."""
    world = flow()

    report = asked(world, "a", "team/x")

    assert changed(world) == {
        config_path("a"): stored("two"),
        "code/a/t1.sql": "two",
        "code/a/t2.sql": "new",
        "code/a/gone.sql": None,
        config_path("team/x"): stored("two"),
        "code/team/x/t1.sql": "two",
    }
    tip = world.gitlab.commits[world.gitlab.branches[NAME]].commit
    assert tip.parents == (world.gitlab.branches["main"],)
    assert tip.message == "Bring 2 pipelines of develop to main\n\nAIC-Run: 0123abcd"
    assert (report.outcome, report.titles, report.name) == (Outcome.MADE, ("a", "team/x"), NAME)


def test_without_names_all_that_differ_go_along_and_nothing_is_deleted() -> None:
    """What staging has dropped stays in production, and is named."""
    world = flow()

    report = asked(world)

    assert report.titles == ("a", "b", "new", "team/x")
    assert [title for title, _ in report.left_out] == ["old"]
    assert files(world, NAME)[config_path("old")] == stored("one")
    assert files(world, NAME)["README.md"] == "of production"


def test_the_answer_stands_on_the_new_branch_and_says_how_to_go_on() -> None:
    """As there is no merge request yet."""
    world = flow()

    report = asked(world, "a", "old")

    text = note(world, NAME)
    assert text.startswith("<!-- aic-create_release_branch release/pin-12 -->\n\n### 🌱 `release/pin-12` is made")
    assert "From `develop`, upon what `main` has now. Asked for by `ann`." in text
    assert "**Brings**\n\n- `a`" in text
    assert "- `old`: it is not on the branch that it would come from" in text
    assert '"workflow":"create_merge_request"' in text
    assert "release/pin-12" in text
    told = report.told()
    assert (told.said, told.bad, told.fields["name"]) == ("create_release_branch: made", False, NAME)
    assert (told.fields["pipelines"], told.fields["left_out"], told.fields["branch"]) == (["a"], ["old"], NAME)


def test_f13_a_second_release_of_a_changed_pipeline_goes_forward() -> None:
    """Although the branches share no merge since: production's version once was staging's."""
    world = flow()
    asked(world, "a")
    world.gitlab.merge(NAME, "main", squash=True)
    world.put(a="three")

    report = asked(world, "a", name="second")

    assert (report.outcome, report.conflicts) == (Outcome.MADE, ())
    assert changed(world, "release/second") == {config_path("a"): stored("three")}
    world.gitlab.merge("release/second", "main")
    assert files(world, "main")[config_path("a")] == stored("three")
    assert files(world, "main")[config_path("b")] == stored("one")


def test_a_change_that_only_the_target_has_is_a_conflict_before_any_branch_is_made() -> None:
    """A hotfix that was not merged back: bringing staging's version would undo it."""
    world = flow()
    world.put(branch="main", a="hotfix", b="hotfix")

    report = asked(world)

    assert (report.outcome, report.reason, report.conflicts) == (Outcome.REFUSED, "promotion-conflict", ("a", "b"))
    assert NAME not in world.gitlab.branches
    text = note(world, "develop")
    assert "### ❌ `release/pin-12` was not made" in text
    assert "- `a`: the version there was never here" in text
    assert "Bring those changes to `develop` first" in text
    assert report.told().bad
    assert asked(world, "new").outcome is Outcome.MADE


def test_a_conflict_is_told_with_both_versions() -> None:
    """So that people need not look for them; what looks like a secret is not shown."""
    world = flow()
    world.gitlab.push("main", {"code/a/t1.sql": f"of production\npassword = '{SECRET}'"})
    world.put(branch="main", a="hotfix")

    asked(world, "a")

    text = note(world, "develop")
    assert "<summary><code>a</code> · +" in text
    assert "`-` is what `main` has, `+` what `develop` has" in text
    assert "\n-of production\n" in text
    assert "\n+two\n" in text
    assert "[hidden]" in text
    assert SECRET not in text


def test_a_hotfix_that_was_merged_back_is_no_conflict() -> None:
    """Its version has been on staging, if only for a moment."""
    world = flow()
    world.put(branch="main", a="hotfix")
    world.put(a="hotfix")
    world.put(a="three")

    assert asked(world, "a").conflicts == ()


def test_the_same_content_in_other_words_is_no_conflict() -> None:
    """Only what a deploy writes counts."""
    world = flow()
    world.gitlab.push("main", {config_path("a"): stored("one").replace("{", "{ ", 1)})

    assert asked(world, "a").conflicts == ()


def test_a_file_that_no_deploy_could_read_is_compared_as_it_stands() -> None:
    """It is mended by a promotion like any other."""
    world = flow()
    world.gitlab.push("main", {config_path("a"): "{", config_path("b"): "{"})
    world.gitlab.push("develop", {config_path("a"): "{"})
    world.put(a="mended")

    assert asked(world).conflicts == ("b",)
    assert asked(world, "a").outcome is Outcome.MADE


def test_what_the_target_has_deleted_only_comes_back_by_its_name() -> None:
    """Somebody took it away there on purpose."""
    world = flow()
    world.gitlab.push("main", {config_path("b"): None})

    assert ("b", "it was deleted there; name it to bring it again") in asked(world, name="all").left_out
    assert asked(world, "b").titles == ("b",)


TAKEN_BACK = "this version was there and was taken back; name it to bring it again"


def released() -> Stage:
    """Staging's `a` was released, and production went back from it."""
    world = flow()
    asked(world, "a")
    world.gitlab.merge(NAME, "main")
    world.gitlab.branches["aic-rollback/main"] = world.gitlab.branches["main"]
    world.put(branch="aic-rollback/main", a="one")
    world.gitlab.merge("aic-rollback/main", "main")
    return world


def test_what_the_target_has_taken_back_only_comes_again_by_its_name() -> None:
    """The next release must not undo a rollback that nobody thinks of any more; a newer version goes along."""
    world = released()

    assert ("a", TAKEN_BACK) in asked(world, name="all").left_out
    assert asked(world, "a", name="again").titles == ("a",)
    world.put(a="mended")
    assert "a" in asked(world, name="mended").titles


def test_what_the_source_has_taken_back_goes_forward() -> None:
    """A revert on staging is a change like any other, though production had that version before."""
    world = flow()
    asked(world, "a")
    world.gitlab.merge(NAME, "main")
    world.put(a="one")

    report = asked(world, name="revert")

    assert "a" in report.titles
    assert changed(world, "release/revert")[config_path("a")] == stored("one")


def test_a_version_that_the_source_never_had_is_a_conflict_whatever_was_taken_back() -> None:
    """A hotfix that nobody brought back, and a release over it that was taken back."""
    world = flow()
    for code in ("hotfix", "two", "hotfix"):
        world.put(branch="main", a=code)

    assert asked(world, name="all").conflicts == ("a",)


def test_a_dry_run_makes_nothing_and_says_what_it_would() -> None:
    """On the branch that the pipelines come from."""
    world = flow()

    report = asked(world, "a", dry_run=True)

    assert (report.outcome, NAME in world.gitlab.branches) == (Outcome.PLANNED, False)
    assert "### 🔎 What `release/pin-12` would bring" in note(world, "develop")
    assert "**Would bring**\n\n- `a`" in note(world, "develop")


def test_where_nothing_differs_nothing_is_made() -> None:
    """It says so."""
    world = bare(mapping=MAPPING, a="one")
    world.gitlab.branches["main"] = world.head

    report = asked(world)

    assert (report.outcome, report.detail) == (Outcome.NOTHING, "`main` has all of it")
    assert "### ⏭️ Nothing to do for `release/pin-12`" in note(world, "develop")


def test_the_same_message_delivered_again_changes_nothing() -> None:
    """Nor does the same question asked anew, by another run."""
    world = flow()
    asked(world, "a")
    tip = world.gitlab.branches[NAME]

    again, anew = asked(world, "a"), asked(world, "a", by=asker("ffffffff"))

    assert [again.outcome, anew.outcome] == [Outcome.NOTHING, Outcome.NOTHING]
    assert anew.detail == f"`{NAME}` is there already, with just these pipelines"
    assert world.gitlab.branches[NAME] == tip


def test_what_a_dead_delivery_has_begun_is_gone_on_from() -> None:
    """More than one request takes several commits."""
    world = flow()
    big = dict.fromkeys(("code/a/t1.sql", "code/team/x/t1.sql"), "x" * 8000000)
    world.gitlab.push("develop", big)
    world.gitlab.before = failing("commit", Transient("gitlab-unavailable", "gone"), skip=1)
    with pytest.raises(Transient):
        asked(world, "a", "team/x")
    world.gitlab.before = lambda _: None

    assert asked(world, "a", "team/x").outcome is Outcome.MADE
    assert {path: len(files(world, NAME)[path]) for path in big} == dict.fromkeys(big, 8000000)


def _taken() -> Iterator[tuple[str, Callable[[Stage], object]]]:
    yield "more pipelines", lambda world: asked(world, "a", "b", by=asker("ffffffff"))
    yield "fewer pipelines", lambda world: asked(world, "b", by=asker("ffffffff"))
    yield "an older version", lambda world: (asked(world, "a", by=asker("ffffffff")), world.put(a="three"))
    yield (
        "a person's commit",
        lambda world: (
            asked(world, "a", by=asker("ffffffff")),
            world.put(branch=NAME, a="by hand"),
        ),
    )


@pytest.mark.parametrize("before", [pytest.param(act, id=name) for name, act in _taken()])
def test_f44_a_branch_of_that_name_with_other_content_is_left_alone(before: Callable[[Stage], object]) -> None:
    """Reusing it would bring what nobody chose."""
    world = flow()
    before(world)
    tip = world.gitlab.branches[NAME]

    report = asked(world, "a")

    assert (report.outcome, report.reason) == (Outcome.REFUSED, "branch-exists")
    assert world.gitlab.branches[NAME] == tip


@pytest.mark.parametrize("branch", ["main", "develop"])
def test_a_branch_of_the_flow_that_gitlab_lacks_is_refused(branch: str) -> None:
    """It is named; where there is nothing to write on, the log alone tells."""
    world = flow()
    mapping = world.gitlab.branches["main"]
    world.gitlab.branches["kept"] = mapping
    text = f"mapping:\n  main: PIN FUSION 2.0\n  develop: PIN FUSION 2.0 QA\nroles:\n  {_role(branch)}: lost\n"
    world.gitlab.push("main", {MAPPING_FILE: text.replace(f"  {branch}:", "  lost:", 1)})

    report = asked(world)

    assert (report.outcome, report.reason, report.detail) == (
        Outcome.REFUSED,
        "branch-missing",
        "GitLab has no branch `lost`",
    )


def _role(branch: str) -> str:
    return {"main": "production", "develop": "staging"}[branch]


def test_a_workspace_that_the_settings_dont_allow_is_no_part_of_a_flow() -> None:
    """Neither as a source nor as a target."""
    for allowed in ("PIN FUSION 2.0", "PIN FUSION 2.0 QA"):
        with pytest.raises(Refused) as refused:
            asked(flow(), by=asker(allowed=frozenset({allowed})))
        assert refused.value.reason == "workspace-not-allowed"


def test_a_name_that_makes_no_sense_is_answered_on_the_branch() -> None:
    """And nothing is made."""
    world = flow()

    report = asked(world, "typo")

    assert (report.reason, NAME in world.gitlab.branches) == ("unknown-pipeline", False)
    assert "**Reason** `unknown-pipeline`: neither of the two branches has a pipeline `typo`" in note(world, "develop")


def test_what_may_pass_is_tried_again_and_told_on_the_last_delivery() -> None:
    """A permanent failure is told at once."""
    world = flow()
    world.gitlab.before = failing("commit", Transient("gitlab-busy", "later"), times=9)
    with pytest.raises(Transient):
        asked(world, "a")
    assert asked(world, "a", by=asker(final=True)).outcome is Outcome.FAILED
    world.gitlab.before = failing("commit", Permanent("gitlab-forbidden", "no"), times=1)

    report = asked(world, "a")

    assert (report.outcome, report.reason) == (Outcome.FAILED, "gitlab-forbidden")
    assert "it failed" in note(world, "develop")


def test_f29_a_busy_moment_drops_no_pipeline_from_a_release() -> None:
    """Whatever GitLab has no time for: without all of it there is no branch, and the next delivery makes it."""
    seen: list[str] = []
    world = flow()
    world.gitlab.before = seen.append
    asked(world)
    wanted = changed(world)

    for number in range(len(seen)):
        world, busy = flow(), count()
        world.gitlab.before = partial(_busy_at, number, busy)
        try:
            asked(world)
        except Transient:
            assert "commit" in seen[:number] or NAME not in world.gitlab.branches
            asked(world)
        assert changed(world) == wanted

    assert len(seen) > 10


def _busy_at(number: int, calls: Iterator[int], _call: str) -> None:
    """GitLab's 429 at that one of all calls."""
    if next(calls) == number:
        raise Transient("gitlab-unavailable", "GitLab answered 429")


def test_f09_more_than_one_page_of_code_folders_is_no_limit() -> None:
    """A release takes exactly what was chosen however many there are."""
    world = flow()
    many = {f"P{number:03}": "one" for number in range(130)}
    world.put(branch="main", **many)
    world.gitlab.push("main", {f"code/{title}/t1.sql": "one" for title in many})

    asked(world, "a")

    assert set(changed(world)) == {config_path("a"), "code/a/t1.sql", "code/a/t2.sql", "code/a/gone.sql"}
