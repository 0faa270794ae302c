"""A promotion: the branch with the chosen pipelines, and its merge request, in one."""

from dataclasses import replace
from functools import partial

from ..domain import promotion_note, route
from ..domain.answer import Outcome
from ..domain.messages.promotion import Promote
from ..domain.promotion_report import Promoted
from . import branching
from .answering import Asker, answered
from .branching import Ends
from .outside import Outside
from .proposing import Wording, proposed
from .target import read_mapping


def promote(request: Promote, *, asker: Asker, outside: Outside) -> Promoted:
    """Makes both, or finds them, or says why not; raises Transient while another delivery may do better.

    Raises Refused where nothing is promoted from there to there.
    """
    mapping, _ = read_mapping(outside.repository)
    way = route.between(route.role_of(request.origin, mapping), route.role_of(request.to, mapping))
    ends = branching.ends_of(way, asker, outside)
    begun = branching.begin("promote", request.project, ends, name=way.branch(request.ticket), asker=asker)
    find = partial(_promoted, begun, ends, request, asker, outside)
    return answered(begun, find, promotion_note.answer, asker=asker, outside=outside)


def _promoted(begun: Promoted, ends: Ends, request: Promote, asker: Asker, outside: Outside) -> Promoted:
    report = branching.made(begun, ends, request.pipelines, dry_run=request.dry_run, run=asker.run, outside=outside)
    there = report.outcome is Outcome.NOTHING and bool(report.titles)
    if report.outcome is not Outcome.MADE and not there:
        return report
    return proposed(replace(report, branch=report.name), Wording(), outside)
