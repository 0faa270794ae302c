"""What differs between two versions of a pipeline's files, as lines."""

import json
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import code_diff
from shared.domain.code_diff import MOST_COMPARED, Difference, between, named

LINES = st.lists(st.sampled_from(["a", "b", "c", "", "+x", "-y", "@@", "select 1"]), max_size=12).map("\n".join)


def lines(before: str, after: str) -> list[str]:
    """The diff of one file, without its name."""
    return list(between({"t.sql": before}, {"t.sql": after}).lines[1:])


def config(**more: object) -> str:
    """A config file."""
    return json.dumps({"title": "p", **more}, indent=2)


def test_files_are_known_by_their_names_in_the_pipeline_s_folder() -> None:
    """So that a new title alone makes no difference but in the settings."""
    old = {"code/a/b/t.sql": "1", "config/a/b.json": config(), "code/a/b/c/u.py": "2"}

    assert list(named("a/b", old)) == ["c/u.py", "t.sql", "settings"]
    assert named("x", {"code/y/t.sql": "1"}) == {"code/y/t.sql": "1"}


def test_sql_that_stands_in_a_script_is_told_once() -> None:
    """A task's own SQL that is only called so is no part of a script."""
    files = {"code/p/t.py": "x('''select 1''')", "code/p/t_1.sql": "select 1", "code/p/t_2.sql": "select 2"}

    assert list(named("p", files)) == ["t.py", "t_2.sql"]
    assert list(named("p", {"code/p/u_1.sql": "select 1"})) == ["u_1.sql"]


def test_settings_are_what_there_is_beside_the_code() -> None:
    """Neither AIC's own keys nor code that has a file; texts of many lines are lines, and commas tell nothing."""
    tasks = [{"id": "t", "config": {"query": "select 1\n"}}, {"id": "u", "config": {"text": 'one\ntwo "2"'}}]
    files = {"code/p/t.sql": "select 1", "config/p.json": config(**{"$id": "5f", "stages": tasks, "x": "$y"})}

    assert named("p", files)["settings"].split("\n") == [
        "{",
        '  "title": "p"',
        '  "stages": [',
        "    {",
        '      "id": "t"',
        '      "config": {',
        "      }",
        "    }",
        "    {",
        '      "id": "u"',
        '      "config": {',
        '        "text":',
        "          one",
        '          two "2"',
        "      }",
        "    }",
        "  ]",
        '  "x": "$y"',
        "}",
    ]


def test_a_file_that_is_no_json_is_shown_as_it_is() -> None:
    """Somebody may have pushed anything."""
    assert named("p", {"config/p.json": ' "a": "\\x"\n<<<<'}) == {"settings": ' "a": "\\x"\n<<<<'}


def test_equal_files_make_no_difference() -> None:
    """Nor do commas and AIC's own keys."""
    old, new = ({"code/p/t.sql": "1", "config/p.json": config(**more)} for more in ({"$id": "5f"}, {}))

    assert between(named("p", old), named("p", new)) == Difference()
    assert code_diff.size(named("p", old), named("p", new)) == 0


def test_a_changed_line_is_told_with_two_lines_around_it() -> None:
    """The number is that of the first line shown."""
    before = "\n".join("abcdefghi")

    assert lines(before, before.replace("e", "E\nF")) == ["@@ line 3 @@", " c", " d", "-e", "+E", "+F", " f", " g"]
    assert lines(before, before.replace("a", "A")) == ["@@ line 1 @@", "-a", "+A", " b", " c"]
    assert lines(before, f"{before}\nj") == ["@@ line 8 @@", " h", " i", "+j"]


def test_changes_that_lie_apart_are_told_apart() -> None:
    """With the number of each in the new version."""
    before = "\n".join("abcdefghijklmnopqrstuvwxyz")
    after = before.replace("d", "D\n1").replace("w", "W")

    assert [line for line in lines(before, after) if line[0] == "@"] == ["@@ line 2 @@", "@@ line 22 @@"]


