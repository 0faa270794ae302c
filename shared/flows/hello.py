"""A branch by which somebody sees that the service reaches a project and may write there."""

from dataclasses import replace
from functools import partial

from ..domain import look_report, trailers
from ..domain.answer import Outcome
from ..domain.errors import Refused
from ..domain.gitlab import FileAction
from ..domain.look_report import Greeted
from .answering import Asker, answered
from .outside import Outside
from .target import read_mapping

BRANCH, _FILE = "hello", "hello.md"


def hello(project: str, asker: Asker, outside: Outside, *, dry_run: bool = False) -> Greeted:
    """Makes the branch, or finds it, or says why not; raises Transient while another delivery may do better."""
    begun = Greeted("hello", Outcome.REFUSED, project, by=asker.by, name=BRANCH)
    find = partial(_made, begun, asker, outside, dry_run=dry_run)
    return answered(begun, find, look_report.answer, asker=asker, outside=outside)


def _made(begun: Greeted, asker: Asker, outside: Outside, *, dry_run: bool) -> Greeted:
    tip = outside.repository.head(BRANCH)
    if tip is None:
        _, start = read_mapping(outside.repository)
        if dry_run:
            detail = f"the message has arrived; the branch `{BRANCH}` would be made"
            return replace(begun, outcome=Outcome.PLANNED, detail=detail)
        message = f"Say hello\n\n{trailers.of_run(asker.run.id)}"
        outside.repository.commit(BRANCH, [FileAction("create", _FILE, b"Hello!\n")], message=message, start=start)
        return replace(begun, outcome=Outcome.MADE, branch=BRANCH)
    if outside.repository.content(_FILE, tip) is None:
        raise Refused("branch-exists", f"`{BRANCH}` is there already with other content; it was left as it is")
    detail = f"`{BRANCH}` is there already; delete it to see it made again"
    return replace(begun, outcome=Outcome.NOTHING, detail=detail, branch="" if dry_run else BRANCH)
