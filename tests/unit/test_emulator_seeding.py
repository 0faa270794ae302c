"""Made-up workspaces and the repositories of the same pipelines."""

import json
from typing import Any

from emulators.aic.editing import edited
from emulators.seeding import repository_files, workspace


def _jobs(count: int, *, name: str = "QA", seed: int = 0) -> list[dict[str, Any]]:
    jobs = workspace(name, count, seed)["jobs"]
    assert isinstance(jobs, list)
    return jobs


def _files(*jobs: dict[str, Any]) -> dict[str, str]:
    return repository_files({"name": "QA", "jobs": list(jobs)})


def _job(title: str, *tasks: dict[str, Any]) -> dict[str, Any]:
    return {"$id": "1", "title": title, "stages": [{"tasks": list(tasks)}]}


def _sql(text: str, **more: object) -> dict[str, Any]:
    return {"type": "SQL", "config": {"query": text}, **more}


def test_a_thousand_pipelines_have_a_thousand_titles() -> None:
    """And ask for what count one will, that many come."""
    assert [len({job["title"] for job in _jobs(count)}) for count in (0, 3, 1000)] == [0, 3, 1000]


def test_a_workspace_is_the_same_for_the_same_seed() -> None:
    """Another seed gives other contents under the same titles."""
    assert workspace("QA", 60, 1) == workspace("QA", 60, 1)
    once, twice = _jobs(60, seed=1), _jobs(60, seed=2)
    assert all(a["title"] == b["title"] and a["stages"] != b["stages"] for a, b in zip(once, twice, strict=True))


def test_two_workspaces_of_one_seed_differ_only_in_aics_own_keys() -> None:
    """As two stages of one product do; so their repositories are equal."""
    qa, production = workspace("QA", 60, 1), workspace("PROD", 60, 1)
    assert qa["jobs"] != production["jobs"]
    assert repository_files(qa) == repository_files(production)


def test_awkward_titles_come_early() -> None:
    """A small workspace has them too."""
    titles = {job["title"] for job in _jobs(28)}
    assert "ford rdd - v2 QA/Test" in titles
    assert len({title.lower() for title in titles}) < len(titles)
    for mark in "öß🚗'\"#%`|\\":
        assert any(mark in title for title in titles), mark
    assert any(title.startswith(".") for title in titles)
    assert any(title.endswith("...") for title in titles)


def test_every_irregularity_of_aic_is_among_the_first_thirty() -> None:
    """Tasks without id or config, equal ids, nested and lower-case ones, an extra key."""
    text = json.dumps(_jobs(30))
    for sign in ('"schedule"', '"GROUP"', '"sql"', '"config": null', "DOCUMENTATION", "DATASET", "'''"):
        assert sign in text, sign
    files = repository_files({"jobs": _jobs(30)})
    assert any(path.endswith("/unknown_id.sql") for path in files)
    assert any(path.endswith("/clean_1~2.py") for path in files)


def test_config_files_are_written_as_the_layout_says() -> None:
    """Without AIC's own keys, two spaces, escaped letters, the order received, no newline at the end."""
    files = _files({"$id": "1", "title": "ä/b", "a": [{"$kept": 1}]})
    assert files == {"config/ä/b.json": '{\n  "title": "\\u00e4/b",\n  "a": [\n    {\n      "$kept": 1\n    }\n  ]\n}'}


def test_code_files_are_cut_out_as_the_layout_says() -> None:
    """Scripts as they are; every triple-quoted text counts, only the SQL ones are written; SQL is stripped."""
    script = 'a = \'\'\'  Select 1 \'\'\'\nb = """note"""\nc = """\nWITH x\n"""\n'
    files = _files(
        _job(
            "P",
            {"id": "py", "type": "pyspark", "config": {"script": script}},
            {"id": "q", "type": "SQL", "config": {"query": "", "script": " one ", "sql": "two"}},
            {"id": "none", "type": "SQL", "config": None},
            {"id": "doc", "type": "DOCUMENTATION", "config": {"query": "x"}},
            {"id": "group", "type": "GROUP", "tasks": [_sql("inner", id="inner")]},
        )
    )
    del files["config/P.json"]
    assert files == {
        "code/P/py.py": script,
        "code/P/py_1.sql": "Select 1",
        "code/P/py_3.sql": "WITH x",
        "code/P/q.sql": "one",
        "code/P/inner.sql": "inner",
    }


def test_no_code_is_lost_where_paths_collide() -> None:
    """The first keeps its path, the others' suffix avoids every real id."""
    files = _files(_job("P", _sql("first"), _sql("second"), _sql("third", id="unknown_id~2"), _sql("fourth")))
    del files["config/P.json"]
    assert files == {
        "code/P/unknown_id.sql": "first",
        "code/P/unknown_id~3.sql": "second",
        "code/P/unknown_id~2.sql": "third",
        "code/P/unknown_id~4.sql": "fourth",
    }


def test_paths_of_two_pipelines_do_not_collide_either() -> None:
    """`a` with a task `b/c` and `a/b` with a task `c`."""
    files = _files(_job("a", _sql("one", id="b/c")), _job("a/b", _sql("two", id="c")))
    assert (files["code/a/b/c.sql"], files["code/a/b/c~2.sql"]) == ("one", "two")


def test_titles_that_cannot_be_paths_are_left_out() -> None:
    """As a branch can't hold them."""
    assert _files(*[_job(title) for title in ("", "/a", "a//b", "..", "a/../b", "x/.git/y")]) == {}
    assert _files({"$id": "1"}) == {}


def test_every_path_of_a_seeded_repository_can_stand_beside_the_others() -> None:
    """No path is also a folder."""
    files = repository_files({"jobs": _jobs(200)})
    folders = {path.rsplit("/", cut)[0] for path in files for cut in range(1, path.count("/") + 1)}
    assert folders.isdisjoint(files)
    assert len([path for path in files if path.startswith("config/")]) == 200


def test_an_edit_changes_code_wherever_there_is_some() -> None:
    """By the salt, visibly, and without touching the config that was given."""
    for job in _jobs(40):
        before = json.dumps(job)
        changed = edited(job, salt="s1")
        assert json.dumps(job) == before
        assert _code(changed) != _code(job)
        assert _code(edited(job, salt="s2")) != _code(changed)


def _code(job: dict[str, Any] | Any) -> dict[str, str]:
    return {path: text for path, text in _files(dict(job)).items() if path.startswith("code/")}


def test_an_edit_gives_a_pipeline_without_code_some() -> None:
    """Also where its tasks have no config, or there are no stages at all."""
    assert _code(edited(_job("P", {"type": "SQL", "config": None}), salt="x")) == {
        "code/P/by_hand.sql": "SELECT 1\n-- edited: x"
    }
    assert "code/Q/by_hand.sql" in _code(edited({"title": "Q"}, salt="x"))
    assert _code(edited(_job("P", _sql("a", id="t")), salt="x")) == {"code/P/t.sql": "a\n-- edited: x"}
