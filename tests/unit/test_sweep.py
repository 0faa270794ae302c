"""A sweep: every deploy that is missing is asked for, and nothing else is done."""

from collections.abc import Callable

import pytest

from shared.domain.due import Due
from shared.domain.errors import Permanent, Refused, ServiceError, Transient
from shared.domain.gitlab import Hook
from shared.domain.layout import MAPPING_FILE, config_path
from shared.domain.sweep_report import SweepReport
from shared.flows.sweep import Sweeper, Unswept, sweep

from ..fakes import FakePublisher
from ..stage import QA, OneByOne, Stage, stage
from .test_deploy_while_held import roll_back

PROJECT, LOST = "pin/fusion", 3000.0
DAY = 24 * 60 * 60.0


def swept(*worlds: Stage, workspaces: frozenset[str] = frozenset({QA})) -> SweepReport:
    """All of them, as projects `pin/fusion`, `pin/fusion1`, …, of which only these workspaces may be touched."""
    projects = [Unswept(f"{PROJECT}{number or ''}", workspaces, world.outside) for number, world in enumerate(worlds)]
    return sweep(projects, Sweeper(LOST, "run-1"), together=OneByOne())


def asked(world: Stage) -> list[tuple[str, str]]:
    """Project and branch of each deploy that was asked for."""
    assert {topic for topic, *_ in world.publisher.published} <= {"aic-deploy", "aic-plan"}
    return [(said["project"], said["branch"]) for topic, said, *_ in world.publisher.published if topic == "aic-deploy"]


def due(report: SweepReport) -> list[Due | None]:
    return [branch.due for project in report.projects for branch in project.branches]


def failing(name: str, error: BaseException) -> Callable[[str], None]:
    """A hook that raises at each call of that name."""

    def hook(call: str) -> None:
        if call == name:
            raise error

    return hook


def test_where_nothing_is_due_gitlab_is_read_a_little_and_aic_not_at_all() -> None:
    """Five questions for a project with one branch: it runs every ten minutes."""
    world = stage(a="one")
    world.gitlab.calls.clear()

    report = swept(world)

    assert (due(report), asked(world)) == ([Due.DONE], [])
    assert sorted(world.gitlab.calls) == ["deployments", "file", "head", "hooks", "proposals"]
    assert world.aic.calls == []
    assert report.told().said == "sweep: nothing due"
    assert not report.told().bad


def test_a_merge_whose_hook_was_lost_is_asked_for_as_the_webhook_would() -> None:
    """In the order of its branch, and as nobody's question: nobody waits for an answer."""
    world = stage(a="one")
    world.merge(a="two")

    report = swept(world)

    ((topic, said, key, attributes, timeout),) = world.publisher.published
    assert (topic, said, key) == ("aic-deploy", {"project": PROJECT, "branch": "develop"}, f"{PROJECT}:develop")
    assert attributes == {"request_id": "run-1", "origin": "sweep", "project": PROJECT, "branch": "develop"}
    assert 0 < timeout <= 10
    assert (due(report), world.aic.calls) == ([Due.MISSING], [])
    assert report.told().said == "sweep: 1 asked for"
    assert report.told().fields["asked_for"] == [f"{PROJECT}:develop: its head was never deployed"]


def test_swept_twice_is_asked_twice_and_deployed_once() -> None:
    """The second question finds nothing to do."""
    world = stage(a="one")
    world.merge(a="two")

    swept(world)
    swept(world)
    for _ in asked(world):
        world.deploy()
    swept(world)

    assert asked(world) == [(PROJECT, "develop")] * 2
    assert world.writes() == ["update"]


def test_a_failed_head_is_asked_for_once_a_day() -> None:
    """A conflict doesn't go away by itself."""
    world = stage(a="one")
    world.put(a="two")
    world.aic.put("a", "typed")
    world.deploy()

    first = due(swept(world))
    for _ in range(3):
        world.clock.advance(DAY)
        assert due(swept(world)) == [Due.AGAIN]
        world.deploy()
        assert due(swept(world)) == [Due.WAITS]

    assert first == [Due.WAITS]
    assert asked(world) == [(PROJECT, "develop")] * 3


def test_how_long_a_conflict_waits_for_people_is_told() -> None:
    """Since the first head that it kept from being deployed, however often that is tried or followed by another one."""
    world = stage(a="one", b="one")
    calm = swept(world).told().fields
    world.put(a="two")
    world.aic.put("a", "typed")
    world.deploy()
    world.clock.advance(DAY)
    world.deploy()
    world.put(b="two")
    world.deploy()
    world.clock.advance(DAY / 4)

    told = swept(world).told().fields

    assert (calm["conflicts"], calm["oldest_conflict_hours"]) == ([], 0.0)
    assert (told["conflicts"], told["oldest_conflict_hours"]) == ([f"{PROJECT}:develop"], 30.0)


def test_what_failed_otherwise_is_no_conflict() -> None:
    """Nor is a conflict that was settled."""
    world = stage(a="one")
    world.put(a="two")
    world.aic.put("a", "typed")
    world.deploy()
    world.put(a="typed")
    world.deploy()
    assert swept(world).told().fields["conflicts"] == []
    world.gitlab.push("develop", {config_path("a"): b"no config"})
    assert world.deploy().reason == "config-refused"
    world.clock.advance(2 * DAY)

    told = swept(world).told().fields

    assert (told["conflicts"], told["oldest_conflict_hours"]) == ([], 0.0)


def test_a_head_that_could_not_even_be_looked_at_waits_too() -> None:
    """There is no record of it, only the status."""
    world = stage(a="one")
    world.gitlab.branches["develop"] = world.gitlab.branches["main"]
    world.put(b="one")
    assert world.deploy().reason == "history-rewritten"

    assert due(swept(world)) == [Due.WAITS]


