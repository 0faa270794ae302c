"""Whether a hook was sent by somebody who knows a secret."""

import base64
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import signature
from shared.domain.errors import Permanent
from shared.domain.signature import Secrets, Signed
from tests.hooks import SENT_AT, SIGNING, sample, signed

OTHER = "whsec_" + base64.b64encode(b"another-key-that-has-32-bytes-in").decode()
BODY = b'{"a": 1}'


def keys_of(*texts: str) -> tuple[bytes, ...]:
    """The signing keys as the service keeps them."""
    return signature.secrets((), texts).keys


KEYS = keys_of(SIGNING)


def fits(
    signatures: str,
    *,
    stamp: str = str(SENT_AT),
    ident: str = "sample-id",
    body: bytes = BODY,
    keys: tuple[bytes, ...] = KEYS,
    now: float = SENT_AT,
) -> bool:
    """Whether the header is accepted."""
    return bool(signature.fitting_keys(Signed(ident, stamp, signatures), body, keys, now=now))


def test_a_recorded_signature_fits() -> None:
    """Made by another tool, over the exact bytes of the body."""
    hook = sample("merge_commit")
    headers = Signed(*(hook.headers[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")))

    assert signature.fitting_keys(headers, hook.body, KEYS, now=SENT_AT) == set(KEYS)
    assert not signature.fitting_keys(headers, hook.body + b" ", KEYS, now=SENT_AT)
    assert not signature.fitting_keys(headers, hook.body, keys_of(OTHER), now=SENT_AT)
    assert not signature.fitting_keys(headers, hook.body, (), now=SENT_AT)


def test_the_published_example_of_the_standard_fits() -> None:
    """Its key is shorter than GitLab's."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = Signed("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")

    assert signature.fitting_keys(headers, b'{"test": 2432232314}', [key], now=1614265330) == {key}


def test_only_the_keys_that_fit_are_given() -> None:
    """Each project has its own."""
    both = keys_of(OTHER, SIGNING)

    assert signature.fitting_keys(Signed("sample-id", str(SENT_AT), signed(BODY)), BODY, both * 3, now=SENT_AT) == set(
        KEYS
    )


@pytest.mark.parametrize("at", ["before", "between", "after"])
def test_one_good_signature_among_others_is_enough(at: str) -> None:
    """During rotation GitLab sends several, and we accept several keys."""
    wrong, good = signed(BODY, key=OTHER), signed(BODY)
    order = {"before": [good, wrong, "v1a,x"], "between": [wrong, good, "v2,x"], "after": ["v1", wrong, good]}[at]

    assert fits(" ".join(order))
    assert fits(wrong, keys=keys_of(SIGNING, OTHER))
    assert not fits(wrong)


@pytest.mark.parametrize(
    "signatures",
    [
        "",
        "v1",
        "v1,",
        "v1,a,b",
        "v1,=",
        "v1,====",
        "v1,é",
        "v1,\ud800",
        "v1, ",
        "v1," + "A" * 44,
        signed(BODY)[:-1],
        signed(BODY).removeprefix("v1,"),
        signed(BODY).replace("v1", "v2"),
        signed(BODY).replace("v1,", "v1,\n"),
        signed(BODY) + "\n",
        signed(BODY) + "=",
        signed(BODY).replace(",", ", "),
        "v1,x " * 16 + signed(BODY),
    ],
)
def test_nothing_but_a_whole_signature_fits(signatures: str) -> None:
    """Among the first sixteen."""
    assert not fits(signatures)


@pytest.mark.parametrize(
    "stamp",
    [
        "", " 1800000000", "1800000000 ", "1800000000\n", "+180000000", "1_80000000", "1800000000.0", "1.8e9",
        "180000000", "18000000000", "-1800000000", "０００００00000", "١٨٠٠٠٠٠٠٠٠", "0x6b49d200", "nan",
        "18000000\x000",
    ],
)  # fmt: skip
def test_a_time_has_ten_digits(stamp: str) -> None:
    """Whatever else Python would take for a number."""
    digest = hmac.digest(KEYS[0], f"sample-id.{stamp}.".encode() + BODY, "sha256")
    good = f"v1,{base64.b64encode(digest).decode()}"

    assert not fits(good, stamp=stamp)


@pytest.mark.parametrize(
    ("off", "accepted"), [(0, True), (299, True), (300, True), (300.5, False), (301, False), (1e9, False)]
)
def test_sec_28_a_hook_is_good_for_five_minutes_in_both_directions(off: float, accepted: bool) -> None:
    """Older is a replay; newer would be good for long."""
    assert fits(signed(BODY), now=SENT_AT + off) == accepted
    assert fits(signed(BODY), now=SENT_AT - off) == accepted


@pytest.mark.parametrize("ident", ["", "a b", "a\n", "é", "x" * 257, "\x00"])
def test_an_id_is_plain(ident: str) -> None:
    """It is part of what is signed."""
    good = "x" * 256
    assert not fits(signed(BODY, id=ident), ident=ident)
    assert fits(signed(BODY, id=good), ident=good)
    assert not fits(signed(BODY, id=good), ident="x")


def test_time_and_id_are_signed_too() -> None:
    """Neither can be replaced."""
    assert not fits(signed(BODY), stamp=str(SENT_AT + 1))
    assert not fits(signed(BODY), ident="other-id")


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=60), st.text(max_size=12), st.text(max_size=20), st.binary(max_size=60))
def test_sec_27_no_headers_make_it_raise(signatures: str, stamp: str, ident: str, body: bytes) -> None:
    """Nor fit."""
    surrogates = signatures + "\ud800"
    assert not fits(signatures, stamp=stamp, ident=ident, body=body)
    assert not fits(f"v1,{surrogates} {signatures}", body=body)
    assert not signature.token_fits(surrogates, [b"secret"])


def test_the_plain_token_must_be_the_same_byte_by_byte() -> None:
    """Any of the accepted ones."""
    accepted = [b"old-token", b"new-token"]

    assert signature.token_fits("new-token", accepted)
    assert signature.token_fits("old-token", accepted)
    for wrong in ("", "new-toke", "new-token ", "New-token", "new-tokenx", "old-token\nnew-token", "\ud800", "é"):
        assert not signature.token_fits(wrong, accepted)
    assert not signature.token_fits("new-token", [])


def test_a_token_beyond_ascii_fits_as_the_bytes_that_are_sent() -> None:
    """Servers hand headers over as Latin-1."""
    accepted = signature.secrets(["schlüssel-🔑"], ()).tokens

    assert signature.token_fits("schlüssel-🔑".encode().decode("latin-1"), accepted)
    assert not signature.token_fits("schlüssel-🔑", accepted)


def test_sec_25_empty_secrets_open_nothing() -> None:
    """Two empty texts are equal, also in constant time."""
    assert not signature.token_fits("", [b""])
    assert not signature.secrets(["", " ", "\n"], ["", " \t"])
    assert not Secrets()
    assert signature.secrets(["x"], ())
    assert signature.secrets((), [SIGNING])


def test_white_space_around_a_signing_token_is_nobody_s_secret() -> None:
    """Files and consoles add it."""
    assert signature.secrets((), [f"  {SIGNING}\r"]) == signature.secrets((), [SIGNING])


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "whsec_",
        "whsec_!!!",
        "whsec_é",
        SIGNING.removeprefix("whsec_"),
        SIGNING[:-1],
        "whsec_" + base64.b64encode(b"x" * 31).decode(),
        "whsec_" + base64.b64encode(b"x" * 33).decode(),
        "WHSEC_" + SIGNING.removeprefix("whsec_"),
    ],
)
def test_a_signing_token_of_another_form_is_refused_unquoted(text: str) -> None:
    """At the start, and not silently."""
    with pytest.raises(Permanent) as caught:
        signature.secrets((), [SIGNING, text])

    assert caught.value.reason == "signing-secret-invalid"
    assert text.removeprefix("whsec_") not in str(caught.value) or text == "whsec_"


def test_secrets_are_not_printed() -> None:
    """Neither by repr nor by str."""
    kept = signature.secrets(["canary-token"], [SIGNING])

    assert "canary" not in f"{kept!r}{kept}"
    assert "tideline" not in f"{kept!r}{kept}"


@pytest.mark.parametrize("size", [0, 1, 2046, 2047, 2048, 4094, 4095, 32 * 1024, 32 * 1024 + 1, 3 * 1024 * 1024])
def test_a_body_of_any_size_is_signed_as_a_whole(size: int) -> None:
    """Digested in pieces or at once, to its last byte."""
    body = bytes(number % 251 for number in range(size))
    right = signed(body, key=SIGNING, at=SENT_AT, id="sample-id")

    assert fits(right, body=body)
    assert not fits(right, body=body + b"x")
    assert not fits(right, body=body[:-1] + b"x")
