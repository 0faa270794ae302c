"""The trailers by which a captured commit is known again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import trailers
from shared.domain.trailers import Trailers

NAMES = st.text(st.characters(exclude_categories=["C", "Zl", "Zp", "Zs"]), min_size=1, max_size=40)
OURS = "AIC-Workspace: PIN FUSION 2.0 QA\nAIC-Run: 0a1b2c3d"


@settings(deadline=None)
@given(NAMES, NAMES, st.text(max_size=200))
def test_what_was_made_is_found_at_the_end_of_any_message(workspace: str, run: str, text: str) -> None:
    """Also when GitLab or git adds an end of line."""
    made = trailers.make(workspace, run=run)

    for message in (f"Captured [skip ci]\n\n{made}", f"{text}\n\n{made}\n", f"x\n\n{text}\n\n{made}"):
        assert trailers.parse(message) == Trailers(workspace, run)


def test_they_stand_beside_other_trailers() -> None:
    """As a push rule may ask for."""
    found = trailers.parse(f"Captured\n\nChangelog: other\n{OURS}\nSigned-off-by: Ann <ann@example.com>")

    assert found == Trailers("PIN FUSION 2.0 QA", "0a1b2c3d")


@pytest.mark.parametrize(
    "message",
    [
        "",
        "\n\n",
        "AIC-Workspace: QA",
        "AIC-Run: 1",
        f"{OURS}\n\nThis reverts commit 0123.",
        f'Revert "{OURS}"',
        f"{OURS}\n(cherry picked from commit 0123)",
        f"{OURS}\nAIC-Workspace: another",
        f"{OURS}\nAIC-Run: 2",
        f"{OURS}\nplain text",
        f"> {OURS}",
        OURS.replace(": ", ":"),
        OURS.replace(": ", ":  "),
        OURS.replace("AIC-", "Aic-"),
        "AIC-Workspace: \nAIC-Run: 1",
        OURS + "\nA: b" * 30,
    ],
)
def test_a_message_that_only_looks_like_ours_is_none(message: str) -> None:
    """A person quotes, reverts or picks one."""
    assert trailers.parse(message) is None


@settings(deadline=None, max_examples=300)
@given(st.text(st.sampled_from("AIC-Workspace: Run\n\r\x00\x85\u2028é"), max_size=200) | st.text(max_size=200))
def test_hostile_messages_do_no_harm(message: str) -> None:
    """Whatever people commit."""
    found = trailers.parse(message)

    assert found is None or "\n" not in found.workspace + found.run


def test_a_megabyte_of_trailers_is_none() -> None:
    """And takes no time."""
    assert trailers.parse("AIC-Run: 1\n" * 100_000) is None


@pytest.mark.parametrize("name", ["", " ", "two\nlines", " blank before", "blank after "])
def test_a_name_that_is_not_one_line_is_a_bug(name: str) -> None:
    """The settings don't let such a workspace in."""
    with pytest.raises(ValueError, match="one line"):
        trailers.make(name, run="1")
    with pytest.raises(ValueError, match="one line"):
        trailers.make("QA", run=name)


@pytest.mark.parametrize(
    ("message", "run"),
    [
        (f"Bring it\n\n{trailers.of_run('0123abcd')}\n", "0123abcd"),
        (f"Captured\n\n{trailers.make('QA', run='0123abcd')}", None),
        ("AIC-Run of a person", None),
        ("Bring it\n\nAIC-Workspace: QA", None),
        ("", None),
    ],
)
def test_what_brings_from_branch_to_branch_names_its_run_alone(message: str, run: str | None) -> None:
    """It was not captured from a workspace, and is not to be taken for that."""
    assert trailers.run_of(message) == run
    if run is not None:
        assert trailers.parse(message) is None
