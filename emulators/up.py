"""Everything, left running: filled with pipelines, deployed once, and ready to be tried by hand."""

import argparse
import sys
import threading

from emulators.stack.child import ROOT
from emulators.stack.ports import Ports
from emulators.stack.site import MARKET
from emulators.stack.stack import Stack, started
from emulators.stack.workplace import connect, prepare
from emulators.tour import invitation

PIPELINES = 25
LOGS = ROOT / ".local" / "logs"


def run(arguments: argparse.Namespace) -> int:
    """`python -m emulators up`: stays until a signal ends it."""
    _say("Starting …")
    with started(logs=LOGS, ports=Ports.from_base(arguments.port_base)) as stack:
        fill(stack)
        _say(invitation.text(stack, MARKET, pipelines=PIPELINES))
        _stay(stack)
    return 0


def fill(stack: Stack) -> None:
    """Starts the functions; seeds a workspace and a branch for each of development, QA and production; deploys them."""
    stack.start_functions([MARKET])
    place = connect(stack, prepare(stack, MARKET, pipelines=PIPELINES))
    for branch in MARKET.branches:
        place.deploy(branch)


def _stay(stack: Stack) -> None:
    """Until a signal unwinds this; raises ChildEnded should one of the processes end."""
    waiting = threading.Event()
    while not waiting.wait(1):
        for each in stack.children:
            each.check()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
