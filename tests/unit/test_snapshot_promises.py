"""What the tool before this one got wrong about bringing AIC into Git."""

import pytest

from shared.domain.capture import Action, Mode
from shared.domain.errors import Permanent, Transient
from shared.domain.gitlab import OnCommit
from shared.domain.layout import config_path
from shared.domain.snapshot_report import Outcome

from ..fake_workspace import stored
from ..stage import Stage, stage
from .test_snapshot import codes, git, rows

SIDE = "aic-sync/pin-fusion-2-0-qa"


def code_edited(**pipelines: str) -> Stage:
    """A workspace whose code files were captured, and one of them edited in Git alone."""
    world = stage(a="one", b="two")
    for title in ("a", "b"):
        world.aic.put(title, f"{title} as captured")
    world.snapshot()
    world.gitlab.push("develop", {f"code/{title}/t1.sql": code for title, code in pipelines.items()})
    world.deploy()
    return world


def test_f04_of_two_pipelines_of_one_title_none_is_taken_for_the_other() -> None:
    """Both ids are told, the others go on."""
    world = stage(a="one", b="two")
    twin = world.aic.add_twin("a", "the second")
    world.aic.put("b", "edited")
    report = world.snapshot()

    assert rows(report) == {"a": Action.WITHHOLD, "b": Action.CAPTURE}
    assert twin in report.rows[0].why
    assert codes(world) == {"a": "one", "b": "edited"}


def test_f21_an_edit_of_a_code_file_in_git_is_not_undone_by_a_capture() -> None:
    """People see both in the merge request."""
    world = code_edited(a="edited in Git")
    world.aic.put("a", "edited in AIC")
    world.aic.put("b", "edited too")
    report = world.snapshot(message="2")

    assert git(world)["code/a/t1.sql"] == "edited in Git"
    assert codes(world, SIDE)["a"] == "edited in AIC"
    assert codes(world)["b"] == "edited too"
    assert "without its config" in report.rows[0].why


def test_f21_code_that_lies_in_git_without_a_config_is_not_replaced() -> None:
    """Neither by a new pipeline of that title, nor by one that was renamed to it."""
    world = stage(a="one", b="two")
    world.gitlab.push("develop", {"code/new/t1.sql": "written in Git", "code/renamed/t1.sql": "this too"})
    world.deploy()
    world.aic.put("new", "made in AIC")
    renamed = world.aic.id_of("b")
    assert renamed is not None
    world.aic.configs[renamed]["title"] = "renamed"
    world.aic.put("a", "edited")
    world.snapshot(message="2")

    assert codes(world) == {"a": "edited", "b": "two"}
    assert git(world)["code/new/t1.sql"] == "written in Git"
    assert git(world)["code/renamed/t1.sql"] == "this too"
    assert codes(world, SIDE) == {"a": "one", "new": "made in AIC", "renamed": "two"}


def test_f21_an_unchanged_pipeline_leaves_its_edited_code_file_alone() -> None:
    """Nothing is written for it at all."""
    world = code_edited(a="edited in Git")

    assert world.snapshot(message="2").outcome is Outcome.CLEAN
    assert git(world)["code/a/t1.sql"] == "edited in Git"


def test_f21_a_config_that_can_not_be_read_hides_nobody_s_edit() -> None:
    """It goes by merge request anyway."""
    world = code_edited(a="edited in Git")
    world.gitlab.push("develop", {config_path("a"): "{"})
    world.aic.put("a", "edited in AIC")
    world.snapshot(message="2")

    assert git(world)["code/a/t1.sql"] == "edited in Git"


def test_f30_an_error_of_gitlab_leaves_no_half_of_a_capture() -> None:
    """One commit is all or nothing, and the next delivery makes it."""
    world = stage(**{f"p{number}": "old" for number in range(30)})
    for number in range(30):
        world.aic.put(f"p{number}", "edited")
    refused = [True]

    def before(call: str) -> None:
        if call == "commit" and refused:
            refused.pop()
            raise Transient("gitlab-unavailable", "GitLab answered 502")

    world.gitlab.before = before
    with pytest.raises(Transient):
        world.snapshot()
    assert set(codes(world).values()) == {"old"}

    world.snapshot()
    assert set(codes(world).values()) == {"edited"}


