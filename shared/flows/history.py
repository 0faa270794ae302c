"""Whether Git ever had a content: the versions of a pipeline's file, newest first until a hit."""

import threading
from collections.abc import Iterator
from itertools import chain

from ..domain import content
from ..domain.content import Content
from ..domain.errors import Permanent, Refused
from ..domain.layout import CONFIG_FOLDER, config_path
from ..domain.side_branch import CAPTURES
from .outside import Outside
from .scene import Scene


class History:
    """The history of one scene; what doesn't depend on the pipeline is asked once, and only when it is needed."""

    def __init__(self, scene: Scene, outside: Outside) -> None:
        self._scene = scene
        self._outside = outside
        self._beside: tuple[str, ...] | None = None
        self._configs: bool | None = None
        self._lock = threading.Lock()

    def holder(self, title: str, live: Content, *, but: str = "") -> str | None:
        """The commit whose config holds the content, None when no version of this branch ever did.

        Of `but` it is known that it holds something else.
        """
        path, asked = config_path(title), {but}
        for commit in self._candidates(path):
            if commit not in asked:
                asked.add(commit)
                self._outside.deadline.check()
                if self._content_at(path, commit) == live:
                    return commit
        return None

    def ever(self, title: str) -> bool:
        """Whether a commit of the branch ever touched a config of this title."""
        if not self._any_config():
            return False
        path, repository, head = config_path(title), self._outside.repository, self._scene.head
        ways = (repository.path_commits(path, head, first_parent=first) for first in (False, True))
        return any(True for way in ways for _ in way)

    def _any_config(self) -> bool:
        """Before the first push no pipeline has to be asked for by itself."""
        with self._lock:
            if self._configs is None:
                repository, head = self._outside.repository, self._scene.head
                ways = (repository.path_commits(CONFIG_FOLDER, head, first_parent=first) for first in (False, True))
                self._configs = any(True for way in ways for _ in way)
            return self._configs

    def _candidates(self, path: str) -> Iterator[str]:
        """GitLab's two listings each simplify some commits away; what stands in neither comes last."""
        repository, head = self._outside.repository, self._scene.head
        yield from repository.path_commits(path, head, first_parent=False)
        yield from repository.path_commits(path, head, first_parent=True)
        with self._lock:
            if self._beside is None:
                self._beside = tuple(dict.fromkeys([*self._captures(), *self._attempts()]))
        yield from self._beside

    def _captures(self) -> Iterator[str]:
        """A capture that was merged as "keep Git's" may stand in neither listing."""
        repository = self._outside.repository
        for merge_request in repository.merged(self._scene.branch):
            if merge_request.source_branch.startswith(CAPTURES):
                yield from (commit.sha for commit in repository.merge_request_commits(merge_request.iid))

    def _attempts(self) -> Iterator[str]:
        """Commits that were deployed, or tried, if only in part, and have left the branch since, as by a force-push."""
        repository, target = self._outside.repository, self._scene.target
        own = repository.own_id()
        records = chain(repository.deployments(target.environment), repository.deployments(target.limited))
        attempted = dict.fromkeys(record.commit for record in records if record.user == own)
        stayed = set(repository.line(self._scene.head)) if attempted else set[str]()
        return (commit for commit in attempted if commit not in stayed)

    def _content_at(self, path: str, commit: str) -> Content | None:
        try:
            data = self._outside.repository.content(path, commit)
            return None if data is None else content.of_file(data)
        except Refused:
            return None  # a version that can't be read was never deployed
        except Permanent as error:
            if error.reason != "gitlab-not-found":
                raise
            return None  # the commit is gone for good, as after a force-push