def test_a_new_commit_upon_a_failed_head_is_asked_for_at_once() -> None:
    """It may be what mends it."""
    world = stage(a="one")
    world.put(a="two")
    world.aic.put("a", "typed")
    world.deploy()
    world.put(a="three")

    assert due(swept(world)) == [Due.MISSING]


def test_a_deploy_that_died_is_asked_for_once_nobody_can_be_at_it() -> None:
    """Its record says running until somebody brings it to an end."""
    world = stage(a="one")
    world.merge(a="two")
    world.aic.before = failing("update", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        world.deploy()
    world.aic.before = lambda _: None

    early = due(swept(world))
    world.clock.advance(LOST)
    late = due(swept(world))
    world.deploy()

    assert (early, late, due(swept(world))) == ([Due.UNDER_WAY], [Due.LEFT], [Due.DONE])
    assert world.aic.code() == {"a": "two"}


def test_what_a_rollback_holds_is_asked_for_when_its_hold_has_ended() -> None:
    """Its close was told by a hook that got lost; as long as it is open, nobody has to ask, however long that is."""
    world = stage(a="one", b="one")
    world.merge(a="bad", b="bad")
    one, other = roll_back(world, a="one"), roll_back(world, b="one")
    world.deploy()

    world.clock.advance(2 * DAY)
    held = due(swept(world))
    world.gitlab.close(other)
    released = due(swept(world))
    world.deploy()
    still = due(swept(world))
    world.gitlab.close(one)
    at_last = due(swept(world))
    world.deploy()

    assert (held, released, still, at_last) == ([Due.HELD], [Due.RELEASED], [Due.HELD], [Due.RELEASED])
    assert due(swept(world)) == [Due.DONE]
    assert world.aic.code() == {"a": "bad", "b": "bad"}
    assert asked(world) == [(PROJECT, "develop")] * 2


def test_only_exact_keys_whose_workspace_the_settings_allow_are_swept() -> None:
    """`main` goes to another workspace, `trial/*` by hand only; `develop` alone is looked at."""
    world = stage(a="one")

    assert [branch.name for branch in swept(world).projects[0].branches] == ["develop"]


def test_a_mapped_branch_that_is_not_there_is_named_and_no_failure() -> None:
    """It may be made tomorrow."""
    world = stage(a="one")
    del world.gitlab.branches["develop"]

    told = swept(world).told()

    assert (told.fields["branches_missing"], told.bad) == ([f"{PROJECT}:develop"], False)


def test_our_hook_that_gitlab_has_disabled_is_an_error() -> None:
    """Ours lead to the root of a host; a disabled one of another service is that service's business."""
    world = stage(a="one")
    world.gitlab.hooked += [
        Hook(1, "https://hooks.example.com/", disabled=False),
        Hook(2, "https://hooks.example.com", disabled=True),
        Hook(3, "https://hooks.example.com/", disabled=True),
        Hook(4, "https://ci.example.com/project/fusion", disabled=True),
    ]

    told = swept(world).told()

    assert told.fields["hooks_disabled"] == [f"{PROJECT}: hook 2", f"{PROJECT}: hook 3"]
    assert told.fields["disabled_hooks"] == 2
    assert told.bad


def test_hooks_that_may_not_be_seen_are_said_to_be_so() -> None:
    """Seeing them takes a Maintainer; the service asks for no such right."""
    world = stage(a="one")
    world.gitlab.maintains = False

    told = swept(world).told()

    assert told.fields["hooks_unseen"] == [f"{PROJECT}: gitlab-forbidden"]
    assert not told.bad


@pytest.mark.parametrize("error", [Transient("gitlab-unavailable"), Permanent("gitlab-unauthorized"), Refused("x")])
def test_a_project_that_fails_stops_no_other(error: ServiceError) -> None:
    """It is named with its reason."""
    broken, sound = stage(a="one"), stage(a="one")
    broken.gitlab.before = failing("file", error)
    sound.put(a="two")

    report = swept(broken, sound)

    assert asked(sound) == [(f"{PROJECT}1", "develop")]
    assert report.told().fields["failed"] == [f"{PROJECT}: {error.reason}"]
    assert report.told().bad


def test_a_branch_that_fails_stops_no_other() -> None:
    """Nor does it hide what GitLab says of the hooks."""
    world = stage(a="one")
    errors = [Permanent("gitlab-refused")]

    def once(call: str) -> None:
        if call == "deployments" and errors:
            raise errors.pop()

    world.gitlab.before = once

    report = swept(world, workspaces=frozenset({QA, "PIN FUSION 2.0"}))

    assert report.told().fields["failed"] == [f"{PROJECT}:develop: gitlab-refused"]
    assert asked(world) == [(PROJECT, "main")]
    assert world.gitlab.calls[-1] == "hooks"


def test_a_closed_pub_sub_fails_the_branch() -> None:
    """The next sweep asks again."""
    world = stage(a="one")
    world.put(a="two")
    world.publisher = FakePublisher(closed=True)

    assert swept(world).told().fields["failed"] == [f"{PROJECT}:develop: pubsub-unavailable"]


@pytest.mark.parametrize("name", ["file", "head"])
def test_a_bug_is_no_failure_of_a_project(name: str) -> None:
    """It stays loud."""
    world = stage(a="one")
    world.gitlab.before = failing(name, RuntimeError("a bug"))

    with pytest.raises(RuntimeError, match="a bug"):
        swept(world)


def test_a_project_without_a_mapping_is_named() -> None:
    """Nothing of it can be deployed."""
    world = stage(a="one")
    world.gitlab.push("main", {MAPPING_FILE: None})

    assert swept(world).told().fields["failed"] == [f"{PROJECT}: mapping-missing"]
