"""What of a value may go into a log."""

from dataclasses import dataclass

from shared.domain.redaction import LONGEST_TEXT, Redaction

SECRET = 'can"ary-ü/1'
HIDING = Redaction().adding([SECRET])


@dataclass
class Odd:
    """Something that JSON doesn't know."""

    token: str


def test_a_secret_is_hidden_wherever_it_stands() -> None:
    """In keys, in nested values, in bytes, in objects that are shown by their repr."""
    value = {
        f"key {SECRET}": [SECRET, (f"<{SECRET}>", {SECRET})],
        "bytes": SECRET.encode(),
        "object": Odd(SECRET),
    }

    assert HIDING.plain(value) == {
        "key [hidden]": ["[hidden]", ["<[hidden]>", ["[hidden]"]]],
        "bytes": "[hidden]",
        "object": "Odd(token='[hidden]')",
    }


def test_a_secret_is_hidden_in_the_spellings_of_urls_and_json() -> None:
    """Libraries quote what they show."""
    assert HIDING.text('can\\"ary-ü/1 can\\"ary-\\u00fc/1 can%22ary-%C3%BC%2F1') == "[hidden] [hidden] [hidden]"


def test_a_secret_that_holds_another_is_hidden_as_a_whole() -> None:
    """The longest goes first, whatever the order in which they were learned."""
    assert Redaction().adding(["abcd"]).adding(["abcd-efgh"]).text("abcd-efgh abcd") == "[hidden] [hidden]"


def test_a_number_that_is_a_secret_is_hidden() -> None:
    """Digits are taken for a number by many a parser."""
    assert Redaction().adding(["12345678"]).plain([12345678, 1234, 2.5]) == ["[hidden]", 1234, 2.5]


def test_too_short_secrets_are_left() -> None:
    """An empty one would otherwise stand between all letters."""
    assert Redaction().adding(["", "abc"]).text("abc") == "abc"


def test_what_json_cannot_hold_becomes_text() -> None:
    """A record is always valid JSON."""
    assert Redaction().plain([float("nan"), float("-inf"), None, True]) == ["nan", "-inf", None, True]


def test_depth_and_length_are_bounded() -> None:
    """A huge or endless value makes no endless record."""
    endless: list[object] = []
    endless.append(endless)
    deep: dict[str, object] = {}
    deep["deep"] = deep

    assert "[[...]]" in str(Redaction().plain(endless))
    assert "{...}" in str(Redaction().plain(deep))
    assert Redaction().text("x" * 20_001) == "x" * 20_000 + "… (1 more)"


def test_a_redaction_does_not_show_what_it_knows() -> None:
    """It would be a list of all secrets."""
    assert "can" not in repr(HIDING)


def test_the_fields_of_a_record_are_hidden_like_any_value() -> None:
    """In names, in texts, in numbers and in what has to be made plain first."""
    hiding = HIDING.adding(["12345678"])

    assert hiding.fields({"a": "b", "n": 1, "f": 2.5, "t": True, "x": None}) == {
        "a": "b",
        "n": 1,
        "f": 2.5,
        "t": True,
        "x": None,
    }
    assert hiding.fields({f"k {SECRET}": 1}) == {"k [hidden]": 1}
    assert hiding.fields({"a": f"<{SECRET}>"}) == {"a": "<[hidden]>"}
    assert hiding.fields({"n": 12345678, "f": 12345678.5}) == {"n": "[hidden]", "f": "[hidden].5"}
    assert hiding.fields({"a": [SECRET], "f": float("nan")}) == {"a": ["[hidden]"], "f": "nan"}
    assert hiding.fields({}) == {}


def test_a_secret_at_the_end_of_what_is_shown_of_a_long_text_is_hidden() -> None:
    """Half of it would be half a secret."""
    text = "x" * (LONGEST_TEXT - 5) + SECRET

    assert HIDING.fields({"a": text}) == {"a": HIDING.text(text)}
    assert "can" not in str(HIDING.fields({"a": text}))
