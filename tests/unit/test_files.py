"""A pipeline as files: nothing is lost, nothing is shared, nothing lies elsewhere."""

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulators.seeding import repository_files, workspace
from shared.domain import content, path, titles
from shared.domain.errors import Refused
from shared.domain.files import Packed, files_of
from shared.domain.layout import CODE_FOLDER, config_path, title_of
from shared.domain.titles import Titles, belongs, unstorable
from tests.hostile_names import NAMES as HOSTILE

Config = dict[str, object]

PARTS = st.sampled_from([*HOSTILE, "t", "T", "t~2", "x.py", "x.sql", "b", "B", "unknown_id"])
NAMES = st.lists(PARTS, min_size=1, max_size=3).map("/".join) | st.text(max_size=6)
WHOLE = NAMES.filter(lambda name: "\ud800" not in name)
IDS = WHOLE | st.none() | st.integers(-9, 9) | st.floats(-1, 1) | st.booleans() | st.lists(st.just("x"), max_size=1)
TEXTS = st.sampled_from(["select 1", "x('''select 2''')", "y(\"\"\"drop t\"\"\", '''no''')", " ", ""]) | st.none()
KINDS = st.sampled_from(["SQL", "PYSPARK", "sql", "DATASET", None, 5])
TASKS = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "id": IDS,
        "type": KINDS,
        "config": st.none() | st.dictionaries(st.sampled_from(["query", "script"]), TEXTS),
    },
)
CONFIGS = st.lists(TASKS, max_size=6).map(lambda tasks: {"stages": [{"tasks": tasks}]})
WORKSPACES = st.dictionaries(NAMES, CONFIGS, max_size=6)


def task(id_: object, text: str) -> Config:
    """A SQL task."""
    return {"id": id_, "type": "SQL", "config": {"query": text}}


def pipeline(*tasks: object, **more: object) -> Config:
    """A jobConfig of these tasks."""
    return {**more, "stages": [{"tasks": list(tasks)}]}


def texts(config: Config) -> Iterator[str]:
    """All code in the pipelines above, found in another way than the code under test does it."""
    for each in config["stages"][0]["tasks"]:  # type: ignore[index]
        kind, inside = (each or {}).get("type"), (each or {}).get("config") or {}
        if kind in ("SQL", "sql") and (query := inside.get("query") or inside.get("script")):
            yield query.strip()
        if kind == "PYSPARK" and (script := inside.get("script")):
            yield script
            yield from (text for text in ("select 2", "drop t") if text in script)


def stored(pipelines: Mapping[str, Config], known: Titles) -> dict[str, Mapping[str, bytes]]:
    """The files of each pipeline that can be stored."""
    return {
        title: files_of(title, config, titles=known)
        for title, config in pipelines.items()
        if not unstorable(title, titles=known)
    }


def clashes(paths: list[str]) -> set[str]:
    """Folded paths that are there twice, or that are both a file and a folder."""
    folded = [path.fold(each) for each in paths]
    doubles = {each for each, times in Counter(folded).items() if times > 1}
    return doubles | {folder for each in folded for folder in path.folders(each)} & set(folded)


@pytest.mark.no_cover
@settings(deadline=None, max_examples=400)
@given(WORKSPACES)
def test_no_two_files_of_a_workspace_share_a_path_and_no_code_is_lost(pipelines: dict[str, Config]) -> None:
    """Whatever titles and ids: on any file system, and each file is known to be its pipeline's."""
    known = titles.known(live=pipelines.keys())
    files = stored(pipelines, known)

    assert clashes([each for found in files.values() for each in found]) == set()
    for title, found in files.items():
        code = {each: data for each, data in found.items() if each != config_path(title)}
        assert Counter(data.decode() for data in code.values()) == Counter(texts(pipelines[title]))
        assert {belongs(each, titles=known) for each in code} <= {title}
        assert all(each.startswith(f"{CODE_FOLDER}/{title}/") for each in code)
        assert not any(path.defect(each) or path.excess(each) for each in found)


@pytest.mark.no_cover
@settings(deadline=None, max_examples=200)
@given(WORKSPACES, st.randoms(use_true_random=False))
def test_the_files_hang_on_no_order_and_stay_once_they_are_in_git(
    pipelines: dict[str, Config], dice: random.Random
) -> None:
    """Pipelines in any order; and again when Git has what the first run put there."""
    first = stored(pipelines, titles.known(live=pipelines.keys()))
    shuffled = dict(dice.sample(sorted(pipelines.items(), key=repr), len(pipelines)))
    in_git = [each for found in first.values() for each in found]

    assert stored(shuffled, titles.known(live=shuffled.keys())) == first
    assert stored(shuffled, titles.known(in_git, live=shuffled.keys())) == first


@settings(deadline=None, max_examples=300)
@given(NAMES)
def test_sec_15_a_title_is_stored_below_config_and_code_or_withheld_in_words(title: str) -> None:
    """It comes back from its path as it was."""
    known = titles.known(live=[title])
    reason = unstorable(title, titles=known)
    if reason:
        with pytest.raises(Refused, match="title-unstorable") as refused:
            files_of(title, pipeline(task("t", "x")), titles=known)
        assert refused.value.detail == reason
        return
    config, code = files_of(title, pipeline(task("t", "x")), titles=known)

    assert title_of(config) == title
    assert code == f"code/{title}/t.sql"
    assert ".." not in {*config.split("/"), *code.split("/")}


