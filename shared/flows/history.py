"""Whether Git ever had a content: the versions of a pipeline's file, newest first until a hit."""

import threading
from collections.abc import Iterator
from itertools import chain

from ..domain import content
from ..domain.content import Content
from ..domain.errors import Permanent, Refused
from ..domain.layout import CONFIG_FOLDER, config_path, titles_of
from ..domain.side_branch import CAPTURES
from .outside import Outside
from .scene import Scene


class History:
    """The history of one scene; what doesn't depend on the pipeline is asked once, and only when it is needed."""

    def __init__(self, scene: Scene, outside: Outside) -> None:
        self._scene = scene
        self._outside = outside
        self._beside: tuple[str, ...] | None = None
        self._brought: tuple[str, ...] | None = None
        self._captured: frozenset[str] | None = None
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
        path, repository, head = config_path(title), self._outside.repository, self._scene.head
        firsts = (False, True) if self._any_config() else ()
        ways = (repository.path_commits(path, head, first_parent=first) for first in firsts)
        return any(True for way in ways for _ in way) or title in self._in_captures()

    def _any_config(self) -> bool:
        """Before the first push no pipeline has to be asked for by itself."""
        with self._lock:
            if self._configs is None:
                repository, head = self._outside.repository, self._scene.head
                ways = (repository.path_commits(CONFIG_FOLDER, head, first_parent=first) for first in (False, True))
                self._configs = any(True for way in ways for _ in way)
            return self._configs

    def _in_captures(self) -> frozenset[str]:
        """New pipelines that people would not have in Git, among others: no listing of the branch shows them."""
        with self._lock:
            if self._captured is None:
                self._captured = frozenset().union(*(self._titles_of(commit) for commit in self._captures()))
            return self._captured

    def _titles_of(self, commit: str) -> frozenset[str]:
        """What the commit touched, at most all that it has: what it didn't touch the branch had by itself."""
        self._outside.deadline.check()
        paths, complete = self._outside.repository.touched(commit)
        return titles_of(paths if complete else tuple(self._outside.repository.tree(commit, CONFIG_FOLDER)))

    def _candidates(self, path: str) -> Iterator[str]:
        """GitLab's two listings each simplify some commits away; what stands in neither comes last."""
        repository, head = self._outside.repository, self._scene.head
        yield from repository.path_commits(path, head, first_parent=False)
        yield from repository.path_commits(path, head, first_parent=True)
        with self._lock:
            if self._beside is None:
                self._beside = tuple(dict.fromkeys([*self._captures(), *self._attempts()]))
        yield from self._beside

    def _captures(self) -> tuple[str, ...]:
        """A capture that was merged as "keep Git's" may stand in neither listing."""
        if self._brought is None:
            repository = self._outside.repository
            merged = repository.merged(self._scene.branch)
            ours = [each.iid for each in merged if each.source_branch.startswith(CAPTURES)]
            self._brought = tuple(commit.sha for iid in ours for commit in repository.merge_request_commits(iid))
        return self._brought

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
