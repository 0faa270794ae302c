"""Config files and jobConfigs → comparable content."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import content
from shared.domain.content import Content
from shared.domain.errors import Refused

BARE: dict[str, Any] = {"stages": []}
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def of(**fields: Any) -> Content:
    """The content of a jobConfig with these fields."""
    return content.of_job({**BARE, **fields})


def test_metadata_and_title_never_count() -> None:
    """They differ from workspace to workspace, or are written beside the content."""
    one = content.of_job({"$id": "1", "$etag": {"a": 1}, "title": "Tides", "stages": []})
    two = content.of_job({"$id": "2", "title": "Other", "stages": []})

    assert one == two
    assert hash(one) == hash(two)
    assert one.unlike(two) == ()
    assert (one.title, two.title) == ("Tides", "Other")


def test_a_missing_key_means_its_default() -> None:
    """Old files leave some out, AIC gives all."""
    assert of() == of(variables=[], sourceStage={}, sinkStage={})
    assert of().fields() == {"stages": [], "variables": [], "sourceStage": {}, "sinkStage": {}}


def test_the_order_of_keys_is_irrelevant_that_of_lists_is_not() -> None:
    """Objects have no order in JSON."""
    assert of(sourceStage={"a": 1, "b": {"c": 2, "d": 3}}) == of(sourceStage={"b": {"d": 3, "c": 2}, "a": 1})
    assert of(variables=[1, 2]) != of(variables=[2, 1])


def test_one_and_one_point_nought_and_true_stay_different() -> None:
    """For Python they are equal; for whoever reads the config they are not."""
    values: list[object] = [1, 1.0, True, "1", None, [1], {"1": 1}, 0, 0.0, -0.0, False, ""]
    contents = {of(variables=[value]) for value in values}
    digests = {each.digest for each in contents}

    assert len(contents) == len(digests) == len(values)
    assert of(stages=[], sourceStage={"retries": 1}).unlike(of()) == ()


def test_other_keys_are_no_content_but_their_differences_are_named() -> None:
    """AIC takes only the deployable four, so people must hear of the rest."""
    one = of(schedule="daily", owner={"b": 1, "a": 2}, same=[1], **{"$id": "x"})
    two = of(schedule="hourly", owner={"a": 2, "b": 1}, same=[1], extra=1)

    assert one == two
    assert one.unlike(two) == two.unlike(one) == ("extra", "schedule")


def test_other_keys_are_compared_as_json_too() -> None:
    """`1` became `true` is a difference."""
    assert of(retries=1).unlike(of(retries=True)) == ("retries",)
    assert of(retries=1).unlike(of(retries=1.0)) == ("retries",)
    assert of(retries=None).unlike(of()) == ()


def test_a_title_that_is_no_text_is_none() -> None:
    """The file's path names the pipeline anyway."""
    assert of(title=5).title is None


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({}, "`stages` is missing"),
        ({"stages": None}, "`stages` is missing"),
        ({"stages": {}}, "`stages` must be a JSON list"),
        ({"stages": "x"}, "`stages` must be a JSON list"),
        ({"stages": [], "variables": {}}, "`variables` must be a JSON list"),
        ({"stages": [], "sourceStage": []}, "`sourceStage` must be a JSON object"),
        ({"stages": [], "sinkStage": True}, "`sinkStage` must be a JSON object"),
    ],
)
def test_a_config_of_another_shape_is_refused(config: dict[str, object], sentence: str) -> None:
    """Before AIC gets to see it."""
    with pytest.raises(Refused) as caught:
        content.of_job(config)

    assert (caught.value.reason, caught.value.detail) == ("config-invalid", sentence)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {"\udfff": 1}])
def test_what_no_request_can_carry_is_refused_from_aic_too(value: object) -> None:
    """Lenient JSON readers let it through; it would fail later, in the middle of a deploy."""
    with pytest.raises(Refused, match="can't be sent"):
        of(variables=[value])


def test_a_tree_that_is_too_deep_for_json_is_refused() -> None:
    """It would be a RecursionError."""
    deep: object = 1
    for _ in range(100_000):
        deep = [deep]

    with pytest.raises(Refused, match="too deep"):
        of(variables=deep)


