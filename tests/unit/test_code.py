"""The code of a pipeline's tasks as files."""

from collections.abc import Mapping

import pytest

from shared.domain import titles
from shared.domain.code import code_files
from shared.domain.errors import Refused
from shared.domain.layout import config_path

Task = dict[str, object]


def sql(id_: object, text: str) -> Task:
    """A SQL task."""
    return {"id": id_, "type": "SQL", "config": {"query": text}}


def pyspark(id_: object, script: object) -> Task:
    """A PYSPARK task."""
    return {"id": id_, "type": "PYSPARK", "config": {"script": script}}


def code(*tasks: object, title: str = "P", beside: tuple[str, ...] = ()) -> Mapping[str, bytes]:
    """The code files of a pipeline of these tasks; Git has others beside it."""
    config = {"stages": [{"tasks": list(tasks)}]}
    return code_files(title, config, titles=titles.known(map(config_path, (title, *beside))))


def test_a_sql_task_is_one_file_without_white_space_around() -> None:
    """`query`, else `script`, else `sql`: the first that holds a text."""
    assert code(sql("t", " select 1 \n")) == {"code/P/t.sql": b"select 1"}
    for config, text in (
        ({"query": "q", "script": "s", "sql": "x"}, b"q"),
        ({"query": "", "script": "s", "sql": "x"}, b"s"),
        ({"query": None, "script": ["s"], "sql": "x"}, b"x"),
        ({"query": "  "}, b""),
    ):
        assert code({"id": "t", "type": "SQL", "config": config}) == {"code/P/t.sql": text}


def test_a_script_is_kept_to_the_byte_with_the_sql_in_it_beside() -> None:
    """Every triple-quoted string counts; only those that begin with a word of SQL are files."""
    nested = "\"\"\"With x as ('''y''')\"\"\""
    script = f"a = '''\n  SELECT 1\r\n'''\nb = \"\"\"no query\"\"\"\nc = ''''''\nd = {nested}\ne = '''select(1)'''"

    assert code(pyspark("t", script)) == {
        "code/P/t.py": script.encode(),
        "code/P/t_1.sql": b"SELECT 1",
        "code/P/t_4.sql": b"With x as ('''y''')",
    }


@pytest.mark.parametrize("word", ["select", "Insert", "UPDATE", "delete", "with", "create", "drop", "alter", "merge"])
def test_each_word_of_sql_makes_a_file_in_any_case(word: str) -> None:
    """The nine of the layout."""
    assert list(code(pyspark("t", f"x('''{word} y''')"))) == ["code/P/t.py", "code/P/t_1.sql"]


def test_an_open_string_is_no_sql() -> None:
    """Neither is one of two kinds of quotes."""
    assert list(code(pyspark("t", "x('''select 1\"\"\""))) == ["code/P/t.py"]


def test_types_are_compared_in_upper_case() -> None:
    """Types without code write nothing."""
    lower = {**sql("t", "select 1"), "type": "sQl"}

    assert list(code(lower, {**lower, "type": "DATASET"}, {**lower, "type": ["SQL"]})) == ["code/P/t.sql"]


def test_tasks_are_found_anywhere_and_in_the_order_of_the_document() -> None:
    """A task comes before those inside it; what stands earlier keeps the plain name."""
    config = {
        "sourceStage": {"tasks": [sql("t", "1")]},
        "tasks": [
            {"id": "group", "config": {"tasks": [sql("t", "2"), {**sql("t", "3"), "x": [{"tasks": [sql("t", "4")]}]}]}}
        ],
        "stages": [[{"tasks": [sql("t", "5"), [sql("no", "task")], [{"tasks": [sql("t", "6")]}]]}]],
        "sinkStage": {"tasks": {"0": sql("no", "list"), "tasks": [sql("t", "7")]}},
    }
    found = code_files("P", config, titles=titles.known())

    assert found == {
        "code/P/t.sql": b"1",
        **{f"code/P/t~{number}.sql": str(number).encode() for number in range(2, 8)},
    }


def test_a_tree_of_any_depth_is_walked() -> None:
    """Python's own recursion ends at a thousand."""
    config: dict[str, object] = {"tasks": [sql("t", "select 1")]}
    for _ in range(5000):
        config = {"tasks": [config]}

    assert list(code_files("P", config, titles=titles.known())) == ["code/P/t.sql"]


def test_f01_tasks_without_id_keep_their_code_each() -> None:
    """The incumbent keeps the last one's only."""
    tasks = [
        sql(None, "select 'first'"),
        sql("", "select 'second'"),
        {"type": "SQL", "config": {"sql": "select 'third'"}},
    ]

    assert code(*tasks) == {
        "code/P/unknown_id.sql": b"select 'first'",
        "code/P/unknown_id~2.sql": b"select 'second'",
        "code/P/unknown_id~3.sql": b"select 'third'",
    }
    assert code(*tasks) == code(*tasks)


