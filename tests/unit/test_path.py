"""Which paths Git, GitLab and file systems can hold. tests/contract/test_names_in_git.py asks a real Git the same."""

import pytest

from shared.domain import path


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Orders", "orders"),
        ("STRASSE", "straße"),
        ("Caf\u00e9", "cafe\u0301"),
        ("\u212b/x", "\u00e5/X"),
        ("a\u0327\u0301", "\u00e1\u0327"),
    ],
)
def test_names_that_one_checkout_can_t_tell_apart_are_folded_alike(one: str, other: str) -> None:
    """Case as on Windows and macOS, composed and decomposed as on macOS."""
    assert path.fold(one) == path.fold(other)


@pytest.mark.parametrize(("one", "other"), [("a", "b"), ("a b", "a  b"), ("1", "\u00b9"), ("A", "\u0391"), ("a.", "a")])
def test_names_that_only_look_alike_stay_two(one: str, other: str) -> None:
    """No more is folded than file systems fold."""
    assert path.fold(one) != path.fold(other)


def test_the_folders_of_a_path_are_named_from_the_inside() -> None:
    """The longest first, without the path itself."""
    assert list(path.folders("code/a/b/c.sql")) == ["code/a/b", "code/a", "code"]
    assert list(path.folders("code")) == []


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "slash"),
        ("/abs", "slash"),
        ("a/", "slash"),
        ("a//b", "slash"),
        (".", "`..`"),
        ("..", "`..`"),
        ("a/../b", "`..`"),
        ("a/./b", "`..`"),
        ("..\\x", "`..`"),
        ("a\\..\\b", "`..`"),
        ("a\x00b", "zero byte"),
        ("a\nb", "line break"),
        ("a\r\nb", "line break"),
        ("half \ud800", "half a character"),
        (".git", "`.git`"),
        (".git/config", "`.git`"),
        ("x/.GIT/y", "`.git`"),
        (".git ", "`.git`"),
        (".git.", "`.git`"),
        ("GIT~1", "`.git`"),
        (".git::$INDEX_ALLOCATION", "`.git`"),
        ("a\\.git\\b", "`.git`"),
        (".g\u200cit", "`.git`"),
        (".gitmodules/x", "`.gitmodules`"),
        ("a/.GITATTRIBUTES /x", "`.gitmodules`"),
        ("gitmod~1/x", "`.gitmodules`"),
        ("gitatt~4/x", "`.gitmodules`"),
        ("gi7eba~1/x", "`.gitmodules`"),
        ("gi7~1234/x", "`.gitmodules`"),
        ("~1000000/x", "`.gitmodules`"),
        ("a\\.gitmodules/x", "`.gitmodules`"),
        ("%2e%2e", "`%`"),
        ("a/%2E./b", "`%`"),
        ("a%0ab", "`%`"),
        ("a%00b", "`%`"),
        ("a%2Bb", "`%`"),
        ("a%252Fb", "`%`"),
        ("a%ffb", "`%`"),
    ],
)
def test_what_git_or_gitlab_cannot_hold_is_said_in_a_sentence(name: str, why: str) -> None:
    """The folder in front makes it no better."""
    assert why in path.defect(name)
    assert why in path.defect(f"code/{name}")


@pytest.mark.parametrize(
    "name",
    [
        "-rf",
        "CON",
        ".hidden",
        "dots...",
        " blanks ",
        "back\\slash",
        "\u202eRTL",
        "a:b",
        "a\rb",
        "100% complete %2F twice",
        "plus + and &",
        "50%25",
        ".gitlab-ci.yml",
        ".gitignore",
        ".gitx",
        "git~2",
        "x.git",
        "...",
        ".git.json",
        ".gitmodules.sql",
        "~10000000",
        "gi7eba~",
        "gitmod~5",
        "~$&*?<>|\"'`[]{}!",
        "日本/Größe 🌊",
    ],
)
def test_what_they_can_hold_is_held(name: str) -> None:
    """However odd: a name is refused for a reason only. As a folder and as a file."""
    assert path.defect(f"code/{name}/x") == ""
    assert path.defect(f"config/{name}") == ""


def test_some_names_are_only_refused_for_folders() -> None:
    """Git wants those to be files, and here they are."""
    assert path.defect("code/x/.gitmodules") == ""


@pytest.mark.parametrize("name", ["a" * 255, "ü" * 127, "/".join(["a" * 199] * 10)])
def test_lengths_that_every_file_system_takes_are_no_excess(name: str) -> None:
    """Bytes of each part; for the whole there is GitLab's address."""
    assert path.excess(name) == ""


@pytest.mark.parametrize("name", ["a" * 256, "ü" * 128, "a/" + "🌊" * 64, "/".join(["a" * 200] * 10), "\ud800" * 86])
def test_longer_names_are_an_excess(name: str) -> None:
    """One byte is enough."""
    assert "long" in path.excess(name)