WITHHELD = {
    "..", "a/../b", "/abs", "nul\x00", "line\nbreak", "\r\n", ".git/config", ".git", "x" * 300, "%2e%2e", "a//b", "a/",
    "%2e%2e/%2e%2e", "half \ud800", ".", "", "../branch_to_workspace.yaml", "git~1", "🌊" * 70, "%00", "%0a",
}  # fmt: skip
TWINS = {"cafe\u0301", "caf\u00e9", "twin", "a.json/b"}


def test_sec_15_only_what_must_be_is_withheld() -> None:
    """All hostile names at once: odd ones are stored as they are, of twins one."""
    known = titles.known(live=HOSTILE)
    reasons = {title: reason for title in HOSTILE if (reason := unstorable(title, titles=known))}

    assert reasons.keys() == (WITHHELD | TWINS) - {"cafe\u0301"}
    assert all(len(reason) > 20 for reason in reasons.values())


def test_sec_15_no_title_reaches_the_files_beside_config_and_code() -> None:
    """Neither CI nor mapping can be written by whoever names a pipeline."""
    known = titles.known(live=HOSTILE)
    files = [
        each
        for found in stored({title: pipeline(task("x", "1")) for title in HOSTILE}, known).values()
        for each in found
    ]

    assert {each.split("/")[0] for each in files} == {"config", "code"}
    assert "config/.gitlab-ci.yml.json" in files
    assert "config/branch_to_workspace.yaml.json" in files


def test_sec_15_three_hundred_hostile_names_stay_apart() -> None:
    """Two parts each: none of those that are stored shares a file with another."""
    names = list(islice(("/".join(pair) for pair in product(HOSTILE, HOSTILE) if "" not in pair), 0, None, 7))
    known = titles.known(live=names)
    files = stored({name: pipeline(task("t", name.encode(errors="replace").hex())) for name in names}, known)

    assert len(names) > 300
    assert len(files) > 100
    assert clashes([each for found in files.values() for each in found]) == set()


def test_f02_the_code_of_both_pipelines_is_kept_whoever_answers_first() -> None:
    """`a` with task `b/c`, `a/b` with task `c`."""
    pipelines = {"a": pipeline(task("b/c", "owned by a")), "a/b": pipeline(task("c", "owned by a/b"))}
    for given_ in (pipelines, dict(reversed(pipelines.items()))):
        files = stored(given_, titles.known(live=given_.keys()))

        assert files["a/b"]["code/a/b/c.sql"] == b"owned by a/b"
        assert b"owned by a" in files["a"].values()
        assert files["a"].keys().isdisjoint(files["a/b"])


def test_f07_one_title_that_gitlab_refuses_stops_no_other() -> None:
    """300 good ones and some bad ones: the bad ones alone are left out, each with its reason."""
    good = [f"good {number}" for number in range(300)]
    pipelines = {title: pipeline(task("t", "x")) for title in [*good, "..", "a//b", ".git", "a\nb"]}

    assert stored(pipelines, titles.known(live=pipelines.keys())).keys() == set(good)


def test_f08_null_tasks_and_null_configs_stay_in_the_config_file() -> None:
    """They have no code, and the pipeline is stored as it is."""
    config = pipeline(
        None, {"id": "a", "type": "SQL", "config": None}, {"id": "b", "type": None, "config": {}}, task("c", "1")
    )
    files = files_of("P", config, titles=titles.known(live=["P"]))

    assert files.keys() == {"config/P.json", "code/P/c.sql"}
    assert json.loads(files["config/P.json"]) == config
    assert content.of_file(files["config/P.json"]) == content.of_job(config)


def test_f08_a_pipeline_without_any_task_is_its_config() -> None:
    """Also where the stages themselves are null."""
    for config in (Config(), {"stages": None, "sourceStage": None}, {"stages": [None], "variables": None}):
        assert list(files_of("P", config, titles=titles.known())) == ["config/P.json"]


def test_the_files_are_those_that_repositories_have_already() -> None:
    """As an independent writer of the layout makes them; of names that a checkout can't tell apart Git has both."""
    jobs = workspace("QA", 80, seed=3)
    expected = repository_files(jobs)
    configs: dict[str, Config] = {str(job["title"]): job for job in jobs["jobs"]}  # type: ignore[attr-defined]
    files = stored(configs, titles.known(expected, live=configs.keys()))

    assert {each: data.decode() for found in files.values() for each, data in found.items()} == expected
    assert any("~2" in each for each in expected)


def test_a_config_that_can_t_be_read_back_is_refused() -> None:
    """For this pipeline alone."""
    with pytest.raises(Refused, match="config-invalid"):
        files_of("P", {"x": float("nan")}, titles=titles.known())


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=5), st.binary(max_size=10) | st.integers(2040, 2060).map(lambda n: b"x" * n)))
def test_packed_files_are_the_same_files(given_files: dict[str, bytes]) -> None:
    packed = Packed(given_files)

    assert dict(packed.items()) == given_files
    assert len(packed) == len(given_files)