def test_f01_a_suffix_is_never_the_name_of_another_task() -> None:
    """Be it before or behind, in another case, or as a folder."""
    for real in ("x~2", "X~2", "x~2.sql/deep"):
        tasks = [sql("x", "1"), sql("x", "2"), sql(real, "real")]
        found = code(*tasks)

        assert found[f"code/P/{real}.sql"] == b"real"
        assert found["code/P/x~3.sql"] == b"2"


def test_f01_all_files_of_a_task_have_one_name() -> None:
    """Also where only one of them would collide."""
    found = code(sql("t_1", "1"), pyspark("t", "x('''select 2''')"), pyspark("t", "no sql"))

    assert found == {
        "code/P/t_1.sql": b"1",
        "code/P/t~2.py": b"x('''select 2''')",
        "code/P/t~2_1.sql": b"select 2",
        "code/P/t.py": b"no sql",
    }


def test_f01_tasks_of_two_kinds_may_share_an_id() -> None:
    """Their files have different endings."""
    assert list(code(sql("t", "1"), pyspark("t", "2"))) == ["code/P/t.sql", "code/P/t.py"]


def test_f01_ids_that_a_checkout_can_t_tell_apart_are_two_files() -> None:
    """Case, and the two forms of é."""
    tasks = [sql("T", "1"), sql("t", "2"), sql("caf\u00e9", "3"), sql("cafe\u0301", "4")]

    assert list(code(*tasks)) == ["code/P/T.sql", "code/P/t~2.sql", "code/P/caf\u00e9.sql", "code/P/cafe\u0301~2.sql"]


def test_f02_code_never_lands_in_the_folder_of_another_pipeline() -> None:
    """Task `b/c` of `a` and task `c` of `a/b`; whose file it is doesn't hang on who comes first."""
    one = code(sql("b/c", "owned by a"), title="a", beside=("a/b",))
    other = code(sql("c", "owned by a/b"), title="a/b", beside=("a",))
    (path,) = one
    known = titles.known(map(config_path, ("a", "a/b")))

    assert other == {"code/a/b/c.sql": b"owned by a/b"}
    assert path.startswith("code/a/b-c~")
    assert path.endswith(".sql")
    assert titles.belongs(path, titles=known) == "a"


def test_f02_without_the_other_pipeline_a_slash_is_a_folder_as_it_was() -> None:
    """What the incumbent wrote stays where it is."""
    assert list(code(sql("b/c", "x"), title="a", beside=("ab", "b", "a/c"))) == ["code/a/b/c.sql"]


@pytest.mark.parametrize("beside", ["A/b", "a/b/c.sql", "a/B/C.SQL/deep", "a/b"])
def test_f02_neither_file_nor_folder_of_another_is_in_the_way(beside: str) -> None:
    """In another case too."""
    (path,) = code(sql("b/c", "x"), title="a", beside=(beside,))

    assert path.startswith("code/a/b-c~")


def test_f02_a_plain_id_that_another_pipeline_needs_as_a_folder_gets_a_suffix() -> None:
    """Pipeline `P/x.sql` has its code in a folder of that name."""
    assert list(code(sql("x", "1"), beside=("P/x.sql",))) == ["code/P/x~2.sql"]
    assert list(code(sql("x", "1"), beside=("P/x.sql", "P/x~2.sql/y"))) == ["code/P/x~3.sql"]


def test_files_of_people_are_never_overwritten() -> None:
    """Neither by a file in another case nor by one in place of their folder."""
    known = titles.known([config_path("P"), "code/P/T.SQL", "code/P/u.sql/notes.md", "code/P/V.SQL/n"])
    config = {"tasks": [sql(id_, id_) for id_ in ("t", "u", "v", "t.sql/x")]}

    assert list(code_files("P", config, titles=known))[:3] == ["code/P/t~2.sql", "code/P/u~2.sql", "code/P/v~2.sql"]
    assert list(code_files("P", config, titles=known))[3].startswith("code/P/t-sql-x~")


@pytest.mark.parametrize(
    "task",
    [
        None,
        [],
        "text",
        {},
        {"id": "t"},
        {"id": "t", "type": "SQL"},
        {"id": "t", "type": "PYSPARK", "config": None},
        {"id": "t", "type": None, "config": {"query": "select 1"}},
        {"id": "t", "type": 5, "config": {"query": "select 1"}},
        {"id": "t", "type": "SQL", "config": ["query"]},
        {"id": "t", "type": "SQL", "config": {"query": None}},
        {"id": "t", "type": "SQL", "config": {"query": {"text": "select 1"}}},
        pyspark("t", ""),
        pyspark("t", None),
        pyspark("t", 7),
    ],
)
def test_f08_a_task_without_code_writes_nothing_and_harms_nobody(task: object) -> None:
    """Null tasks, configs and types; the incumbent raises and pushes nothing at all."""
    assert code(task, sql("good", "select 1"), task) == {"code/P/good.sql": b"select 1"}


