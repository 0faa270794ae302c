"""The snapshots that are attacked, each with what Git, AIC and the open merge requests hold when all is calm again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from shared.domain.capture import Mode
from shared.domain.layout import MAPPING_FILE
from tests.faults.scenarios import roll_back
from tests.stage import MAPPING, Stage, bare, stage

SECRET = "glpat-" + "x7Kq2mZp9RtVw4Yb8NcD"
SIDE = "aic-sync/pin-fusion-2-0-qa"
Waiting = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Night:
    """A snapshot; `git` is what the branch has in the end, title to code, and `live` what runs, where that differs.

    `waiting` is what each open merge request brings, None for a deletion. `named` are told in a note or in a merge
    request. `recorded`: the head is on record in the end. `together` come onto the branch all at once.
    """

    make: Callable[[], Stage]
    git: Mapping[str, str]
    mode: Mode = Mode.COMMIT
    live: Mapping[str, str] | None = None
    waiting: tuple[Waiting, ...] = ()
    named: tuple[str, ...] = ()
    recorded: bool = True
    together: frozenset[str] = frozenset()


def edited(**pipelines: str) -> Stage:
    """Three pipelines, of which these were edited, or made."""
    world = stage(a="one", b="two", c="three")
    for title, code in pipelines.items():
        world.aic.put(title, code)
    return world


def _code_edited() -> Stage:
    world = edited(a="captured", b="captured too")
    world.snapshot(message="before")
    world.gitlab.push("develop", {"code/a/t1.sql": "edited in Git"})
    world.deploy()
    world.publisher.published.clear()
    world.aic.put("a", "edited in AIC")
    world.aic.put("b", "edited as well")
    return world


def _conflict() -> Stage:
    world = edited(a="edited", b="edited too")
    world.merge(a="merged")
    return world


def _appended() -> Stage:
    world = edited(a="edited")
    world.snapshot(mode=Mode.MERGE_REQUEST, message="before")
    world.aic.put("b", "edited too")
    return world


def _replaced() -> Stage:
    world = edited(a="edited")
    world.snapshot(mode=Mode.MERGE_REQUEST, message="before")
    world.aic.put("a", "one")
    world.merge(a="merged")
    world.deploy()
    world.aic.put("a", "edited after that")
    return world


def _renamed() -> Stage:
    world = edited(a="to be renamed")
    world.snapshot(message="before")
    world.deploy()
    world.publisher.published.clear()
    job_id = world.aic.id_of("a")
    assert job_id is not None
    world.aic.configs[job_id]["title"] = "team/a"
    return world


def _deleted() -> Stage:
    world = edited()
    world.aic.remove("b")
    return world


def _adopted() -> Stage:
    world = bare(a="one", b="two", c="three")
    world.aic.put("a", "typed")
    world.aic.put("b", "two")
    world.aic.put("new", "n")
    return world


def _first() -> Stage:
    world = bare()
    for title, code in {"a": "one", "b": "two", "team/c": "three"}.items():
        world.aic.put(title, code)
    return world


def _large() -> Stage:
    world = edited(b="edited", d="four", e="five", f="six")
    world.commit_bytes = 3000
    return world


def _withheld() -> Stage:
    return edited(a=f"select '{SECRET}'", b="edited")


def _older() -> Stage:
    world = stage(a="one", b="two")
    world.merge(a="newer")
    world.deploy()
    world.aic.put("a", "one")
    world.aic.put("b", "edited")
    return world


def _due() -> Stage:
    world = edited()
    world.merge(a="merged")
    return world


def _mixed() -> Stage:
    world = stage(a="one", b="two", c="three", d="four", e="five", f="six", old="seven", scratch="mine")
    world.put(branch="develop", e="newer")
    world.deploy()
    world.merge(a="merged", new="from Git")
    for title, code in {"a": "edited", "b": "edited too", "e": "five", "f": SECRET, "scratch": "played"}.items():
        world.aic.put(title, code)
    world.aic.remove("d")
    job_id = world.aic.id_of("old")
    assert job_id is not None
    world.aic.configs[job_id]["title"] = "renamed"
    return world


def _declined() -> Stage:
    world = edited(a="edited")
    world.snapshot(mode=Mode.MERGE_REQUEST, message="before")
    world.gitlab.close(1)
    world.aic.put("b", "edited too")
    return world


def _held() -> Stage:
    world = stage(a="one", b="two")
    world.merge(a="bad")
    world.deploy()
    roll_back(world, a="one")
    world.aic.put("a", "one")
    world.aic.put("b", "edited")
    return world


def _remapped() -> Stage:
    world = edited(a="edited", new="n")
    world.gitlab.push("main", {MAPPING_FILE: f"{MAPPING}# changed\n"})
    return world


NIGHTS: Mapping[str, Night] = MappingProxyType(
    {
        "capture": Night(lambda: edited(a="edited", new="n"), {"a": "edited", "b": "two", "c": "three", "new": "n"}),
        "proposed": Night(
            lambda: edited(a="edited", new="n"),
            {"a": "one", "b": "two", "c": "three"},
            Mode.MERGE_REQUEST,
            live={"a": "edited", "b": "two", "c": "three", "new": "n"},
            waiting=({"a": "edited", "new": "n"},),
        ),
        "conflict": Night(
            _conflict,
            {"a": "merged", "b": "edited too", "c": "three"},
            live={"a": "edited", "b": "edited too", "c": "three"},
            waiting=({"a": "edited"},),
            recorded=False,
        ),
        "appended": Night(
            _appended,
            {"a": "one", "b": "two", "c": "three"},
            Mode.MERGE_REQUEST,
            live={"a": "edited", "b": "edited too", "c": "three"},
            waiting=({"a": "edited", "b": "edited too"},),
        ),
        "replaced": Night(
            _replaced,
            {"a": "merged", "b": "two", "c": "three"},
            Mode.MERGE_REQUEST,
            live={"a": "edited after that", "b": "two", "c": "three"},
            waiting=({"a": "edited after that"},),
        ),
        "renamed": Night(_renamed, {"b": "two", "c": "three", "team/a": "to be renamed"}),
        "renamed-proposed": Night(
            _renamed,
            {"a": "to be renamed", "b": "two", "c": "three"},
            Mode.MERGE_REQUEST,
            live={"b": "two", "c": "three", "team/a": "to be renamed"},
            waiting=({"a": None, "team/a": "to be renamed"},),
        ),
        "deleted": Night(
            _deleted,
            {"a": "one", "b": "two", "c": "three"},
            live={"a": "one", "c": "three"},
            waiting=({"b": None},),
        ),
        "adopted": Night(
            _adopted,
            {"a": "one", "b": "two", "c": "three", "new": "n"},
            live={"a": "typed", "b": "two", "new": "n"},
            waiting=({"a": "typed"},),
            recorded=False,
        ),
        "first": Night(_first, {"a": "one", "b": "two", "team/c": "three"}),
        "large": Night(
            _large,
            {"a": "one", "b": "edited", "c": "three", "d": "four", "e": "five", "f": "six"},
            together=frozenset("bdef"),
        ),
        "large-proposed": Night(
            _large,
            {"a": "one", "b": "two", "c": "three"},
            Mode.MERGE_REQUEST,
            live={"a": "one", "b": "edited", "c": "three", "d": "four", "e": "five", "f": "six"},
            waiting=({"b": "edited", "d": "four", "e": "five", "f": "six"},),
        ),
        "withheld": Night(
            _withheld,
            {"a": "one", "b": "edited", "c": "three"},
            live={"a": f"select '{SECRET}'", "b": "edited", "c": "three"},
            named=("a",),
            recorded=False,
        ),
        "older": Night(_older, {"a": "newer", "b": "edited"}),
        "due": Night(_due, {"a": "merged", "b": "two", "c": "three"}),
        "code-edited": Night(
            _code_edited,
            {"a": "captured", "b": "edited as well", "c": "three"},
            live={"a": "edited in AIC", "b": "edited as well", "c": "three"},
            waiting=({"a": "edited in AIC"},),
            recorded=False,
        ),
        "declined": Night(
            _declined,
            {"a": "one", "b": "two", "c": "three"},
            Mode.MERGE_REQUEST,
            live={"a": "edited", "b": "edited too", "c": "three"},
            waiting=({"b": "edited too"},),
            named=("a",),
        ),
        "held": Night(_held, {"a": "bad", "b": "edited"}, live={"a": "one", "b": "edited"}, named=("a",)),
        "remapped": Night(
            _remapped,
            {"a": "one", "b": "two", "c": "three", "new": "n"},
            live={"a": "edited", "b": "two", "c": "three", "new": "n"},
            waiting=({"a": "edited"},),
            recorded=False,
        ),
        "mixed": Night(
            _mixed,
            {
                "a": "merged",
                "b": "edited too",
                "c": "three",
                "d": "four",
                "e": "newer",
                "f": "six",
                "new": "from Git",
                "renamed": "seven",
            },
            live={
                "a": "edited",
                "b": "edited too",
                "c": "three",
                "e": "newer",
                "f": SECRET,
                "renamed": "seven",
                "scratch": "played",
            },
            waiting=({"a": "edited", "d": None},),
            named=("f",),
            recorded=False,
        ),
    }
)
"""In mode `commit` where nothing else is said."""