def test_files_come_and_go() -> None:
    """Settings last; figures are of all files, and only those that differ are named."""
    found = between({"a.sql": "1\n2", "c.sql": "x", "settings": "s"}, {"z.sql": "3", "c.sql": "x", "settings": "t"})

    assert found.files == ("a.sql", "z.sql", "settings")
    assert (found.added, found.removed) == (2, 3)
    assert list(found.lines) == [
        "diff a.sql", "@@ line 1 @@", "-1", "-2", "",
        "diff z.sql", "@@ line 1 @@", "+3", "",
        "diff settings", "@@ line 1 @@", "-s", "+t",
    ]  # fmt: skip


def test_an_empty_file_is_one_too() -> None:
    """Its name is all that there is to be told."""
    assert between({}, {"a.sql": ""}) == Difference(("a.sql",), 0, 0, ("diff a.sql",))


def test_line_ends_of_windows_are_no_difference_where_both_have_them() -> None:
    """Where one has them they are shown."""
    assert lines("a\r\nb\r\n", "a\r\nc\r\n") == ["@@ line 1 @@", " a", "-b", "+c", " "]
    assert lines("a\nb", "a\r\nb")[1:] == ["-a", "+a·", " b"]
    assert list(between({}, {"n.sql": "a\r\nb"}).lines[2:]) == ["+a", "+b"]


def test_lines_are_short_and_show_what_would_stay_unseen() -> None:
    """Tabs are blanks; a line is cut where no screen is wider."""
    assert lines("", "a\tb\x00\u202e" + "x" * 300)[1] == f"+a    b··{'x' * 171}…"


def test_one_more_of_many_equal_lines_is_one_line() -> None:
    """They are alike from both ends."""
    assert lines("\n".join("a" * 20), "\n".join("a" * 21)) == ["@@ line 19 @@", " a", " a", "+a"]


def test_what_is_too_long_is_only_counted() -> None:
    """More than 2,000 lines between the first and the last that differ."""
    before = "\n".join(["same", *map(str, range(MOST_COMPARED + 1)), "same"])
    after = before.replace("\n0\n", "\nzero\n").replace(f"\n{MOST_COMPARED}\n", "\nlast\n")
    found = between({"t.sql": before}, {"t.sql": after})

    assert found.lines == ("diff t.sql", "@@ line 2 @@ too much to be compared here")
    assert (found.added, found.removed) == (MOST_COMPARED + 1, MOST_COMPARED + 1)


def test_a_small_change_in_a_huge_file_is_told() -> None:
    """What both begin and end with costs nothing."""
    before = "\n".join(map(str, range(50_000)))

    assert lines(before, before.replace("\n25000\n", "\nx\n"))[3:5] == ["-25000", "+x"]


def patched(before: list[str], diff: tuple[str, ...]) -> list[str]:
    """The old lines with the diff applied, as anybody would do it by hand."""
    made: list[str] = []
    left = list(before)
    for line in diff:
        if found := re.fullmatch(r"@@ line (\d+) @@", line):
            made += [left.pop(0) for _ in range(int(found[1]) - 1 - len(made))]
        elif line[0] == "+":
            made.append(line[1:])
        else:
            assert left.pop(0) == line[1:]
            made += [line[1:]] if line[0] == " " else []
    return made + left


@settings(deadline=None, max_examples=200)
@given(LINES, LINES)
def test_a_diff_leads_from_one_version_to_the_other(before: str, after: str) -> None:
    """And the figures are those of its lines."""
    found = between({"t.sql": before}, {"t.sql": after})
    old, new = (text.split("\n") if text else [] for text in (before, after))

    assert patched(old, found.lines[1:]) == new
    assert found.added == sum(line[0] == "+" for line in found.lines[1:])
    assert found.removed == sum(line[0] == "-" for line in found.lines[1:])


def test_what_costs_most_to_compare_ends() -> None:
    """Lines that stand in both a hundred times, in another order."""
    before = "\n".join(str(number % 99) for number in range(MOST_COMPARED))
    after = "\n".join(str(-number % 99) for number in range(MOST_COMPARED))

    assert lines(before, after)
