"""Which base URLs the service may talk to."""

import pytest

from shared.domain import address
from shared.domain.errors import Refused


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://git.example.com", "https://git.example.com"),
        ("https://git.example.com:8443/gitlab/", "https://git.example.com:8443/gitlab"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://127.0.0.1:8080/apis/core/v1", "http://127.0.0.1:8080/apis/core/v1"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://gitlab", "https://gitlab"),
        ("HTTPS://Git.Example.com", "HTTPS://Git.Example.com"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("http://127.8.9.10", "http://127.8.9.10"),
        ("https://localhost", "https://localhost"),
    ],
)
def test_plain_https_and_loopback_urls_are_taken(url: str, kept: str) -> None:
    """Slashes at the end don't matter."""
    assert address.check(url) == kept


@pytest.mark.parametrize(
    "url",
    [
        "http://git.example.com",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "//git.example.com",
        "file:///etc/passwd",
        "ftp://localhost",
        "git.example.com",
        "",
        "https://",
        "https://user@git.example.com",
        "https://user:canary@git.example.com",
        "https://@git.example.com",
        "https://git.example.com?private_token=canary",
        "https://git.example.com#canary",
        "https://git.example.com\\@evil.example.com",
        "https://git.example.com /x",
        "https://git.example.com\n",
        "https://git.exämple.com",
        "https://git.example.com.",
        "https://git..example.com",
        "https://-git.example.com",
        "https://10.0.0.1",
        "https://169.254.169.254",
        "https://2852039166",
        "https://0xa9.0xfe.0xa9.0xfe",
        "https://0x",
        "https://[fe80::1]",
        "https://[::ffff:169.254.169.254]",
        "https://[::1",
        "https://metadata.google.internal",
        "https://METADATA",
        "https://git.example.com:99999",
        "https://git.example.com:0",
        "https://git.example.com:",
        "https://git.example.com/a//b",
        "https://git.example.com/a/../b",
        "https://git.example.com/%2e%2e/b",
    ],
)
def test_sec_12_any_other_url_is_refused_without_being_quoted(url: str) -> None:
    """A token must not travel to a host that somebody slipped in, and the complaint shows nothing of the URL."""
    with pytest.raises(Refused) as caught:
        address.check(url)

    assert caught.value.reason == "url-refused"
    assert "canary" not in caught.value.detail
    assert caught.value.__cause__ is None


def test_a_mail_server_may_name_its_user() -> None:
    """The password is a secret and comes from elsewhere."""
    assert address.check_mail("smtps://user@mail.example.com:465/") == "smtps://user@mail.example.com:465"
    assert address.check_mail("smtp://localhost:1025") == "smtp://localhost:1025"
    assert address.check_mail("smtp://user%40a@mail.example.com:587") == "smtp://user%40a@mail.example.com:587"


@pytest.mark.parametrize(
    "url",
    [
        "lmtp://mail.example.com",
        "https://mail.example.com",
        "smtps://user:canary@mail.example.com",
        "smtps://mail.example.com/path",
        "smtps://10.0.0.1",
    ],
)
def test_a_mail_server_is_spoken_to_in_private_and_without_a_password_in_its_url(url: str) -> None:
    """The same rules as for other URLs, for mail; whether smtp:// is private shows when it is spoken to."""
    with pytest.raises(Refused) as caught:
        address.check_mail(url)

    assert caught.value.reason == "url-refused"
    assert "canary" not in str(caught.value)
