"""Path segments, and what a header can carry."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters import addresses, tokens
from shared.domain.errors import Permanent


def test_a_quoted_segment_holds_no_separator() -> None:
    """Names with slashes, blanks and signs stay one segment."""
    assert addresses.segment("ford rdd - v2/Test?#%ü") == "ford%20rdd%20-%20v2%2FTest%3F%23%25%C3%BC"


@settings(deadline=None)
@given(st.text().filter(lambda text: text not in ("", ".", "..")))
def test_every_other_segment_is_one_plain_segment(text: str) -> None:
    """Nothing that can be typed leaves the path that it belongs to."""
    quoted = addresses.segment(text)

    assert quoted not in ("", ".", "..")
    assert not set(quoted) & set("/?#\\ \n@:")


@pytest.mark.parametrize("text", ["", ".", "..", "\ud800"])
def test_what_no_quoting_can_keep_apart_is_refused(text: str) -> None:
    """Libraries resolve dots before they send."""
    with pytest.raises(Permanent) as caught:
        addresses.segment(text)
    assert caught.value.reason == "url-refused"


@pytest.mark.parametrize(
    "token", ["", "hidden b", "hidden\r\nx: y", "hiddené", "hidden\x00", "hidden\u200b", "hidden\n"]
)
def test_a_token_that_no_header_can_carry_is_refused_unquoted(token: str) -> None:
    """The libraries' own errors would show it."""
    with pytest.raises(Permanent) as caught:
        tokens.checked(token, of="GitLab")
    assert caught.value.reason == "secret-malformed"
    assert "hidden" not in repr(caught.value)


def test_a_usable_token_passes() -> None:
    """As it is."""
    assert tokens.checked("glpat-Ab_1.x", of="GitLab") == "glpat-Ab_1.x"
