"""A project looked at from all sides: GitLab, AIC, drives and Pub/Sub. Nothing is changed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from ..domain import check_gitlab, dead_letter, mark, note
from ..domain.check_report import Checked, Line, State, broken
from ..domain.drives import DriveSettings
from ..domain.errors import ServiceError
from ..domain.gitlab import OnMergeRequest
from ..domain.messages.checking import Check
from . import asking
from .answering import Asker
from .journals import own_note
from .outside import Outside
from .target import read_mapping

_WIDTH = 4
Look = Callable[[], Iterable[Line]]


def check(wanted: Check, asker: Asker, drives: Sequence[DriveSettings], outside: Outside) -> Checked:
    """What can't be looked at is a line like any other."""
    looks = dict(_looks(asker, drives, outside))
    found = outside.together.map(lambda look: tuple(look()), looks.values(), width=_WIDTH)
    lines = [line for what, each in zip(looks, found, strict=True) for line in _lines(what, each)]
    return _noted(Checked(wanted.project, tuple(lines), wanted.merge_request), outside)


def _lines(what: str, found: tuple[Line, ...] | Exception) -> Sequence[Line]:
    if isinstance(found, ServiceError):
        return (broken(what, found),)
    if isinstance(found, Exception):
        raise found
    return found


def _looks(asker: Asker, drives: Sequence[DriveSettings], outside: Outside) -> Iterator[tuple[str, Look]]:
    repository = outside.repository
    yield "GitLab token", lambda: check_gitlab.token(repository.token(), now=outside.clock.now())
    yield "rights in GitLab", lambda: [check_gitlab.access(repository.access())]
    yield "hook", lambda: check_gitlab.hooks(repository.hooks(), tested=bool(asker.gates))
    yield "mapping", partial(_mapping, asker, outside)
    for topic in dead_letter.TOPICS:
        yield f"topic {topic}", partial(_topic, topic, outside)
    for workspace in sorted(asker.allowed):
        yield f"workspace {workspace} in AIC", partial(_workspace, workspace, outside)
        for drive in drives:
            yield f"drive {drive.drive} of {workspace}", partial(_drive, workspace, drive.drive, outside)


def _mapping(asker: Asker, outside: Outside) -> Iterable[Line]:
    exact = read_mapping(outside.repository)[0].exact
    heads = {branch: outside.repository.head(branch) for branch, name in exact.items() if name in asker.allowed}
    return check_gitlab.mapping(exact, allowed=asker.allowed, heads=heads)


def _topic(name: str, outside: Outside) -> Iterable[Line]:
    outside.deadline.check()
    if outside.publisher.may_publish(name, timeout=min(asking.SECONDS, outside.deadline.left())):
        return [Line(f"topic {name}", State.OK, "it is there, and the service may publish to it")]
    remedy = "`make infra-apply` gives the right to the function's account."
    return [Line(f"topic {name}", State.BAD, "the service may not publish to it", remedy)]


def _workspace(name: str, outside: Outside) -> Iterable[Line]:
    count = len(outside.open_workspace(name).jobs())
    what = f"workspace {name} in AIC"
    if count:
        return [Line(what, State.OK, f"{count} pipelines are seen")]
    return [Line(what, State.WARN, "no pipeline is seen", "Is it empty, or may the key not see them?")]


def _drive(workspace: str, name: str, outside: Outside) -> Iterable[Line]:
    outside.open_drive(workspace, name).names(mark.index(workspace))
    return [Line(f"drive {name} of {workspace}", State.OK, "it can be looked into")]


def _noted(found: Checked, outside: Outside) -> Checked:
    if found.merge_request is None:
        return found
    place, first = OnMergeRequest(found.merge_request), note.marker("project", kind="check")
    repository = outside.in_reserve().repository
    try:
        repository.write_note(place, found.render(first_line=first), replaces=own_note(place, first, repository))
    except ServiceError as error:
        return replace(found, untold=error.reason)
    return found
