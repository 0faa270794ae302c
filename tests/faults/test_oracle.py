"""The oracle itself: what must never be doesn't get past it."""

from collections.abc import Callable

import pytest

from shared.domain.gitlab import OnMergeRequest
from shared.domain.layout import config_path
from tests.fake_workspace import stored
from tests.faults.oracle import judge
from tests.faults.scenarios import SCENARIOS
from tests.faults.trials import END
from tests.faults.world import MERGED, Call, Effect, World
from tests.stage import ENVIRONMENT, Stage


def deployed(attack: Callable[[World, Call, Effect], object] | None = None, *, name: str = "updates") -> World:
    world = World(SCENARIOS[name].make())
    if attack is not None:
        world.attack = lambda call, effect: attack(world, call, effect)
    world.deliver(MERGED)
    return world


def before(name: str, act: Callable[[Stage], object]) -> Callable[[World, Call, Effect], object]:
    """A person acts once, ahead of the first call of that name."""
    done: list[int] = []

    def attack(world: World, call: Call, effect: Effect) -> object:
        if call.name == name and not done:
            done.append(call.number)
            world.person(act)
        return effect()

    return attack


def test_a_good_deploy_is_good() -> None:
    """Or everything below would prove nothing."""
    assert judge(deployed().ledger, END) == []


def test_a_write_over_an_edit_that_the_run_had_seen_is_found() -> None:
    """The guard is made blind: it shows the old version where a person's stands."""
    old: dict[str, dict[str, object]] = {}

    def attack(world: World, call: Call, effect: Effect) -> object:
        answer = effect()
        if call.name == "read":
            return old.get(str(call.arguments[0]), answer)
        if call.name == "jobs" and not old:
            old.update({job_id: dict(each) for job_id, each in world.stage.aic.configs.items()})
            world.person(lambda stage: stage.aic.put("a", "typed"))
        return answer

    assert any("lost 'typed'" in each for each in judge(deployed(attack).ledger, END))


def test_a_save_in_the_window_is_no_loss_but_counted() -> None:
    """Between guard-read and write."""
    world = deployed(before("update", lambda stage: stage.aic.put("a", "typed")))

    assert judge(world.ledger, END) == []
    assert len(world.ledger.windows) == 1


def test_a_success_without_the_writes_is_found() -> None:
    """AIC takes each write and shows the new version, but runs the old one."""
    new: dict[str, object] = {}

    def attack(world: World, call: Call, effect: Effect) -> object:
        if call.name == "update":
            new[str(call.arguments[0])] = call.arguments[2]
            return None
        answer = effect()
        if call.name == "read" and str(call.arguments[0]) in new:
            content = new[str(call.arguments[0])]
            assert isinstance(answer, dict)
            return {**answer, **content.fields()}  # type: ignore[attr-defined]
        return answer

    assert any("success of" in each for each in judge(deployed(attack).ledger, END))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda stage: stage.gitlab.open_deployment(
                ENVIRONMENT, branch="develop", commit=stage.head, status="running"
            ),
            "record",
        ),
        (
            lambda stage: stage.gitlab.post_status(
                stage.head, branch="develop", name="aic/deploy", state="running", description=""
            ),
            "status",
        ),
        (lambda stage: stage.gitlab.write_note(OnMergeRequest(1), "<!-- x -->\n⏳", replaces=None), "note left"),
        (
            lambda stage: [stage.gitlab.write_note(OnMergeRequest(1), "<!-- x -->", replaces=None) for _ in "12"],
            "several",
        ),
    ],
    ids=["record", "status", "note", "two notes"],
)
def test_what_is_left_behind_is_found(spoil: Callable[[Stage], object], said: str) -> None:
    """Something that says that somebody is still at work, or says it twice."""
    world = deployed()
    spoil(world.stage)

    assert [said in each for each in judge(world.ledger, END)] == [True]


def test_half_a_deploy_is_found_unless_it_is_said() -> None:
    """With the workspace and the pipeline."""
    world = deployed(name="conflict")
    world.stage.aic.put("a", "two")

    assert judge(world.ledger, END) == ["half deployed and not said: 'a'"]

    text = f"<!-- x -->\n🚨 `{END.workspace}` is half deployed\n- `a`: still holds the new version"
    world.stage.gitlab.write_note(OnMergeRequest(1), text, replaces=None)

    assert judge(world.ledger, END) == []


def test_a_claim_without_a_record_is_found() -> None:
    """A green status, or a note, of a head that is not on record."""
    world = deployed(name="conflict")
    world.stage.gitlab.post_status(
        world.stage.head, branch="develop", name="aic/deploy", state="success", description="ok"
    )

    assert [each for each in judge(world.ledger, END) if "claims success" in each]


@pytest.mark.parametrize(("later", "found"), [({}, 0), ({"c": "three"}, 1)], ids=["captured last", "changed since"])
def test_an_edit_may_only_be_left_where_nobody_changed_what_was_captured(later: dict[str, str], found: int) -> None:
    """A success of a head that changed it upon the capture must have written it."""
    world = World(SCENARIOS["captured"].make())
    head = world.stage.put(a="typed", b="one", **later)
    world.ledger.asked(1, None, full=False)
    call = Call(0, 1, "gitlab", "open_deployment", (ENVIRONMENT,), "success")
    for number, job_id in enumerate(world.stage.aic.configs):
        world.ledger.watch(Call(number, 1, "aic", "read", (job_id,)), lambda: None)
    repository = world.stage.gitlab

    world.ledger.watch(
        call, lambda: repository.open_deployment(ENVIRONMENT, branch="develop", commit=head, status="success")
    )

    assert len(world.ledger.found) == found


def test_a_write_of_what_is_held_is_found() -> None:
    """The run is shown the rollback, and made to overlook it."""

    def attack(_: World, call: Call, effect: Effect) -> object:
        answer = effect()
        return iter(()) if call.name == "proposals" else answer

    found = judge(deployed(attack, name="held").ledger, END)

    assert [each for each in found if each.endswith("wrote 'two' of 'a', which is held")]


@pytest.mark.parametrize(("live", "found"), [("due", 0), ("uno", 1)], ids=["written", "forgotten"])
def test_beside_what_is_held_the_rest_must_be_live(live: str, found: int) -> None:
    """A run that ends so says of all else that it is as the head has it."""
    world = deployed(name="held")
    world.stage.aic.put("b", live)
    (record,) = [each for _, each in world.stage.gitlab.records if each.status == "canceled"]
    world.ledger.found.clear()

    call = Call(0, 1, "gitlab", "end_deployment", (record, "canceled"), "canceled")
    for job_id in world.stage.aic.configs:
        world.ledger.watch(Call(0, 1, "aic", "read", (job_id,)), lambda: None)
    world.ledger.watch(call, lambda: None)

    assert len(world.ledger.found) == found


def test_silence_is_found() -> None:
    """A head that nothing was said of."""
    world = deployed()
    world.stage.gitlab.push("develop", {config_path("a"): stored("unheard")})

    assert "nobody can see what became of it" in judge(world.ledger, END)
