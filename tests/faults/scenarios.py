"""The deploys that are attacked, each with what must run in AIC when all is calm again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from shared.domain.gitlab import FileAction
from shared.domain.layout import MAPPING_FILE, config_path
from tests.fake_workspace import stored
from tests.faults.world import MERGED, Message
from tests.stage import MAPPING, QA, Stage, bare, stage


@dataclass(frozen=True, slots=True)
class Scenario:
    """`messages` are delivered one after the other; `live` runs in the end, and `proven`: the head is on record.

    `kept` are codes that must stand in Git in the end, by title.
    """

    make: Callable[[], Stage]
    live: Mapping[str, str]
    messages: tuple[Message, ...] = (MERGED,)
    proven: bool = True
    kept: Mapping[str, str] = field(default_factory=dict)


def said(**words: object) -> Message:
    """A message."""
    return MappingProxyType(words)


def _updates() -> Stage:
    world = stage(a="one", b="one", c="one")
    world.merge(a="two", b="zwei", c="deux")
    return world


def _creation() -> Stage:
    world = stage(a="one", b="one")
    world.merge(a="two", new="n", other="o")
    return world


def _deletion() -> Stage:
    world = stage(a="one", b="one")
    world.merge(a="two", b=None)
    return world


def _two_merges() -> Stage:
    world = stage(a="one", b="one")
    world.merge(source="feature/1", a="two")
    world.merge(source="feature/2", a="three", b="two")
    return world


def _adoption() -> Stage:
    world = bare(a="one", b="one")
    world.put(a="two")
    world.aic.put("a", "one")
    return world


def _heal() -> Stage:
    world = stage(a="one", b="one")
    world.put(a="two", b="two")
    world.gitlab.deployed("aic/pin-fusion-2-0-qa", world.head, branch="develop", mapping=world.gitlab.branches["main"])
    world.aic.put("b", "two")
    return world


def _limited() -> Stage:
    world = stage(a="one", b="one", c="one")
    world.merge(a="two", b="two", c="two")
    return world


def _conflict() -> Stage:
    world = stage(a="one", b="one")
    world.merge(a="two", b="two", new="n")
    world.aic.put("b", "typed")
    return world


def _refused() -> Stage:
    world = stage(a="one", b="one")
    world.gitlab.push("develop", {config_path("a"): None, config_path("b"): "{"})
    return world


def _rewritten() -> Stage:
    world = stage(a="one", b="one")
    old = world.head
    world.merge(source="feature/1", a="two")
    world.deploy()
    world.gitlab.branches["develop"] = old
    world.merge(source="feature/2", b="two")
    return world


def _remapped() -> Stage:
    world = stage(a="one", b="one", c="one")
    world.gitlab.push("main", {MAPPING_FILE: f"{MAPPING}# changed\n"})
    world.merge(a="two")
    world.aic.put("c", "one")
    return world


def _pushed() -> Stage:
    world = stage(a="one", b="one")
    world.put(a="two", new="n")
    return world


def _rename() -> Stage:
    world = stage(a="one", b="uno", c="eins")
    world.gitlab.branches["feature/x"] = world.head
    world.put(branch="feature/x", a=None, new="one", b="due", c=None, other="eins", fresh="x")
    world.gitlab.merge("feature/x", "develop")
    return world


def roll_back(world: Stage, **pipelines: str | None) -> None:
    """An open rollback by the service of these pipelines: title to older code, None where it had none."""
    actions = [
        FileAction("update", config_path(title), stored(code).encode())
        if code
        else FileAction("delete", config_path(title))
        for title, code in pipelines.items()
    ]
    source = f"aic-rollback/{len(world.gitlab.requests) + 1}"
    world.gitlab.commit(source, actions, message="back", start=world.head)
    world.gitlab.propose(source, "develop", title="Back", description="")


def _held() -> Stage:
    world = stage(a="one", b="uno")
    world.merge(a="two", b="due", new="n")
    roll_back(world, a="one", new=None)
    return world


def _restored() -> Stage:
    """One of what goes back was edited in AIC, one was deleted there."""
    world = stage(a="one", b="uno", c="eins")
    world.merge(a="two", b="due", c="zwei")
    world.deploy()
    world.aic.put("b", "typed")
    world.aic.remove("c")
    return world


def _older(made: Stage) -> str:
    """The commit that was live first; the same in every stage that is made the same way."""
    return f"commit:{made.records()[0][0]}"


def _captured() -> Stage:
    world = stage(a="one", b="one", c="one")
    for title in ("a", "c"):
        world.aic.put(title, "typed")
    world.captured(a="typed", c="typed")
    world.merge(a="two", b="two")
    world.aic.put("c", "typed again")
    return world


SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        "updates": Scenario(_updates, {"a": "two", "b": "zwei", "c": "deux"}),
        "creation": Scenario(_creation, {"a": "two", "b": "one", "new": "n", "other": "o"}),
        "deletion": Scenario(_deletion, {"a": "two", "b": "one"}),
        "two-merges": Scenario(_two_merges, {"a": "three", "b": "two"}, (said(merge_request=1), said(merge_request=2))),
        "adoption": Scenario(_adoption, {"a": "two", "b": "one"}),
        "heal": Scenario(_heal, {"a": "two", "b": "two"}, (said(by_hand=True, full=True),)),
        "limited": Scenario(
            _limited, {"a": "two", "b": "two", "c": "one"}, (said(by_hand=True, pipelines=["a", "b"]),), proven=False
        ),
        "conflict": Scenario(_conflict, {"a": "one", "b": "typed"}, proven=False, kept={"b": "typed"}),
        "forced": Scenario(
            _conflict,
            {"a": "two", "b": "two", "new": "n"},
            (said(by_hand=True, force=True, confirm=QA),),
            kept={"b": "typed"},
        ),
        "refused": Scenario(_refused, {"a": "one", "b": "one"}, proven=False),
        "rewritten": Scenario(_rewritten, {"a": "one", "b": "two"}, (said(by_hand=True, confirm=QA),)),
        "remapped": Scenario(_remapped, {"a": "two", "b": "one", "c": "one"}),
        "rename": Scenario(_rename, {"new": "one", "b": "due", "other": "eins", "fresh": "x"}),
        "held": Scenario(_held, {"a": "one", "b": "due"}, proven=False),
        "restored": Scenario(
            _restored,
            {"a": "one", "b": "uno", "c": "eins"},
            (said(by_hand=True, source=_older(_restored()), confirm=QA),),
            kept={"b": "typed"},
        ),
        "captured": Scenario(_captured, {"a": "two", "b": "two", "c": "typed again"}),
        "pushed": Scenario(_pushed, {"a": "two", "b": "one", "new": "n"}),
    }
)