@settings(deadline=None, max_examples=100)
@given(JSON, JSON)
def test_content_is_equal_exactly_when_its_json_is(one: Any, two: Any) -> None:
    """Written to a file and read back it is still the same, and its fields are what was put in."""
    first, second = of(variables=[one]), of(variables=[two])

    assert (first == second) == (json.dumps(one, sort_keys=True) == json.dumps(two, sort_keys=True))
    assert content.of_file(json.dumps({**BARE, "variables": [one]}).encode()) == first
    assert content.of_job(first.fields()) == first


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "Expecting value at line 1, column 1"),
        (b'{"stages" []}', "Expecting ':' delimiter at line 1, column 11"),
        (b'{\n  "stages": [\n', "Expecting value at line 3, column 1"),
        (b"[]", "the file must hold one JSON object"),
        (b"null", "the file must hold one JSON object"),
        (b"\xff", "not UTF-8 text"),
        ('{"stages": []}'.encode("utf-16"), "not UTF-8 text"),
        (b'{"a": "\\ud800"}', "not UTF-8 text"),
        (b'{"\\udfff": 1}', "not UTF-8 text"),
        (b'{"a": 1, "a": 1}', "the key `a` stands twice in one object at line 1, column 10"),
        (
            b'{"stages": [{"c": 0},\n  {"c": {"c": "c", "b": ["c"],\n  "c": 2}}]}',
            "the key `c` stands twice in one object at line 3, column 3",
        ),
        (b'{"\\u0061:": 1, "a:": 1}', "the key `a:` stands twice in one object at line 1, column 16"),
        (b'{"a\nb": 1, "a": NaN}', "Invalid control character at at line 1, column 4"),
        (b'{"a": "NaN",\n "b": NaN}', "NaN is no JSON value at line 2, column 7"),
        (b'{"a": Infinity}', "Infinity is no JSON value at line 1, column 7"),
        (b'{"a": -Infinity}', "-Infinity is no JSON value at line 1, column 7"),
        (b'{"a": 1e400}', "a number is out of range at line 1, column 7"),
        (b'{"a": -1e400}', "a number is out of range at line 1, column 7"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a number is out of range"),
        (b'{"a": ' + b"[" * 200 + b"]" * 200 + b"}", "nested more than 200 levels deep at line 1, column 206"),
        (b"[" * 100_000, "nested more than 200 levels deep at line 1, column 201"),
        (b'{"a":' * 100_000, "nested more than 200 levels deep at line 1, column 1001"),
        (b'{"a": "' + b'\\"' * 500_000 + b"\\", "Unterminated string starting at at line 1, column 7"),
        (b'"' + b"\\" * 999_999, "Unterminated string starting at at line 1, column 1"),
    ],
)
def test_sec_17_a_poisoned_file_is_refused_with_its_reason(data: bytes, sentence: str) -> None:
    """At once, also where a careless reader would take hours or fall over."""
    with pytest.raises(Refused) as caught:
        content.of_file(data)

    assert (caught.value.reason, caught.value.detail) == ("config-invalid", sentence)


def test_sec_17_a_comma_too_many_is_refused_with_its_place() -> None:
    """In other words and one sign further left from Python 3.13 on."""
    with pytest.raises(Refused, match=r"config-invalid: .+ at line 1, column 1[45]$"):
        content.of_file(b'{"stages": [],}')


def test_brackets_in_texts_are_no_depth() -> None:
    """Scripts are full of them."""
    script = '[{"' * 1000 + "\\"

    assert of(variables=[script]) == content.of_file(json.dumps({**BARE, "variables": [script]}).encode())
    assert content.of_file(b'{"stages": ' + b"[" * 199 + b"]" * 199 + b"}").fields()["stages"]


def test_a_file_of_more_than_5_mib_is_refused_unread() -> None:
    """It says how big it is."""
    with pytest.raises(Refused) as caught:
        content.of_file(b" " * (content.MAX_BYTES + 1))

    assert (caught.value.reason, caught.value.detail) == ("config-too-big", "5242881 bytes, at most 5242880 are taken")
    fitting = b'{"stages": []}'.ljust(content.MAX_BYTES)
    assert content.of_file(fitting) == of()


def test_a_very_long_key_is_cut_in_the_reason() -> None:
    """The reason goes into a note."""
    key = "k" * 10_000
    with pytest.raises(Refused) as caught:
        content.parse(f'{{"{key}": 1, "{key}": 2}}'.encode())

    assert len(caught.value.detail) < 200


def test_the_digest_is_that_of_the_canonical_json() -> None:
    """As anybody can compute it."""
    canonical = '{"sinkStage":{},"sourceStage":{},"stages":[],"variables":[]}'
    assert hashlib.sha256(canonical.encode()).hexdigest() == of().digest
    assert of().digest == "bf03749317554139ed7b1fcebe12b0f84dd191d391d9724ca0a48c4c9b4c7b81"


def test_keys_keep_their_order_in_a_write() -> None:
    """They don't count for equality, but a later capture would carry the noise."""
    one = content.of_file(b'{"stages": [{"z": 1, "a": {"y": 1, "b": 2}}]}')
    other = content.of_file(b'{"stages": [{"a": {"b": 2, "y": 1}, "z": 1}]}')

    assert one == other
    assert json.dumps(one.fields()["stages"]) == '[{"z": 1, "a": {"y": 1, "b": 2}}]'
