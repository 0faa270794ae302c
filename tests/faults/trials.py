"""One trial: a scenario is attacked, judged, and delivered again in peace, after which all must be as it should."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from tests.faults import blows, oracle
from tests.faults.blows import Blow
from tests.faults.oracle import Judgement, judge
from tests.faults.scenarios import SCENARIOS, Scenario, said
from tests.faults.world import LAST, Ended, World, peace
from tests.stage import ENVIRONMENT, QA, Stage

END = Judgement(QA, ENVIRONMENT)
FULL = said(by_hand=True, full=True)


def quiet(name: str) -> World:
    """The world after a deploy that nothing disturbed, to know its calls."""
    world = World(SCENARIOS[name].make())
    for message in SCENARIOS[name].messages:
        world.deliver(message)
    return world


def struck(name: str, hits: Mapping[int, Blow], *, attempts: int = LAST) -> tuple[World, list[str]]:
    """The scenario with these blows, and what was wrong with its end."""
    world = World(SCENARIOS[name].make())
    world.attack = blows.at(world, hits)
    return world, problems(world, SCENARIOS[name], attempts=attempts)


def outage(name: str, number: int, blow: Blow, *, port: str) -> list[str]:
    """The same with a system that fails from one call on until the last delivery."""
    world = World(SCENARIOS[name].make())
    world.attack = blows.since(world, number, blow, port=port)
    return problems(world, SCENARIOS[name], attempts=2)


def problems(world: World, scenario: Scenario, *, attempts: int = LAST) -> list[str]:
    """Delivers all messages, judges, and sees whether the calm that follows makes everything good."""
    ended = [world.deliver(message, attempts=attempts) for message in scenario.messages]
    by = replace(END, told=all(map(told, ended)), late=world.late_in_gitlab)
    found = [] if ended[-1].dead else judge(world.ledger, by)
    calm(world)
    found += [f"afterwards: {each}" for each in converged(world, scenario, by)]
    return [f"{each} [{', '.join(one.word for one in ended)}]" for each in dict.fromkeys(found)]


def told(ended: Ended) -> bool:
    """Whether the delivery could tell everybody."""
    return ended.report is not None and not ended.report.untold


def calm(world: World) -> None:
    """Nothing goes wrong any more; what was under way has arrived."""
    world.attack, world.disturbed = peace, len(world.calls)
    world.settle()


def converged(world: World, scenario: Scenario, by: Judgement = END) -> list[str]:
    """The same messages again, in peace, end as they should have ended at once.

    What could not be told because a channel was closed, as the log said then, is not told later by itself.
    """
    for message in scenario.messages:
        world.deliver(message)
    found = _twins(world, scenario) if oracle.twins(world.stage.aic) else []
    found += [
        f"nobody keeps {text!r} of {title!r}"
        for title, text in scenario.kept.items()
        if text not in oracle.versions(world.stage.gitlab, title)
    ]
    if scenario.proven and oracle.live(world.stage.aic) != scenario.live:
        found += [] if world.ever_late else ["only a full deploy makes it good"]
        world.deliver(FULL)
    found += judge(world.ledger, by)
    if oracle.live(world.stage.aic) != scenario.live and not (by.late and _is_told(world, scenario)):
        found.append(f"runs {oracle.live(world.stage.aic)}")
    if scenario.proven != (oracle.recorded(world.stage.gitlab, ENVIRONMENT) == world.stage.head):
        found.append(f"on record {world.stage.records()}")
    return found if by.late or by.overlapping else found + oracle.left_running(world.stage.gitlab, everything=by.told)


def _remove(title: str, stage: Stage) -> None:
    stage.aic.remove(title)


def _is_told(world: World, scenario: Scenario) -> bool:
    """Whether people are told of each pipeline that runs otherwise: its success was recorded when it was taken back."""
    runs, said = oracle.live(world.stage.aic), oracle.notes(world.stage.gitlab)
    other = [title for title, text in scenario.live.items() if runs.get(title) != text]
    return all(any(f"`{title}`" in each for each in said) for title in other)


def _twins(world: World, scenario: Scenario) -> list[str]:
    """A creation that arrived late has made a twin, which a person is told of with both ids, and deletes.

    Whoever asked for the content of an older commit asks again, since a full deploy brings that of the head.
    """
    aic = world.stage.aic
    doubled = oracle.twins(aic)
    world.deliver(FULL)
    texts = oracle.notes(world.stage.gitlab)
    ids = [job_id for job_id, each in aic.configs.items() if each.get("title") in doubled]
    unsaid = [job_id for job_id in ids if not any(job_id in text for text in texts)]
    for title in doubled:
        world.person(partial(_remove, title))
    for message in scenario.messages if any("source" in each for each in scenario.messages) else (FULL,):
        world.deliver(message)
    return [f"nobody is told of the twin {job_id}" for job_id in unsaid]
