"""Which base URLs a secret may be sent to, and what may become a segment of a path."""

import ipaddress
import re
from urllib.parse import SplitResult, quote, urlsplit

from ..domain.errors import Permanent

_PRINTABLE = re.compile(r"[!-~]+")
_FORBIDDEN = re.compile(r"[?#@%\\]|/\.{1,2}(/|$)")
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", re.IGNORECASE)
_NUMBER = re.compile(r"(.*\.)?(0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)
_METADATA = re.compile(r"metadata|(.*\.)?metadata\.goog(le\.internal)?|instance-data(\..*)?", re.IGNORECASE)
"""Hosts that hand the machine's own credentials to whoever asks from inside."""


def checked(url: str) -> str:
    """The base URL without a slash at its end; raises Permanent `url-refused`, which doesn't quote the URL.

    Plain http is for loopback only; userinfo, query, fragment, IP literals and metadata hosts are for nobody.
    """
    parts = _split(url)
    host = parts.hostname or ""
    local = _is_loopback(host)
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise _refused("it must begin with https://")
    if not local:
        _check_name(host)
    return url.rstrip("/")


def segment(text: str) -> str:
    """The text as exactly one segment of a path; raises Permanent `url-refused` for what no quoting can keep apart."""
    if text in ("", ".", ".."):
        raise Permanent("url-refused", "an empty or dotted name can't be part of an address")
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise Permanent("url-refused", "a name holds half a character") from None


def _split(url: str) -> SplitResult:
    if not _PRINTABLE.fullmatch(url) or _FORBIDDEN.search(url):
        raise _refused("it may not hold blanks, userinfo, query, fragment, escapes or dotted segments")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refused("it can't be read") from None
    if "//" in parts.path or parts.netloc.endswith(":") or port == 0:
        raise _refused("its port or path is odd")
    return parts


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    # A mapped address such as ::ffff:127.0.0.1 is loopback to Python from 3.13 on; it has no place here.
    return address.is_loopback and getattr(address, "ipv4_mapped", None) is None


def _check_name(host: str) -> None:
    if not _NAME.fullmatch(host):
        raise _refused("it has no proper host name")
    if _NUMBER.fullmatch(host):
        raise _refused("its host is a number")
    if _METADATA.fullmatch(host):
        raise _refused("its host hands out credentials")


def _refused(why: str) -> Permanent:
    return Permanent("url-refused", f"a base URL of the settings was refused: {why}")
