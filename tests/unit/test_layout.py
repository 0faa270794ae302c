"""Where a pipeline's config lives, and what it holds."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import content, layout
from shared.domain.errors import Refused


@pytest.mark.parametrize(
    ("title", "path"),
    [
        ("Demographics", "config/Demographics.json"),
        ("ford rdd - v2 QA/Test", "config/ford rdd - v2 QA/Test.json"),
        ("a.json", "config/a.json.json"),
        ("Küste 🌊", "config/Küste 🌊.json"),
        (".json", "config/.json.json"),
    ],
)
def test_a_title_has_one_path_and_comes_back_from_it(title: str, path: str) -> None:
    """As repositories have it already."""
    assert layout.config_path(title) == path
    assert layout.title_of(path) == title


@pytest.mark.parametrize(
    "path",
    [
        "",
        "config/",
        "config/.json",
        "config/a.txt",
        "config/a.JSON",
        "Config/a.json",
        "code/a/b.sql",
        "a/config/b.json",
        "config.json",
        "branch_to_workspace.yaml",
    ],
)
def test_other_files_are_no_pipeline(path: str) -> None:
    """Neither by folder nor by ending."""
    assert layout.title_of(path) is None


def test_the_configs_among_paths_are_found_once() -> None:
    """A compare names code files and both sides of a rename too."""
    paths = ("config/a.json", "config/a.json", "code/a/t.sql", "config/b/c.json", "README.md")

    assert layout.titles_of(paths) == {"a", "b/c"}


@settings(deadline=None, max_examples=100)
@given(st.text(min_size=1))
def test_no_two_titles_share_a_path(title: str) -> None:
    """The way to the path can be gone back."""
    assert layout.title_of(layout.config_path(title)) == title


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("code/a/t.sql", True),
        ("code/a/t.py", True),
        ("code/t.py", True),
        ("code/a/t.SQL", False),
        ("code/README.md", False),
        ("config/a/t.sql", False),
        ("x/code/t.sql", False),
    ],
)
def test_code_is_told_from_people_s_own_files(path: str, code: bool) -> None:
    """By folder and ending, as the layout has them."""
    assert layout.is_code(path) is code


def test_a_config_file_holds_all_but_aic_s_own_keys_in_the_order_received() -> None:
    """Byte for byte: indent 2, only ASCII, no newline at the end; `$` keys further inside are the pipeline's."""
    job: dict[str, object] = {
        "$id": "5f",
        "title": "Gr\u00f6\u00dfe \U0001f30a",
        "stages": [{"$x": 1.5}, []],
        "$workspace": "w",
        "a": {},
        "b": None,
    }

    assert layout.config_file(job).decode().split("\n") == [
        "{",
        r'  "title": "Gr\u00f6\u00dfe \ud83c\udf0a",',
        '  "stages": [',
        "    {",
        '      "$x": 1.5',
        "    },",
        "    []",
        "  ],",
        '  "a": {},',
        '  "b": null',
        "}",
    ]
    assert layout.config_file({"$id": "5f"}) == b"{}"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.text(max_size=5), JSON, max_size=5))
def test_what_is_written_is_read_back_as_it_was(job: dict[str, object]) -> None:
    """Whatever JSON it holds."""
    kept = {key: value for key, value in job.items() if not key.startswith("$")}

    assert json.dumps(content.parse(layout.config_file(job))) == json.dumps(kept)


def deep(levels: int) -> object:
    """So many lists, each in the next."""
    tree: object = []
    for _ in range(levels - 1):
        tree = [tree]
    return tree


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), "half \ud800", deep(300), deep(5000), 10**5000], ids=type
)
def test_what_could_not_be_read_back_is_not_written(value: object) -> None:
    """A file that no deploy can read would stop all others."""
    with pytest.raises(Refused, match="config-invalid"):
        layout.config_file({"x": value})


def test_a_config_may_be_as_deep_as_one_that_is_read() -> None:
    """The object that holds all counts as one; breadth is no depth."""
    deepest = {"x": deep(content.MAX_DEPTH - 1), "y": [{}] * 300}

    assert content.parse(layout.config_file(deepest)) == deepest
    with pytest.raises(Refused, match=f"config-invalid: nested more than {content.MAX_DEPTH} levels deep"):
        layout.config_file({"x": deep(content.MAX_DEPTH)})


def test_a_config_beyond_the_limit_is_not_written() -> None:
    """The same limit as in reading."""
    with pytest.raises(Refused, match="config-too-big"):
        layout.config_file({"x": "x" * content.MAX_BYTES})
