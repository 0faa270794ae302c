"""What a run is about to write, hidden in its note."""

import base64
import json
import zlib
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import journal, plan
from shared.domain.content import Content
from shared.domain.journal import Entry
from shared.domain.plan import Live, Versions

X, Y, Z = Content("x", b""), Content("y", b""), Content("z", b"")
ENTRY = Entry("Tides", "id-1", "c" * 40, X.digest, Y.digest)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
MAYBE = st.none() | TEXT


def hidden(tree: object) -> str:
    """A journal with any content."""
    return f"<!-- aic-journal {base64.b64encode(zlib.compress(json.dumps(tree).encode())).decode()} -->"


def test_an_update_of_what_base_has_goes_back_to_base() -> None:
    """Row 2: live was base."""
    made = plan.make([Versions("Tides", X, Y, Live("id-1", X))])

    assert journal.of_writes(made.writes, base="b" * 40) == (Entry("Tides", "id-1", "b" * 40, X.digest, Y.digest),)


def test_an_update_of_an_older_version_goes_back_to_its_commit() -> None:
    """Rows 3, 5 and 8: noted before the first write, since base has something else."""
    made = plan.make(
        [
            Versions("three", X, Y, Live("id-3", Z), known="k" * 40),
            Versions("five", X, X, Live("id-5", Z), known="k" * 40, touched=False),
            Versions("eight", None, Y, Live("id-8", Z), known="k" * 40),
        ]
    )

    entries = journal.of_writes(made.writes, base="b" * 40)

    assert {entry.before for entry in entries} == {"k" * 40}
    assert {entry.digest_before for entry in entries} == {Z.digest}
    assert [entry.job_id for entry in entries] == ["id-8", "id-5", "id-3"]


def test_a_rename_goes_back_to_the_old_title() -> None:
    """Whose content may stand at base, or where it was captured."""
    made = plan.make([Versions("new", None, X, None), Versions("old", X, None, Live("id-1", X))])
    captured = plan.make([Versions("new", None, X, None), Versions("old", X, None, Live("id-1", X), captured="c" * 40)])

    (entry,) = journal.of_writes(made.writes, base="b" * 40)
    assert entry == Entry("new", "id-1", "b" * 40, X.digest, X.digest, was="old")
    assert (entry.title_before, ENTRY.title_before) == ("old", "Tides")
    assert [each.before for each in journal.of_writes(captured.writes, base="b" * 40)] == ["c" * 40]


def of(title: str, job_id: str | None = "id-1", *, was: str | None = None) -> Entry:
    """An entry of which only the names matter."""
    return Entry(title, job_id, None, None, "", was)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((), ()),
        ((of("a"), of("b"), of("a")), ("aa", "b")),
        ((of("b", was="a"), of("a")), ("ba",)),
        ((of("c", was="b"), of("b", was="a"), of("a"), of("b", "id-2")), ("cba", "b")),
        ((of("a", None), of("b", was="a"), of("a")), ("a", "ba")),
        ((of("a", None), of("a", None)), ("aa",)),
        ((of("a"), of("a", None), of("a", None)), ("aaa",)),
        ((of("a", None), of("a", "id-0"), of("a", None)), ("a", "aa")),
    ],
    ids=[
        "none",
        "by title",
        "renamed",
        "renamed twice",
        "another of the old title",
        "created twice",
        "created, then changed",
        "another one before a creation",
    ],
)
def test_entries_of_one_pipeline_are_found_under_all_its_names(
    entries: tuple[Entry, ...], expected: tuple[str, ...]
) -> None:
    """Newest first."""
    assert tuple("".join(entry.title for entry in chain) for chain in journal.chains(entries)) == expected


def test_what_is_kept_of_a_pipeline_is_kept_under_all_its_names() -> None:
    """In the same order."""
    entries = (of("c", was="b"), of("x", "id-2"), of("b", was="a"), of("a"))

    assert journal.kept(entries, {"c"}) == (entries[0], entries[2], entries[3])
    assert journal.kept(entries, {"a"}) == ()


def test_a_creation_has_nothing_before() -> None:
    """It can't be taken back, only named."""
    made = plan.make([Versions("Tides", None, Y, None)])

    assert journal.of_writes(made.writes, base=None) == (Entry("Tides", None, None, None, Y.digest),)


