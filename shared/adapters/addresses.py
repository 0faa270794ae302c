"""What may become a segment of a path."""

from urllib.parse import quote

from ..domain.errors import Permanent


def segment(text: str) -> str:
    """The text as exactly one segment of a path; raises Permanent `url-refused` for what no quoting can keep apart."""
    if text in ("", ".", ".."):
        raise Permanent("url-refused", "an empty or dotted name can't be part of an address")
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise Permanent("url-refused", "a name holds half a character") from None
