"""The mapping file: rules for branches, and everything that can be wrong with it."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import mapping
from shared.domain.errors import Refused
from shared.domain.mapping import ByHand, Deployed, Mapping, Reviewed, Rule

FULL = b"""\
mapping:
  main: HARBOUR
  staging: HARBOUR QA
  dev: HARBOUR DEV
  team/*: HARBOUR QA
  team/pilots/*: HARBOUR DEV
  release/*: HARBOUR
"""


def refusal(data: bytes) -> str:
    """The sentence with which the file is refused."""
    with pytest.raises(Refused) as caught:
        mapping.parse(data)
    assert caught.value.reason == "mapping-invalid"
    assert caught.value.detail.startswith("branch_to_workspace.yaml: ")
    return caught.value.detail.removeprefix("branch_to_workspace.yaml: ")


@pytest.mark.parametrize(
    ("branch", "rule"),
    [
        ("main", Deployed("HARBOUR")),
        ("dev", Deployed("HARBOUR DEV")),
        ("team/x", ByHand("HARBOUR QA")),
        ("team/pilots/x", ByHand("HARBOUR DEV")),
        ("team/pilots/", ByHand("HARBOUR QA")),
        ("team/pilots", ByHand("HARBOUR QA")),
        ("team/", None),
        ("team", None),
        ("release/1", ByHand("HARBOUR")),
        ("feature/x", Reviewed("staging")),
        ("hotfix/x", Reviewed("production")),
        ("Main", None),
        ("mains", None),
        ("other", None),
        ("", None),
    ],
)
def test_a_branch_has_the_rule_of_its_exact_key_else_of_the_longest_prefix_else_the_built_in_one(
    branch: str, rule: Rule | None
) -> None:
    """And where nothing fits there is no guess."""
    assert mapping.parse(FULL).rule(branch) == rule


def test_release_branches_are_reviewed_against_production_unless_the_file_says_otherwise() -> None:
    """Built in."""
    assert Mapping({"main": "HARBOUR"}).rule("release/1") == Reviewed("production")


def test_an_exact_key_beats_a_prefix() -> None:
    """However long the prefix is."""
    found = mapping.parse(b"mapping: {team/x: A, team/*: B, team/x/*: C}")

    assert [found.rule(branch) for branch in ("team/x", "team/y", "team/x/y")] == [
        Deployed("A"),
        ByHand("B"),
        ByHand("C"),
    ]


def test_roles_are_the_usual_branches_or_those_of_the_file() -> None:
    """The first usual name that the mapping has."""
    usual = mapping.parse(FULL)
    named = mapping.parse(b"mapping: {trunk: A}\nroles: {production: trunk}")

    assert [usual.branch_of_role(role) for role in ("production", "staging", "development")] == [
        "main",
        "staging",
        "dev",
    ]
    assert mapping.parse(b"mapping: {develop: A, sandbox: B}").branch_of_role("staging") == "develop"
    assert named.branch_of_role("production") == "trunk"
    assert named.branch_of_role("staging") is None
    assert named.branch_of_role("king") is None


def test_ignored_titles_are_patterns_in_exact_case() -> None:
    """For scratch pipelines."""
    found = mapping.parse(b"mapping: {main: A}\nignore: ['scratch *', 'tmp?']")

    assert [found.ignored(title) for title in ("scratch 1", "Scratch 1", "tmp1", "tmp", "x scratch 1")] == [
        True,
        False,
        True,
        False,
        False,
    ]
    assert not mapping.parse(FULL).ignored("anything")


def test_names_stay_the_text_that_they_are() -> None:
    """`on`, `1.0`, `null` and dates are good branch and workspace names."""
    found = mapping.parse(b"mapping: {on: 1.0, 1.10: off, null: 2026-01-31, 0x1: 'no', \xf0\x9f\x8c\x8a: K\xc3\xbcste}")

    assert found.exact == {"on": "1.0", "1.10": "off", "null": "2026-01-31", "0x1": "no", "🌊": "Küste"}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\xff", "it is not UTF-8 text"),
        (b"", "the text is empty"),
        (b"mapping: {main: A, main: B}", "line 1: the key `main` stands twice"),
        (b"- a", "it must hold `mapping:` with a line `branch: workspace` for each branch"),
        (b"main", "it must hold `mapping:` with a line `branch: workspace` for each branch"),
        (b"mappings: {main: A}", "`mappings:` is not known; the keys are ignore, mapping, roles"),
        (b"mapping: {}", "`mapping:` must have 1 to 200 entries"),
        (b"mapping:", "`mapping:` must be a list of `name: value` lines"),
        (b"mapping: [main, A]", "`mapping:` must be a list of `name: value` lines"),
        (b"mapping: {main: [A]}", "`main` under `mapping:` needs a name and one text as its value"),
        (b"mapping: {main: {A: B}}", "`main` under `mapping:` needs a name and one text as its value"),
        (b"mapping: {main: }", "`main` under `mapping:` needs a name and one text as its value"),
        (b"mapping: {main: ' '}", "`main` under `mapping:` needs a name and one text as its value"),
        (b"mapping: {' ': A}", "` ` under `mapping:` needs a name and one text as its value"),
        (b"mapping: {'*': A}", "`*` is neither a branch nor `prefix/*`"),
        (b"mapping: {'a*': A}", "`a*` is neither a branch nor `prefix/*`"),
        (b"mapping: {'a*b': A}", "`a*b` is neither a branch nor `prefix/*`"),
        (b"mapping: {'a/*/b/*': A}", "`a/*/b/*` is neither a branch nor `prefix/*`"),
        (b"mapping: {'a/**': A}", "`a/**` is neither a branch nor `prefix/*`"),
        (b"mapping: {main: A, dev: A}", "`dev` and `main` both name the workspace `A`; one workspace has one branch"),
        (b"mapping: {a: PIN 2.0, b: PIN-2 0}", "`PIN 2.0` and `PIN-2 0` would share the environment `aic/pin-2-0`"),
        (
            b"mapping: {main: A}\nroles: {king: main}",
            "`king` is no role; the roles are development, production, staging",
        ),
        (b"mapping: {main: A}\nroles: x", "`roles:` must be a list of `name: value` lines"),
        (b"mapping: {main: A}\nroles: {staging: }", "`staging` under `roles:` needs a name and one text as its value"),
        (b"mapping: {main: A}\nignored: [x]", "`ignored:` is not known; the keys are ignore, mapping, roles"),
        (b"mapping: {main: A}\nignore: x", "`ignore:` must be a list of title patterns"),
        (b"mapping: {main: A}\nignore: [[x]]", "`ignore:` must be a list of title patterns"),
        (b"mapping: {main: A}\nignore: ['']", "`ignore:` must be a list of title patterns"),
    ],
)
def test_a_wrong_file_is_refused_with_what_to_change(data: bytes, sentence: str) -> None:
    """In the words of the file."""
    assert refusal(data) == sentence


def test_at_most_200_entries() -> None:
    """More is no mapping that anybody keeps in mind."""

    def rows(count: int) -> bytes:
        return b"mapping:\n" + b"".join(f"  b{number}: W{number}\n".encode() for number in range(count))

    assert len(mapping.parse(rows(200)).exact) == 200
    assert refusal(rows(201)) == "`mapping:` must have 1 to 200 entries"


def test_several_prefixes_may_share_a_workspace_with_a_branch() -> None:
    """They are deployed by hand, and the workspace then starts over."""
    found = mapping.parse(b"mapping: {main: A, x/*: A, y/*: A}")

    assert [found.rule(branch) for branch in ("main", "x/1", "y/1")] == [Deployed("A"), ByHand("A"), ByHand("A")]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("PIN FUSION 2.0 INTG", "pin-fusion-2-0-intg"),
        ("  --a__B  ", "a-b"),
        ("Küste", "k-ste"),
        ("a", "a"),
    ],
)
def test_a_slug_has_only_small_letters_digits_and_single_hyphens(name: str, slug: str) -> None:
    """None at the ends."""
    assert mapping.slug(name) == slug
    assert mapping.environment(name) == f"aic/{slug}"


def test_names_of_which_no_slug_is_left_get_different_ones() -> None:
    """A workspace `東京` is a workspace too."""
    assert mapping.slug("東京") != mapping.slug("大阪")
    assert mapping.slug("東京").startswith("w-")


@settings(deadline=None, max_examples=100)
@given(st.text(min_size=1))
def test_every_name_has_a_slug_that_is_its_own_slug(name: str) -> None:
    """Safe in an environment's and a branch's name."""
    slug = mapping.slug(name.encode(errors="ignore").decode() or "x")

    assert slug == mapping.slug(slug)
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@settings(deadline=None, max_examples=200)
@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: b"mapping:\n  " + text.encode(errors="replace"))
)
def test_any_bytes_are_a_mapping_or_refused(data: bytes) -> None:
    """Whatever somebody commits."""
    with suppress(Refused):
        found = mapping.parse(data)
        assert found.exact or found.prefixes


def test_the_same_file_is_read_once() -> None:
    """A run looks at it several times, and it hardly ever changes."""
    assert mapping.parse(FULL) is mapping.parse(bytes(bytearray(FULL)))