@pytest.mark.parametrize("call", ["tree", "file", "deployments", "proposals"])
def test_f31_an_error_while_looking_rewrites_nothing(call: str) -> None:
    """What could not be read is no absence."""
    world = stage(a="one")
    before, refused = git(world), [True]

    def fails(name: str) -> None:
        if name == call and refused:
            refused.pop()
            raise Transient("gitlab-unavailable", "GitLab answered 502")

    world.gitlab.before = fails
    with pytest.raises(Transient):
        world.snapshot()

    assert git(world) == before
    assert world.snapshot().outcome is Outcome.CLEAN
    assert world.gitlab.calls.count("commit") == 0


@pytest.mark.parametrize("mode", Mode)
def test_f33_two_snapshots_at_once_make_one_capture(mode: Mode) -> None:
    """Whoever comes second finds it done."""
    world = stage(a="one")
    world.aic.put("a", "edited")
    inside = [True]

    def before(call: str) -> None:
        if call in ("commit", "propose") and inside:
            inside.pop()
            world.snapshot(mode=mode, message="the other")

    world.gitlab.before = before
    world.snapshot(mode=mode)

    branch = "develop" if mode is Mode.COMMIT else SIDE
    captures = [each for each in world.gitlab.commits.values() if "AIC-Run" in each.commit.message]
    assert codes(world, branch) == {"a": "edited"}
    assert len(captures) == 1
    assert len(world.gitlab.requests) == (mode is Mode.MERGE_REQUEST)


def test_f37_misspelt_names_delete_nothing() -> None:
    """They are told, and that is all."""
    world = stage(a="one", b="two")
    report = world.snapshot(pipelines=["a", "typo1", "typo2"])

    assert (report.outcome, report.reason) == (Outcome.REFUSED, "unknown-pipeline")
    assert codes(world) == {"a": "one", "b": "two"}
    assert world.gitlab.requests == []


@pytest.mark.parametrize("mode", Mode)
def test_sec_35_a_token_or_key_that_ends_in_the_middle_aborts_in_order(mode: Mode) -> None:
    """At whichever call: nothing is half done, nothing is tried again at once, and it is told where it can be."""

    def world() -> Stage:
        made = stage(a="one", b="two")
        made.aic.put("a", "edited")
        return made

    calm = world()
    calm.snapshot(mode=mode)
    for port, calls in (("gitlab", len(calm.gitlab.calls)), ("aic", len(calm.aic.calls))):
        for number in range(calls):
            broken = world()
            side = getattr(broken, port)
            seen: list[str] = []

            def before(call: str, *, seen: list[str] = seen, number: int = number, port: str = port) -> None:
                seen.append(call)
                if len(seen) > number:
                    raise Permanent(f"{port}-unauthorized", "answered 401")

            side.before = before
            if port == "gitlab":
                _ends(broken, mode)
            else:
                report = broken.snapshot(mode=mode)
                assert (report.outcome, report.reason) == (Outcome.FAILED, "aic-unauthorized")
                assert "aic-unauthorized" in broken.gitlab.body(OnCommit(broken.head))
            assert codes(broken) in ({"a": "one", "b": "two"}, {"a": "edited", "b": "two"})
            side.before = lambda _: None
            broken.snapshot(mode=mode)
            assert "edited" in codes(broken, "develop" if mode is Mode.COMMIT else SIDE).values()


def _ends(world: Stage, mode: Mode) -> None:
    """Without GitLab nobody can be told: the message is kept, or the report says which channel was closed."""
    reasons: tuple[str, ...] = ()
    try:
        report = world.snapshot(mode=mode)
        reasons = (report.reason, *report.untold)
    except Permanent as error:
        reasons = (error.reason,)
    assert "gitlab-unauthorized" in reasons


def test_a_stored_file_that_equals_live_but_for_its_id_is_not_rewritten() -> None:
    """Promotion from another workspace makes no noise."""
    world = stage(a="one")
    world.gitlab.push("develop", {config_path("a"): stored("one", **{"$id": "of another workspace"})})
    world.deploy()
    head = world.head

    assert world.snapshot().outcome is Outcome.CLEAN
    assert world.head == head
