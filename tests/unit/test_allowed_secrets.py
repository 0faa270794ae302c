"""The list of what may be in Git though it looks like a secret."""

import pytest

from shared.domain.allowed_secrets import MAX_BYTES, MAX_ENTRIES, AllowedSecrets, parse
from shared.domain.errors import Refused

ENTRY = "- {pipeline: P, fingerprint: 0123456789ab, why: a sample}\n"


def test_entries_are_read() -> None:
    """Titles are text, whatever YAML would make of them."""
    text = "- pipeline: \"a: 'b' #1\"\n  fingerprint: 0123456789ab\n  why: a sample\n" + ENTRY.replace("P", "yes", 1)
    allowed = parse(text.encode())

    assert allowed == AllowedSecrets(frozenset({("a: 'b' #1", "0123456789ab"), ("yes", "0123456789ab")}))
    assert allowed.lets_pass("yes", "0123456789ab")
    assert not allowed.lets_pass("no", "0123456789ab")
    assert not allowed.lets_pass("yes", "0123456789ac")


def test_a_list_may_be_empty() -> None:
    """Then nothing passes."""
    assert parse(b"[]") == AllowedSecrets()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the text is empty"),
        ("\xff", "the text is not UTF-8"),
        ("- &a b", "line 1: anchors"),
        ("P: 0123456789ab", "it must be a list of entries"),
        ("- P", "entry 1 must have"),
        ("- {pipeline: P, fingerprint: 0123456789ab}", "entry 1 must have"),
        (ENTRY + ENTRY.replace("why", "because"), "entry 2 must have"),
        (ENTRY.replace("why", "until: 2027, why"), "entry 1 must have"),
        (ENTRY.replace("a sample", "' '"), "entry 1: `why` must be a text"),
        (ENTRY.replace("P", "[P]", 1), "entry 1: `pipeline` must be a text"),
        (ENTRY.replace("0123456789ab", "0123456789AB"), "entry 1: `fingerprint` must be the 12 digits"),
        (ENTRY.replace("0123456789ab", "0123456789abc"), "entry 1: `fingerprint` must be the 12 digits"),
        (ENTRY + ENTRY, "entry 2 stands there twice"),
        ("- a\n" * (MAX_ENTRIES + 1), "it has 1001 entries, at most 1000 are taken"),
        ("#" * (MAX_BYTES + 1), "the text has"),
    ],
)
def test_what_is_no_such_list_is_refused_with_what_to_change(text: str, sentence: str) -> None:
    """An entry that is misspelt must not look like one that works."""
    with pytest.raises(Refused) as refused:
        parse(text.encode("latin-1"))

    assert refused.value.reason == "allow-list-invalid"
    assert refused.value.detail.startswith(f"allowed_secrets.yaml: {sentence}")
