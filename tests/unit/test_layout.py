"""Where a pipeline's config lives."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import layout


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
