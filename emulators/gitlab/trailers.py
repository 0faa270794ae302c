"""The trailers of a commit message: the `Key: value` lines that are its last paragraph."""

import re

_TRAILER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*): +(.+)")


def of(message: str) -> dict[str, list[str]]:
    """Every trailer with all its values; a message of one paragraph has none."""
    paragraphs = re.split(r"\n\s*\n", message.strip())
    if len(paragraphs) < 2:
        return {}
    found: dict[str, list[str]] = {}
    for line in paragraphs[-1].splitlines():
        match = _TRAILER.fullmatch(line.strip())
        if match is None:
            return {}
        found.setdefault(match[1], []).append(match[2])
    return found
