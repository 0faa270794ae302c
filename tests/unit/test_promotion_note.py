"""What people read about a promotion stays short and has no power."""

from shared.domain import promotion_note
from shared.domain.answer import Outcome
from shared.domain.promotion_report import Promoted

LONG = tuple(f"P{number:04}" for number in range(1000))


def report(**said: object) -> Promoted:
    whole = {"source": "develop", "target": "main", "name": "release/x", **said}
    return Promoted("promote", Outcome.PLANNED, "a/b", "develop", **whole)  # type: ignore[arg-type]


def test_a_thousand_pipelines_stay_readable() -> None:
    """The first are named, the others counted."""
    text = promotion_note.answer(report(titles=LONG), first_line="x")

    assert "- `P0299`\n- … and 700 more" in text
    assert len(text) < 5000


def test_a_long_description_is_cut() -> None:
    """GitLab takes a million characters, people far fewer."""
    words = "\n".join(f"line {number}" for number in range(1000))

    text = promotion_note.description(report(titles=("a",)), first_line="x", words=words)

    assert "line 199" in text
    assert "line 200\n" not in text


def test_without_an_asker_nobody_is_named() -> None:
    """And what needs no advice has none."""
    text = promotion_note.answer(report(titles=("a",)), first_line="x")

    assert "Asked for" not in text
    assert "gcloud" not in text
    assert "**Reason**" not in text
