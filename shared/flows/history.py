"""Whether Git ever had a content: the versions of a pipeline's file, newest first until a hit."""

from collections.abc import Iterator

from ..domain import content
from ..domain.content import Content
from ..domain.errors import Permanent, Refused
from ..domain.layout import config_path
from .outside import Outside
from .scene import Scene

CAPTURES = "aic-sync/"


def holder(title: str, live: Content, *, scene: Scene, outside: Outside) -> str | None:
    """The commit whose config holds the content, None when no version of this branch ever did."""
    path, asked = config_path(title), set[str]()
    for commit in _candidates(path, scene, outside):
        if commit not in asked:
            asked.add(commit)
            outside.deadline.check()
            if _content_at(path, commit, outside) == live:
                return commit
    return None


def _candidates(path: str, scene: Scene, outside: Outside) -> Iterator[str]:
    """GitLab's two listings each simplify some commits away; a merged capture may stand in neither.

    Attempted deployments come last: their commits may have left the branch by a force-push.
    """
    repository = outside.repository
    yield from repository.path_commits(path, scene.head, first_parent=False)
    yield from repository.path_commits(path, scene.head, first_parent=True)
    for merge_request in repository.merged(scene.branch):
        if merge_request.source_branch.startswith(CAPTURES):
            yield from (commit.sha for commit in repository.merge_request_commits(merge_request.iid))
    own = repository.own_id()
    for deployment in repository.deployments(scene.target.environment):
        if deployment.user == own:
            yield deployment.commit


def _content_at(path: str, commit: str, outside: Outside) -> Content | None:
    try:
        data = outside.repository.content(path, commit)
        return None if data is None else content.of_file(data)
    except Refused:
        return None  # a version that can't be read was never deployed
    except Permanent as error:
        if error.reason != "gitlab-not-found":
            raise
        return None  # the commit is gone for good, as after a force-push
