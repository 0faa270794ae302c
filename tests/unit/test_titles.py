"""Which pipelines can stand in the repository beside the others, and whose a code file is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import titles as titles_
from shared.domain.layout import config_path
from shared.domain.titles import Titles, belongs, unstorable

NAMES = st.sampled_from(
    ["a", "A", "a.json", "b", "a/b", "a.json/b", "A/b", "é", "e\u0301", "É/x", "x.py", "a/x.py", ".."]
)


def known(*stored: str, live: tuple[str, ...] = (), other: tuple[str, ...] = ()) -> Titles:
    """Git has configs of the stored ones, and other files."""
    return titles_.known([*map(config_path, stored), *other], live=live)


def withheld(titles: Titles) -> set[str]:
    """The titles that can't be put into Git."""
    return {title for title in titles.stored | titles.live if unstorable(title, titles=titles)}


def test_stored_titles_are_those_with_a_config() -> None:
    """Code and other files are no pipelines."""
    titles = known("a", "b/c", other=("code/x/t.sql", "config/.gitkeep", "code/.gitkeep"), live=("a", "new"))

    assert titles.stored == {"a", "b/c"}
    assert titles.live == {"a", "new"}
    assert withheld(titles) == set()


@pytest.mark.parametrize(
    ("one", "other"), [("Orders", "orders"), ("Caf\u00e9", "Cafe\u0301"), ("A/b", "a/B"), ("a.json/b", "a")]
)
def test_f03_of_two_that_a_checkout_can_t_tell_apart_the_one_that_git_has_stays(one: str, other: str) -> None:
    """Whichever it is; the other is withheld with a sentence that names it."""
    for first, second in ((one, other), (other, one)):
        titles = known(first, live=(first, second))

        assert withheld(titles) == {second}
        assert f"`{first}`" in unstorable(second, titles=titles)


def test_f03_among_new_ones_it_is_always_the_same_that_is_stored() -> None:
    """The order in which AIC lists them decides nothing."""
    for live in (("Orders", "orders", "ORDERS"), ("orders", "ORDERS", "Orders")):
        assert withheld(known(live=live)) == {"Orders", "orders"}


def test_f03_twins_that_git_has_both_are_both_kept() -> None:
    """Withholding one would lose edits of a pipeline that is in Git already."""
    assert withheld(known("Orders", "orders", live=("Orders", "orders"))) == set()


def test_folders_that_differ_in_case_only_overwrite_nothing() -> None:
    """A checkout that doesn't tell case puts both files into one folder."""
    assert withheld(known("Team/a", live=("team/b",))) == set()


@pytest.mark.parametrize(
    ("other", "title"),
    [
        ("code/.gitkeep", ".gitkeep"),
        ("code/README.md", "readme.MD/x"),
        ("config/.gitkeep", ".gitkeep/x"),
        ("config/ORDERS.JSON", "orders"),
        ("config/a.json/README.md", "a"),
        ("code/p/x.py", "p/x.py"),
        ("code/p/x.py", "P/X.py/deep"),
        ("code/x.sql", "x.sql"),
    ],
)
def test_f07_a_file_of_git_in_the_way_withholds_that_one_pipeline(other: str, title: str) -> None:
    """GitLab would refuse the whole commit for it."""
    titles = known("p", live=(title, "fine"), other=(other,))

    assert withheld(titles) == {title}
    assert unstorable(title, titles=titles) == "Git has another file or folder in its place"


def test_a_name_that_is_no_path_is_withheld_though_git_had_it() -> None:
    """Somebody pushed it with Git; over GitLab's API it can't be written."""
    assert withheld(known("a\nb")) == {"a\nb"}


def test_a_long_name_that_git_has_is_no_reason_to_lose_edits() -> None:
    """A new one breaks every checkout, and is withheld."""
    assert withheld(known("x" * 300)) == set()
    assert withheld(known(live=("x" * 300, "y" * 251, "z" * 250, "s/" * 900))) == {"x" * 300, "y" * 251, "s/" * 900}


def test_a_pipeline_without_a_name_is_withheld() -> None:
    """Its file would be `.json`, which is no pipeline's."""
    assert unstorable("", titles=known(live=("",))) == "the pipeline has no name"


def test_what_can_t_be_stored_is_in_nobody_s_way() -> None:
    """A name that is no path takes no place from another."""
    assert withheld(known(live=("a/", "a", "a\n", "A.json/.."))) == {"a/", "a\n", "A.json/.."}


@settings(deadline=None, max_examples=300)
@given(st.sets(NAMES), st.sets(NAMES))
def test_what_is_stored_never_clashes(stored: set[str], live: set[str]) -> None:
    """Once the storable ones are in Git they all stay, and nothing that was withheld becomes storable by that."""
    kept = stored - {one for one in stored if unstorable(one, titles=known(*(stored - {one})))}
    titles = known(*kept, live=tuple(live))
    rejected = withheld(titles)
    after = known(*((kept | live) - rejected), live=tuple(live))

    assert withheld(after) == rejected
    assert not rejected & kept or rejected & kept == {".."} & kept


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("code/a/t.sql", "a"),
        ("code/a/b/c.sql", "a/b"),
        ("code/a/b/c/d.py", "a/b"),
        ("code/a/x/t.sql", "a"),
        ("code/A/t.sql", None),
        ("code/ab/t.sql", None),
        ("code/new/t.sql", "new"),
        ("code/a/README.md", None),
        ("code/a/t.SQL", None),
        ("code/.gitkeep", None),
        ("config/a/t.sql", None),
        ("code/a.sql", None),
        ("a/t.sql", None),
    ],
)
def test_a_code_file_belongs_to_the_longest_title_that_is_a_folder_of_it(path: str, owner: str | None) -> None:
    """What no task can have written is people's own."""
    assert belongs(path, titles=known("a", "a/b", live=("new",))) == owner
