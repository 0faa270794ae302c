"""A point in the past → the commit that was live then, from the service's own deployment records."""

from collections.abc import Iterator
from datetime import datetime

from ..domain.errors import Refused
from ..domain.gitlab import Deployment
from ..domain.point import At, OfCommit, OfDeployment
from .outside import Outside

_FULL = (40, 64)


def commit_of(point: OfCommit | OfDeployment | At, *, head: str, environment: str, outside: Outside) -> str:
    """The full sha; raises Refused `version-unknown`."""
    if isinstance(point, OfCommit):
        return _on_branch(point.sha, head, outside)
    if isinstance(point, OfDeployment):
        return _numbered(point.number, environment, outside)
    return _at(point.moment, environment, outside)


def successes(environment: str, outside: Outside) -> Iterator[Deployment]:
    """Our own successful deployments of the environment, newest first."""
    own = outside.repository.own_id()
    for each in outside.repository.deployments(environment):
        outside.deadline.check()
        if each.user == own and each.status == "success":
            yield each


def states(environment: str, outside: Outside) -> Iterator[str]:
    """The commits that were live, newest first; several deployments of one in a row are one state."""
    last = ""
    for each in successes(environment, outside):
        if each.commit != last:
            yield each.commit
        last = each.commit


def _on_branch(sha: str, head: str, outside: Outside) -> str:
    """The beginning of a sha is looked for among the commits that the branch has stood at."""
    if len(sha) in _FULL:
        found = sha if outside.repository.is_ancestor(sha, of=head) else None
    else:
        found = next((each for each in outside.repository.line(head) if each.startswith(sha)), None)
    if found is None:
        raise Refused("version-unknown", f"the branch has no commit `{sha}`; a full sha is found wherever it came from")
    return found


def _numbered(number: int, environment: str, outside: Outside) -> str:
    for each in successes(environment, outside):
        if each.number == number:
            return each.commit
    raise Refused("version-unknown", f"`{environment}` has no successful deployment {number} of the service")


def _at(moment: datetime, environment: str, outside: Outside) -> str:
    for each in successes(environment, outside):
        if datetime.fromisoformat(each.created) <= moment:
            return each.commit
    raise Refused("version-unknown", f"nothing had been deployed to `{environment}` by {moment.isoformat()}")
