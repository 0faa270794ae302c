"""The last lines of a commit message of the service: which workspace it was captured from, and by which run."""

import re
from dataclasses import dataclass

_WORKSPACE, _RUN = "AIC-Workspace", "AIC-Run"
_LINE = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,63}): (\S(?:.*\S)?)")
_MOST_LINES = 20
"""A last paragraph that is longer is none of ours."""


@dataclass(frozen=True, slots=True)
class Trailers:
    """Where a captured commit comes from; the run is a `Run.id`."""

    workspace: str
    run: str


def make(workspace: str, *, run: str) -> str:
    """The last paragraph of a message, to stand behind an empty line; names are one line without blanks around it."""
    lines = (f"{_WORKSPACE}: {workspace}", f"{_RUN}: {run}")
    if not all(map(_LINE.fullmatch, lines)):
        raise ValueError("a trailer is one line of text")
    return "\n".join(lines)


def of_run(run: str) -> str:
    """The last paragraph of a commit that brings what Git has already from one branch to another."""
    return f"{_RUN}: {run}"


def run_of(message: str) -> str | None:
    """The run of such a commit, None for any other."""
    _, _, last = message.rstrip().rpartition("\n\n")
    found = _LINE.fullmatch(last)
    return found[2] if found and found[1] == _RUN else None


def parse(message: str) -> Trailers | None:
    """The trailers of a message that ends with both, each once; None for any other, whatever it looks like."""
    _, _, last = message.rstrip().rpartition("\n\n")
    lines = last.split("\n", _MOST_LINES)
    found = [match.groups() for line in lines if (match := _LINE.fullmatch(line.rstrip("\r")))]
    ours = [value for key, value in found if key == _WORKSPACE], [value for key, value in found if key == _RUN]
    if len(found) != len(lines) or [len(values) for values in ours] != [1, 1]:
        return None
    return Trailers(ours[0][0], ours[1][0])
