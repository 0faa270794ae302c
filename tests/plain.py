"""Clients of the stand-ins on this machine, which speak plain HTTP: what reads no certificates is there much sooner."""

import ssl
from typing import Any

import httpx

NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts no server at all."""


def client(url: str | httpx.URL, **options: Any) -> httpx.Client:
    """A client of httpx upon that URL."""
    return httpx.Client(base_url=url, verify=NOBODY, **options)
