"""Filters of subscriptions, as Google's page of them has them."""

from collections.abc import Mapping

import pytest

from emulators.pubsub.filters import parsed
from emulators.pubsub.problem import Problem


@pytest.mark.parametrize(
    ("text", "attributes", "wanted"),
    [
        ("", {}, True),
        ("attributes:a", {"a": ""}, True),
        ("attributes:a", {"b": "a"}, False),
        ('attributes.a = "b"', {"a": "b"}, True),
        ('attributes.a="b"', {"a": "B"}, False),
        ('attributes.a != "b"', {"a": "c"}, True),
        ('attributes.a != "b"', {}, True),
        ('attributes.a != "b"', {"a": "b"}, False),
        ('hasPrefix(attributes.a, "co")', {"a": "com"}, True),
        ('hasPrefix(attributes.a, "co")', {}, False),
        ("NOT attributes:a", {}, True),
        ("-attributes:a", {"a": "1"}, False),
        ('attributes:a AND attributes.b = "c"', {"a": "", "b": "c"}, True),
        ('attributes:a AND attributes.b = "c"', {"a": ""}, False),
        ("attributes:a OR attributes:b OR attributes:c", {"c": ""}, True),
        ("attributes:a AND (attributes:b OR NOT attributes:c)", {"a": "", "c": ""}, False),
        ("NOT (attributes:a OR attributes:b)", {}, True),
        ('attributes."iana.org/ü" = "de \\"x\\""', {"iana.org/ü": 'de "x"'}, True),
        ("attributes:-a-b_c", {"-a-b_c": ""}, True),
    ],
)
def test_a_filter_tells_which_messages_are_wanted(text: str, attributes: Mapping[str, str], wanted: bool) -> None:
    assert parsed(text)(attributes) is wanted


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "attributes",
        "attributes.a",
        "attributes.a = b",
        'attributes.a == "b"',
        'attributes.a = "b',
        "attributes:a attributes:b",
        "attributes:a AND",
        "attributes:a AND attributes:b OR attributes:c",
        "(attributes:a",
        "attributes:a)",
        "attributes:=",
        'hasPrefix(attributes.a "b")',
        'data = "x"',
        "NOT",
        "(" * 256,
        "NOT " * 64,
        "attributes:" + "a" * 246,
    ],
)
def test_what_is_no_filter_is_refused(text: str) -> None:
    """AND and OR are not mixed without parentheses; 256 bytes are the most."""
    with pytest.raises(Problem) as refused:
        parsed(text)
    assert refused.value.status == "INVALID_ARGUMENT"
