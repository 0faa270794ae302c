"""Secrets of local runs, and the checksum of the others."""

import pytest

from shared.adapters.checksum import crc32c
from shared.adapters.environment import EnvironmentSecrets


def test_a_secret_is_the_lines_of_its_variable() -> None:
    """The newest value first; blank lines and the white space around values don't count."""
    secrets = EnvironmentSecrets({"SECRET_GITLAB_TOKEN": "\n new \r\n\n\told\n"})

    assert secrets.values("gitlab-token") == ("new", "old")


@pytest.mark.parametrize("environ", [{}, {"SECRET_GITLAB_TOKEN": ""}, {"SECRET_GITLAB_TOKEN": " \n\t\n"}])
def test_sec_25_a_blank_secret_is_none_at_all(environ: dict[str, str]) -> None:
    """An empty value would equal an empty header."""
    assert EnvironmentSecrets(environ).values("gitlab-token") == ()


@pytest.mark.parametrize(
    ("data", "checksum"),
    [(b"", 0), (b"123456789", 0xE3069283), (bytes(32), 0x8A9136AA), (bytes(range(32)), 0x46DD794E)],
)
def test_the_checksum_is_crc_32c(data: bytes, checksum: int) -> None:
    """The examples of RFC 3720, B.4, and the usual check value."""
    assert crc32c(data) == checksum
