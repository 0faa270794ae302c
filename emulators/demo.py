"""The main job from an empty start, told step by step; ends with 1 when anything is not as told."""

import argparse
import signal
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import httpx

from emulators.stack import functions
from emulators.stack.bucket import Bucket
from emulators.stack.child import ChildEnded
from emulators.stack.site import BUCKET, MARKET
from emulators.stack.stack import Stack, started
from emulators.stack.workplace import connect, prepare
from emulators.tour import back, chapters, gate, release, review
from emulators.tour.teller import Teller

PIPELINES = 14
SITE = replace(MARKET, tested=MappingProxyType({gate.BRANCH: "rollback"}))


def run(_arguments: argparse.Namespace) -> int:
    """`python -m emulators demo`."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _broken_off)
    teller, begun = Teller(), time.monotonic()
    teller.title("AIC GitOps: from a merge in GitLab to a proven deploy in AIC")
    with tempfile.TemporaryDirectory(prefix="demo-") as logs, started(logs=Path(logs)) as stack:
        try:
            _tell(stack, teller)
        except (httpx.HTTPError, TimeoutError, LookupError, ChildEnded) as error:
            teller.check(f"the demonstration could go on, but: {error!r}", held=False)
        if teller.wrong:
            for name in functions.TARGETS:
                teller.show(f"The last lines of the log of {name}:", stack.log(name).splitlines()[-5:])
    _sum_up(teller, seconds=time.monotonic() - begun)
    return 1 if teller.wrong else 0


def _broken_off(_signal: int, _frame: object) -> None:
    """What was not told to its end did not hold either."""
    sys.exit(1)


def _tell(stack: Stack, teller: Teller) -> None:
    teller.chapter("Getting ready")
    teller.say(
        "GitLab, AIC, Cloud Storage and Pub/Sub are stand-ins on this machine (GitLab's has real git repositories "
        "inside); the functions are the real ones, served as in the cloud."
    )
    stack.start_functions([SITE])
    place = connect(stack, prepare(stack, SITE, pipelines=PIPELINES))
    chapters.first_deploy(place, teller)
    number = chapters.merge(place, teller)
    chapters.again(place, number, teller)
    chapters.conflict(place, teller)
    chapters.broken(place, teller)
    back.captured(place, teller)
    back.ahead(place, teller)
    bucket = Bucket(stack.storage_url, BUCKET)
    back.saved(place, bucket, teller)
    back.taken_back(place, teller)
    release.featured(place, teller)
    release.released(place, bucket, teller)
    release.fixed(place, teller)
    review.foreseen(place, teller)
    review.warned(place, teller)
    gate.tested(place, teller)


def _sum_up(teller: Teller, *, seconds: float) -> None:
    right = teller.checked - len(teller.wrong)
    teller.chapter(f"{right} of {teller.checked} claims held, in {seconds:.0f} seconds")
    for claim in teller.wrong:
        teller.say(f"NOT SO: {claim}")
    if not teller.wrong:
        teller.say("`make up` leaves all of this running for you to try it by hand.")
        teller.say("README.md says how it is used for real, docs/lifecycle.md what a deploy does in each case.")
