"""Whether a secret can travel in a header; the libraries would quote one that can't in their errors."""

import re

from ..domain.errors import Permanent

_HEADER_SAFE = re.compile(r"[!-~]+")


def checked(token: str, *, of: str) -> str:
    """The token itself; raises Permanent `secret-malformed` naming whose it is."""
    if not _HEADER_SAFE.fullmatch(token):
        raise Permanent("secret-malformed", f"the secret for {of} is empty or holds blanks or special characters")
    return token
