"""`python -m supply.audit COMMAND …`: runs what looks for known weaknesses, where anybody can be asked for them.

A service that can't be reached, or that is a copy without this knowledge, would find nothing in anything. So it is
first asked for a weakness that everybody knows; where it doesn't tell of that one, nothing is run and nothing passes.
"""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Sequence

KNOWN = "https://pypi.org/pypi/requests/2.19.0/json"
"""A release with CVE-2018-18074, asked for as pip-audit asks."""
NOT_RUN = 3
_SECONDS = 20


def main(command: Sequence[str], *, known: str = KNOWN) -> int:
    """What the command ends with, or `NOT_RUN`."""
    if not _told(known):
        print(f"audit: NOT RUN. {known} tells of no weakness, so whether there are any is not known.")
        return NOT_RUN
    return subprocess.run(command, check=False).returncode


def _told(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:
            found = json.load(answer)
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and bool(found.get("vulnerabilities"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
