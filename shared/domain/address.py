"""From the text of a base URL to one that the service may call: https, a plain host name, nothing hidden in it."""

import re
from urllib.parse import SplitResult, urlsplit

from .errors import Refused

_PLAIN = re.compile(r"[!-~]{1,2000}")
_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)")
_LOOPBACK_V4 = re.compile(r"127(?:\.[0-9]{1,3}){3}")
_METADATA = re.compile(r"metadata|(?:.*\.)?metadata\.goog(?:le\.internal)?|instance-data(?:\..*)?")
"""Hosts that hand the machine's own credentials to whoever asks from inside."""


def check(url: str) -> str:
    """The URL without slashes at its end; raises Refused `url-refused` with what is wrong, never with the URL."""
    parts = _split(url)
    if "@" in url:
        raise _refused("must not hold a user or password")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise _refused("must start with https:// (http:// is for loopback hosts only)")
    _check_path(parts.path)
    return url.rstrip("/")


def check_mail(url: str) -> str:
    """A mail server: `smtps://user@host:465`, or `smtp://`, which is made private by STARTTLS but on loopback.

    It holds no password; raises as `check` does.
    """
    parts = _split(url)
    if parts.scheme not in ("smtp", "smtps"):
        raise _refused("must start with smtps:// or smtp://")
    if parts.password is not None:
        raise _refused("must not hold a password: put it into the secret smtp-password")
    if parts.path not in ("", "/"):
        raise _refused("must not have a path")
    return url.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether the host is this machine by its very spelling; no name is looked up."""
    return host in ("localhost", "::1") or _LOOPBACK_V4.fullmatch(host) is not None


def _split(url: str) -> SplitResult:
    if not _PLAIN.fullmatch(url) or "\\" in url:
        raise _refused("must be plain ASCII without spaces or backslashes")
    if "?" in url or "#" in url:
        raise _refused("must not have a query or fragment")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # its text would quote the URL
        raise _refused("can't be read") from None
    if port == 0 or parts.netloc.endswith(":"):
        raise _refused("must have a real port, or none")
    _check_host(parts.hostname or "")
    return parts


def _check_host(host: str) -> None:
    """IP literals are refused in each of their spellings: an address of a metadata service can be written in many."""
    if is_loopback(host):
        return
    if not host:
        raise _refused("must name a host")
    if _METADATA.fullmatch(host):
        raise _refused("must not be the metadata service")
    if len(host) > 253 or not _NAME.fullmatch(host) or _NUMBER.fullmatch(host.rsplit(".", 1)[-1]):
        raise _refused("must name its host by a plain domain name")


def _check_path(path: str) -> None:
    segments = path.strip("/").split("/") if path.strip("/") else []
    if "//" in path or "%" in path or "." in segments or ".." in segments:
        raise _refused("must have a plain path, without `//`, `.`, `..` or `%`")


def _refused(why: str) -> Refused:
    return Refused("url-refused", f"the URL {why}")
