"""Texts from outside: files that are read, and names that are shown."""

from dataclasses import replace

import pytest

from shared.domain import answer, content, mapping, note, return_note
from shared.domain.errors import Refused
from shared.domain.mapping import ByHand, Deployed, Reviewed
from shared.domain.plan import Action
from shared.domain.report import Outcome, Report, Row
from shared.domain.return_report import Returned
from tests.hooks import PATH
from tests.rendered import dangers, tokens

BOMB = "a: &a [x]\n" + "".join(
    f"{key}: &{key} [{', '.join([f'*{last}'] * 9)}]\n" for last, key in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB + "mapping: {main: HARBOUR}",
        "mapping: {main: HARBOUR, main: QUAY}",
        "mapping: {main: HARBOUR}\nmapping: {main: QUAY}",
        "mapping: &m {main: HARBOUR}",
        "mapping: {main: *m}",
        "mapping: {main: !!python/object/apply:os.system [id]}",
        "mapping: !!map {main: HARBOUR}",
        "mapping: {main: !secret x}",
        "mapping: {main: HARBOUR}\n---\nmapping: {main: QUAY}",
        "mapping: {<<: *m, main: HARBOUR}",
        "mapping: " + "[" * 50_000,
        "mapping: {main: '" + "x" * 65_536 + "'}",
        'mapping: {main: "\\ud800"}',
        'mapping: {main: "\\U00110000"}',
        'mapping: {main: "\\UFFFFFFFF"}',
        "%YAML 9" + "9" * 5000 + ".1\n---\nmapping: {main: HARBOUR}",
        "mapping: {main: \x07}",
    ],
)
def test_sec_17_a_poisoned_mapping_is_refused(text: str) -> None:
    """At once and with a sentence, never with another error."""
    with pytest.raises(Refused) as caught:
        mapping.parse(text.encode())

    assert caught.value.reason == "mapping-invalid"
    assert len(caught.value.detail) < 300


def test_sec_17_nothing_in_a_mapping_becomes_what_yaml_would_make_of_it() -> None:
    """`on` is no truth, `1.0` no number, `2026-01-31` no day, `<<` no merge."""
    found = mapping.parse(b"mapping: {on: yes, 1.0: 2026-01-31, 012: 0x1F, .inf: ~x, <<: '1_000'}")

    assert found.exact == {"on": "yes", "1.0": "2026-01-31", "012": "0x1F", ".inf": "~x", "<<": "1_000"}


@pytest.mark.parametrize(
    "value",
    [
        "NaN",
        "Infinity",
        "-Infinity",
        "1e400",
        "-1E+999",
        "9" * 5000,
        '{"a": 1, "a": 1}',
        '"\\ud800"',
        "[" * 300 + "]" * 300,
        "[" * 10**6,
    ],
    ids=lambda value: value[:12],
)
def test_sec_17_a_poisoned_config_is_refused(value: str) -> None:
    """Python's own parser takes most of these, or falls over."""
    with pytest.raises(Refused) as caught:
        content.of_file(f'{{"stages": [], "variables": [{value}]}}'.encode())

    assert caught.value.reason == "config-invalid"


HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "](javascript:alert(1))",
    "![](http://tracker.example/p.png)",
    "```\n![](http://tracker.example/p.png)\n```",
    "`` ` ``<script>alert(1)</script>",
    "<https://evil.example>",
    "[a]: https://evil.example",
    "x\n/merge",
    "x\r/close",
    "x\u2028/approve",
    "@all",
    "&1 !1 #1 ~label %1 $1",
    "--> /merge\n\n/merge\n\n@all <!--",
    "| a |\n| - |\n| @all |",
]


def noted(text: str) -> str:
    """A note with the text in everything that people outside can name."""
    rows = tuple(Row(text, action, "done", f"`{text}` edited: {text}") for action in Action)
    report = Report(
        Outcome.CONFLICT, PATH, text, workspace=text, rows=rows, by_hand=((text, text),), reason="config-invalid"
    )
    report = replace(report, detail=f"`{text}`, {text}", head="a" * 40, by=text)
    return note.render(report, first_line=note.marker(text, kind="deploy"))


def returned(text: str) -> list[str]:
    """What people read of a rollback, with the text in everything that people can name; our own `!5` taken out."""
    report = Returned(
        "rollback",
        answer.Outcome.PROPOSED,
        PATH,
        text,
        text,
        head="a" * 40,
        source=f"commit:{'b' * 40}",
        titles=(text,),
    )
    report = replace(report, left_out=((text, f"`{text}`: {text}"),), iid=5, by=text)
    refused = replace(report, outcome=answer.Outcome.REFUSED, reason="version-unknown", detail=f"`{text}`, {text}")
    first = note.marker(text, kind="rollback")
    texts = [
        return_note.description(report, first_line=first),
        return_note.on_bringer(report, first_line=first),
        return_note.answer(refused, first_line=first),
    ]
    return [each.replace("!5", "it") for each in texts]


@pytest.mark.parametrize("text", HOSTILE)
def test_sec_18_sec_19_names_have_no_power_in_what_people_read_of_a_rollback(text: str) -> None:
    """Neither in its merge request nor in the notes beside it."""
    assert [dangers(each) for each in returned(text)] == [[], [], []]


@pytest.mark.parametrize("text", HOSTILE)
def test_sec_18_names_bring_no_html_no_image_and_no_link_into_a_note(text: str) -> None:
    """Every name is shown as code."""
    kinds = {token.type for token in tokens(noted(text))}

    assert not kinds & {"html_inline", "image", "link_open", "fence", "code_block"}
    assert [token.content for token in tokens(noted(text)) if token.type == "html_block"] == [
        note.marker(text, kind="deploy") + "\n"
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_sec_19_names_bring_no_quick_action_and_no_mention_into_a_note(text: str) -> None:
    """GitLab would carry them out in the service's name."""
    assert dangers(noted(text)) == []


def test_sec_22_only_an_exact_key_deploys_a_merge() -> None:
    """No pattern and no built-in rule ever does; what a workspace may be is for the settings to say."""
    found = mapping.parse(b"mapping: {main: HARBOUR, team/*: HARBOUR, release/*: QUAY}")
    branches = ["main", "team/x", "release/1", "feature/x", "hotfix/x", "Main", "main ", "main/x", "*", "team/*"]
    rules = {branch: found.rule(branch) for branch in branches}

    assert [branch for branch, rule in rules.items() if isinstance(rule, Deployed)] == ["main"]
    assert [branch for branch, rule in rules.items() if isinstance(rule, ByHand)] == ["team/x", "release/1", "team/*"]
    assert [branch for branch, rule in rules.items() if isinstance(rule, Reviewed)] == ["feature/x", "hotfix/x"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("mapping: {main: HARBOUR, dev: HARBOUR}", ("`dev`", "`main`", "`HARBOUR`")),
        ("mapping: {main: HARBOUR, dev: harbour}", ("`HARBOUR`", "`harbour`", "aic/harbour")),
        ("mapping: {main: HARBOUR, dev: 'HARBOUR '}", ("`HARBOUR`", "`HARBOUR `", "aic/harbour")),
    ],
)
def test_sec_22_two_branches_never_fight_for_a_workspace_or_its_record(text: str, names: tuple[str, ...]) -> None:
    """The refusal names both."""
    with pytest.raises(Refused) as caught:
        mapping.parse(text.encode())

    assert all(name in caught.value.detail for name in names)
