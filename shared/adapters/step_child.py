"""The process in which a team's own function runs: pipelines on its standard input, one JSON answer on its output.

`{"made": …}`, or `{"refused": why}` for a text, which is how it says no. What it raises is `{"failed": what}`, without
the words of the error: they often quote what the function was looking at.
"""

import importlib
import json
import os
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any


def main(call: str) -> None:
    """What the function prints goes nowhere, since it could be anything."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out, Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        out.write(_answer(call))


def _answer(call: str) -> str:
    module, _, name = call.partition(":")
    try:
        function: Any = getattr(importlib.import_module(module), name)
        made = function(json.load(sys.stdin))
    except BaseException as error:  # noqa: BLE001 - whatever it raises is the answer
        return json.dumps({"failed": f"raised {type(error).__name__}{_place(error.__traceback__)}"})
    if isinstance(made, str):
        return json.dumps({"refused": made})
    try:
        return json.dumps({"made": made}, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return json.dumps({"failed": "gave back what is no JSON"})


def _place(trace: TracebackType | None) -> str:
    """Where in its own code, without what stood there."""
    frames = [each for each in traceback.extract_tb(trace) if each.filename != __file__]
    own = [each for each in frames if f"{os.sep}steps{os.sep}" in each.filename]
    return f" in {Path(own[-1].filename).name}, line {own[-1].lineno}" if own else ""


if __name__ == "__main__":
    main(sys.argv[1])
