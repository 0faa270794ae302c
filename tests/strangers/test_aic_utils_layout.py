"""What `aic-utils` pushes and what the service would write for the same pipelines are the same files."""

import re
from collections.abc import Iterable
from typing import Any

import pytest

from emulators.seeding import workspace
from shared.domain import titles
from shared.domain.files import files_of
from shared.domain.titles import belongs, unstorable
from tests.strangers.incumbent import STAGING, Incumbent
from tests.strangers.pipelines import PIPELINES, Config
from tests.strangers.stand_in import StandIn

COLLIDING = re.compile(r"code/.*/(unknown_id|join_1|clean_1)(_\d)?\.(sql|py)")
"""Of seeded pipelines: tasks without id, and pairs of one id."""


def pushed(gitlab: StandIn, aic: StandIn, pipelines: Iterable[Config]) -> tuple[dict[str, str], dict[str, Config]]:
    """What it has put into Git, and what AIC gave it."""
    incumbent = Incumbent(gitlab, aic)
    incumbent.seed(**{STAGING: list(pipelines), "ProductionWorkspace": [], "DevWorkspace": []})
    assert incumbent.initialize()
    incumbent.push(STAGING)
    files = {path: text for path, text in incumbent.files("staging").items() if not path.endswith("/.gitkeep")}
    return files, incumbent.live(STAGING)


def ours(live: dict[str, Config], in_git: Iterable[str]) -> dict[str, str]:
    """What the service writes over such a repository."""
    known = titles.known(in_git, live=live.keys())
    assert {title: reason for title in live if (reason := unstorable(title, titles=known))} == {}
    files = [files_of(title, config, titles=known) for title, config in live.items()]
    return {path: data.decode() for found in files for path, data in found.items()}


def without_own_keys(files: dict[str, str]) -> dict[str, str]:
    """Less the lines of AIC's own top-level keys."""
    return {path: re.sub(r'^  "\$\w+": "[^"]*",?\n', "", text, flags=re.MULTILINE) for path, text in files.items()}


def has_no_null(config: Config) -> bool:
    """A task whose config is null stops it (F08)."""
    text = str(config)
    return "'config': None" not in text


def test_both_write_the_same_bytes(gitlab: StandIn, aic: StandIn) -> None:
    """Config and code, but for AIC's own keys."""
    odd: list[Any] = [
        None,
        {"id": "blank", "type": "SQL", "config": {"query": "  "}},
        {"id": 7, "type": "pyspark", "config": {"script": "x('''\r\n select 1 ''')\n\"\"\"MERGE\"\"\"\n"}},
        {"id": "deep/er", "type": "SQL", "config": {"script": "\tselect 'ü🌊'\n", "sql": "no"}},
        {"id": "none", "type": "SQL", "config": {}},
        {"id": "group", "type": "GROUP", "tasks": [{"id": "inner", "type": "SQL", "config": {"sql": "select 2"}}]},
    ]
    more = {"title": "Odd/one", "variables": [], "stages": [{"tasks": odd}], "sourceStage": {}, "sinkStage": {}}
    theirs, live = pushed(
        gitlab, aic, [*PIPELINES, {**more, "schedule": {"cron": "0 1 * * *", "x": [1.0, 1e-7, True]}}]
    )

    assert ours(live, theirs) == without_own_keys(theirs)
    assert set(theirs) >= {"code/Odd/one/7_1.sql", "code/Odd/one/7_2.sql", "code/Odd/one/deep/er.sql"}


def test_over_a_repository_of_theirs_only_lost_code_comes_back(gitlab: StandIn, aic: StandIn) -> None:
    """Sixty odd pipelines: every other file stays as it is, and each task whose code it dropped has a file now."""
    jobs: Any = workspace(STAGING, 60, seed=5)["jobs"]
    theirs, live = pushed(gitlab, aic, filter(has_no_null, jobs))
    mine = ours(live, theirs)
    old = without_own_keys(theirs)
    changed = {path for path in old if mine.get(path) != old[path]}
    known = titles.known(theirs, live=live.keys())

    assert set(mine) - set(old) == {path for path in mine if "~2" in path} != set()
    assert all(COLLIDING.fullmatch(path) for path in changed)
    assert {old[path] for path in changed} <= set(mine.values())
    assert all(belongs(path, titles=known) for path in old if path.startswith("code/"))


@pytest.mark.parametrize("title", ["Orders", "ford rdd - v2 QA/Test"])
def test_code_that_it_drops_is_kept(gitlab: StandIn, aic: StandIn, title: str) -> None:
    """F01: three tasks without id; it keeps the last one's, the service all."""
    tasks = [{"type": "SQL", "config": {"query": f"select {number}"}} for number in (1, 2, 3)]
    theirs, live = pushed(gitlab, aic, [{"title": title, "stages": [{"tasks": tasks}], "variables": []}])
    mine = ours(live, theirs)

    assert [text for path, text in theirs.items() if path.startswith("code/")] == ["select 3"]
    assert {path: text for path, text in mine.items() if path.startswith("code/")} == {
        f"code/{title}/unknown_id.sql": "select 1",
        f"code/{title}/unknown_id~2.sql": "select 2",
        f"code/{title}/unknown_id~3.sql": "select 3",
    }
