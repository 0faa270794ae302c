"""How the GitLab stand-in reads parameters."""

import json
from datetime import UTC, datetime

import pytest
from werkzeug.datastructures import Headers

from emulators.gitlab.errors import ApiError
from emulators.gitlab.parameters import Params, params
from emulators.routing import Call


def test_the_path_beats_the_body_and_the_body_the_query() -> None:
    call = Call(
        "PUT",
        "/",
        names={"sha": "path"},
        query={"sha": ["query"], "ref": ["first", "last"], "only": ["query"], "refs[]": ["a", "b"]},
        body=json.dumps({"sha": "body", "ref": "body"}).encode(),
    )

    assert dict(params(call)) == {"sha": "path", "ref": "body", "only": "query", "refs": ["a", "b"]}


def test_a_form_is_a_body_too_and_a_body_that_is_no_object_is_none() -> None:
    form = Headers({"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})

    assert dict(params(Call("POST", "/", headers=form, body=b"a=1+2&b="))) == {"a": "1 2", "b": ""}
    assert dict(params(Call("POST", "/", body=b"[1]"))) == {}


@pytest.mark.parametrize("value", [True, "True", "true", "1", 1])
def test_many_words_mean_yes(value: object) -> None:
    assert Params({"x": value}).flag("x")


@pytest.mark.parametrize("value", [False, "False", "0", None, ""])
def test_as_many_mean_no(value: object) -> None:
    assert not Params({"x": value}).flag("x")


@pytest.mark.parametrize("reader", ["flag", "number", "moment"])
def test_a_value_of_another_kind_is_called_invalid(reader: str) -> None:
    with pytest.raises(ApiError) as refused:
        getattr(Params({"x": "maybe"}), reader)("x")

    assert (refused.value.answer.status, refused.value.answer.body) == (400, {"error": "x is invalid"})


def test_a_list_is_no_text() -> None:
    with pytest.raises(ApiError):
        Params({"x": ["a"]}).text("x")


def test_a_list_may_be_a_text_with_commas() -> None:
    assert Params({"x": "a, b,"}).texts("x") == Params({"x": ["a", "b"]}).texts("x") == ["a", "b"]


@pytest.mark.parametrize("text", ["2026-01-02T03:04:05Z", "2026-01-02T04:04:05+01:00", "2026-01-02 03:04:05"])
def test_a_time_without_a_zone_is_utc(text: str) -> None:
    assert Params({"x": text}).moment("x") == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(ApiError) as refused:
        Params({"b": "1", "c": None}).required("a", "b", "c")

    assert refused.value.answer.body == {"error": "a is missing, c is missing"}
