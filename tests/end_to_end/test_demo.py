"""The demonstration, as its own process."""

import subprocess
import sys

from emulators.stack.child import ROOT


def test_the_demonstration_holds_what_it_tells() -> None:
    """It ends with 0 only when every claim was so, and tells each of the chapters in plain text."""
    ended = subprocess.run(
        [sys.executable, "-m", "emulators", "demo"], cwd=ROOT, capture_output=True, text=True, timeout=240, check=False
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert [f"\n{number}. " in ended.stdout for number in range(1, 15)] == [True] * 14
    assert "NOT SO" not in ended.stdout
    assert "\x1b" not in ended.stdout
    assert ended.stderr == ""
