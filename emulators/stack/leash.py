"""Runs a command that ends with its parent: `python leash.py PARENT COMMAND …`.

Linux sends the signal when the *thread* that started the process ends, so it must be started from one that lives as
long as its process. Other systems have nothing like it: there a killed parent leaves the command running.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != int(parent):
            sys.exit(0)  # it has ended before there was a leash
    os.execv(command[0], command)  # noqa: S606 - the point is to become the command


if __name__ == "__main__":
    main()