def test_a_decision_that_writes_nothing_makes_an_entry_that_undoes_nothing() -> None:
    """Without a head there is no digest that live could have."""
    decision = plan.decide(Versions("Tides", X, None, None))

    assert journal.of_writes([decision], base="b" * 40) == (Entry("Tides", None, None, None, ""),)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.builds(Entry, TEXT, MAYBE, MAYBE, MAYBE, TEXT, MAYBE), max_size=5), TEXT)
def test_what_was_hidden_is_found_at_the_end_of_any_note(entries: list[Entry], text: str) -> None:
    """Titles with `-->` in them included; the note shows none of it."""
    comment = journal.hide(entries)

    assert comment.count("-->") == 1
    assert "\n" not in comment
    assert journal.find(f"{text}\n\n{comment}") == tuple(entries)
    assert journal.find(f"{text}\n\n{comment}\n") == tuple(entries)


@pytest.mark.parametrize(
    "body",
    [
        f"| `{journal.hide([ENTRY])}` | updated |",
        f"### Deployed\n\n- `{journal.hide([ENTRY])}`: edited",
        f"{journal.hide([ENTRY])}\n\nand more text",
        f"x {journal.hide([ENTRY])}",
    ],
)
def test_a_journal_that_a_title_spells_is_none(body: str) -> None:
    """Whoever names a pipeline so must not decide what is taken back."""
    assert journal.find(body) == ()
    assert journal.find(f"{body}\n\n{journal.hide([])}") == ()
    assert journal.find(f"{body}\n\n{hidden([])}") == ()


def test_the_true_journal_wins_over_one_in_a_title() -> None:
    """Both in one note."""
    forged = journal.hide([Entry("Forged", "id-9", None, None, "")])

    assert journal.find(f"| `{forged}` |\n\n{journal.hide([ENTRY])}") == (ENTRY,)


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "<!-- aic-journal  -->",
        "<!-- aic-journal a -->",
        "<!-- aic-journal ==== -->",
        "<!-- aic-journal W10= -->",
        hidden(5),
        hidden("text"),
        hidden(["text"]),
        hidden([5]),
        hidden([{}]),
        hidden([{"title": "a"}]),
        hidden([{"title": 5, "job_id": None, "before": None, "digest_before": None, "digest_after": ""}]),
        hidden([{"title": "a", "job_id": 5, "before": None, "digest_before": None, "digest_after": ""}]),
        hidden([{"title": "a", "job_id": None, "before": None, "digest_before": None, "digest_after": None}]),
        hidden([{"title": "a", "job_id": "", "before": "", "digest_before": "", "digest_after": "", "more": 1}]),
        hidden([{"title": "a", "job_id": "", "before": "", "digest_before": "", "digest_after": "", "was": 1}]),
        f"<!-- aic-journal {base64.b64encode(zlib.compress(b'[' * 100_000)).decode()} -->",
        f"<!-- aic-journal {base64.b64encode(zlib.compress(bytes([255, 254, 255]))).decode()} -->",
        journal.hide([ENTRY]).replace("-->", "--->"),
    ],
)
def test_a_journal_that_somebody_broke_is_empty(comment: str) -> None:
    """Nothing is taken back on a guess."""
    assert journal.find(f"text\n\n{comment}") == ()


def test_what_unpacks_to_more_than_any_journal_is_none() -> None:
    """A note has at most a million characters, which could unpack to a gigabyte."""
    text = json.dumps([asdict(ENTRY)]).encode()
    for blanks, found in ((1_000, (ENTRY,)), (65 * 1024 * 1024, ())):
        packed = zlib.compress(b" " * blanks + text, 1)
        assert journal.find(f"<!-- aic-journal {base64.b64encode(packed).decode()} -->") == found


def test_a_journal_of_a_thousand_pipelines_is_small() -> None:
    """A note of GitLab has at most a million characters, and the table wants its share."""
    entries = [
        Entry(
            f"Harbour tides of the quay number {number}",
            f"{number:024x}",
            "b" * 40,
            Content(f"{number}", b"").digest,
            Y.digest,
        )
        for number in range(1000)
    ]

    assert len(journal.hide(entries)) < 200_000