@pytest.mark.parametrize(
    ("id_", "name"),
    [
        ("t", "t"),
        ("A b.c-d_1", "A b.c-d_1"),
        (7, "7"),
        (1.5, "1.5"),
        (True, "True"),
        ("größe", "größe"),
        ("a/b", "a/b"),
    ],
)
def test_plain_ids_are_names_of_files_as_they_are(id_: object, name: str) -> None:
    """Numbers too."""
    assert list(code(sql(id_, "x"))) == [f"code/P/{name}.sql"]


@pytest.mark.parametrize("id_", [None, "", 0, False, [], ["a"], {"a": 1}, 0.0])
def test_an_id_that_is_none_is_unknown(id_: object) -> None:
    """Lists and objects name nothing."""
    assert list(code(sql(id_, "x"))) == ["code/P/unknown_id.sql"]


HOSTILE = [
    "..", "../../x", "a/../b", "/abs", "a//b", "/", ".git/config", "a\\..\\b", "nul\x00", "line\nbreak", "x" * 300,
    "ü" * 126, "%2e%2e/x", "a%2Bb", ".gitmodules/x", "git~1/x", "/" * 300, "a/" * 40 + "b" * 180, "🌊" * 90, "-" * 256,
]  # fmt: skip


@pytest.mark.parametrize("id_", HOSTILE)
def test_sec_15_an_id_that_is_no_path_gets_a_name_of_its_own(id_: str) -> None:
    """Straight in the folder of its pipeline, in plain characters."""
    (path,) = code(sql(id_, "x"))
    name = path.removeprefix("code/P/")

    assert path.startswith("code/P/")
    assert not set(name) & set("/\\%\x00\n")
    assert len(name.encode()) <= 200
    assert name not in ("..sql", ".sql")


def test_sec_15_hostile_ids_stay_apart() -> None:
    """Each has its own file, also where it comes twice, and real ids that look so are left alone."""
    plain = [path.removeprefix("code/P/").removesuffix(".sql") for id_ in HOSTILE for path in code(sql(id_, "x"))]
    ids = [*HOSTILE, *HOSTILE, *plain]
    found = code(*(sql(id_, str(number)) for number, id_ in enumerate(ids)))

    assert sorted(map(int, found.values())) == list(range(len(ids)))
    assert [found[f"code/P/{name}.sql"] for name in plain] == [str(ids.index(name)).encode() for name in plain]
    assert len({path.casefold() for path in found}) == len(ids)


def test_an_id_that_leaves_no_room_for_a_suffix_gets_another_name() -> None:
    """255 bytes are all that a file system takes."""
    found = list(code(sql("y" * 251, "1"), sql("y" * 251, "2"), sql("y" * 251, "3")))

    assert found[0] == f"code/P/{'y' * 251}.sql"
    assert found[1].startswith(f"code/P/{'y' * 40}~")
    assert found[2] == found[1].removesuffix(".sql") + "~2.sql"


def test_an_id_with_a_file_for_a_folder_gets_another_name() -> None:
    """`b.sql` can't be both."""
    first, second = code(sql("b", "1"), sql("b.sql/c", "2"))

    assert first == "code/P/b.sql"
    assert second.startswith("code/P/b-sql-c~")
    assert list(code(sql("b.sql/c", "2"), sql("b", "1"))) == ["code/P/b.sql/c.sql", "code/P/b~2.sql"]


@pytest.mark.no_cover
def test_many_tasks_of_one_name_take_no_longer_each() -> None:
    """The numbers go on from the last one."""
    found = code(*(sql(None, str(number)) for number in range(20_000)))

    assert len(found) == 20_000
    assert found["code/P/unknown_id~20000.sql"] == b"19999"


def test_half_a_character_is_refused_in_words() -> None:
    """It can't be written as UTF-8."""
    with pytest.raises(Refused, match="config-invalid"):
        code(sql("t", "select '\ud800'"))


def test_a_title_that_is_no_path_ends_too() -> None:
    """Whoever asks without having looked gets an answer."""
    assert list(code(sql("t", "1"), sql("t", "2"), title="x" * 300)) == [
        f"code/{'x' * 300}/t.sql",
        f"code/{'x' * 300}/t~2.sql",
    ]
