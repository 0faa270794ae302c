"""What people read about a promotion stays short and has no power."""

from shared.domain import promotion_note
from shared.domain.answer import Outcome
from shared.domain.layout import config_path
from shared.domain.promotion_report import Clash, Promoted

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


def versions(title: str, *, lines: int) -> Clash:
    """A pipeline of which every line differs."""
    there, here = ({config_path(title): "\n".join(f"{word} {n}" for n in range(lines))} for word in ("old", "new"))
    return Clash(title, there, here)


def test_many_long_conflicts_stay_readable() -> None:
    """Each is named; the versions are shown as far as there is room, and of each so many lines as people read."""
    clashes = (*(versions(title, lines=1500) for title in LONG[:20]), *map(Clash, LONG[20:40]))

    text = promotion_note.answer(report(clashes=clashes), first_line="x")

    assert [f"- `{title}`: " in text for title in LONG[:40]] == [True] * 40
    assert 0 < text.count("<summary>") < 20
    assert "… and " in text
    assert text.count("\n-old ") + text.count("\n+new ") <= promotion_note.MOST_LINES * text.count("<summary>")
    assert len(text) < 120_000
