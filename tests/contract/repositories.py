"""The two repositories that one suite holds to the same promises: the fake, and the adapter upon the stand-in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from emulators.gitlab.objects import FileChange, Signature
from emulators.gitlab.repository import GitRepository
from shared.adapters.gitlab.connection import GitlabConnection
from shared.adapters.gitlab.repository import GitlabRepository
from shared.deadline import Deadline
from shared.ports import Repository
from tests.contract.gitlab_stand_in import API, PATH, StandIn, served
from tests.fake_history import Files
from tests.fake_repository import OWN, FakeRepository
from tests.fakes import FakeClock
from tests.waiting import wait_for

START = datetime(2026, 1, 1, tzinfo=UTC)


class Bench(Protocol):
    """A project whose `main` has one commit; `other` is how another user sees it."""

    @property
    def repository(self) -> Repository: ...

    @property
    def other(self) -> Repository: ...

    def commit(self, branch: str, files: Files, *, parents: tuple[str, ...] = ()) -> str:
        """Commits onto the branch (made where there is none); the files are those of the first parent, changed."""

    def merge(self, source: str, target: str, *, squash: bool = False, forward: bool = False) -> int:
        """Merges by a merge request; its number. `forward`: without a merge commit."""


class FakeBench:
    """Upon the fake."""

    def __init__(self) -> None:
        self._fake = FakeRepository()
        self._fake.commit("main", {"README.md": "hello"})
        self.repository: Repository = self._fake
        self.other: Repository = self._fake.seen_by(OWN + 1)

    def commit(self, branch: str, files: Files, *, parents: tuple[str, ...] = ()) -> str:
        return self._fake.commit(branch, files, parents=parents)

    def merge(self, source: str, target: str, *, squash: bool = False, forward: bool = False) -> int:
        return self._fake.merge(source, target, squash=squash, forward=forward)


class StandInBench:
    """Upon the stand-in. Commits are written past it, into its Git, each a minute younger than the one before."""

    def __init__(self, stand_in: StandIn) -> None:
        stand_in.seed()
        self._stand_in = stand_in
        (project,) = stand_in.admin("GET", "dump")["projects"].values()
        self._git = GitRepository(Path(project["git_dir"]))
        self._made = 0
        self.repository: Repository = self._opened("service")
        self.other: Repository = self._opened("somebody")

    def _opened(self, token: str) -> Repository:
        deadline = Deadline.within(FakeClock(), seconds=300)
        return GitlabRepository(GitlabConnection(self._stand_in.url, token), PATH, deadline=deadline)

    def commit(self, branch: str, files: Files, *, parents: tuple[str, ...] = ()) -> str:
        tip = self._git.branch(branch)
        self._made += 1
        who = Signature("Somebody", "somebody@example.com", START + timedelta(minutes=self._made))
        changes = {path: None if text is None else FileChange(_bytes(text)) for path, text in files.items()}
        message = f"commit {self._made}"
        upon = parents or ((tip,) if tip else ())
        sha = self._git.commit(upon, changes, message=message, author=who, committer=who)
        self._git.set_branch(branch, sha)
        return sha

    def merge(self, source: str, target: str, *, squash: bool = False, forward: bool = False) -> int:
        self._stand_in.settings(merge_method="ff" if forward else "merge")
        wanted = {"source_branch": source, "target_branch": target, "title": source, "squash": squash}
        iid = int(self._stand_in.project().mergerequests.create(wanted).iid)
        wait_for(lambda: self._stand_in.http.put(f"{API}/merge_requests/{iid}/merge").status_code == 200)
        return iid


@contextmanager
def faked(_folder: Path) -> Iterator[Bench]:
    """The fake."""
    yield FakeBench()


@contextmanager
def stood_in(folder: Path) -> Iterator[Bench]:
    """The adapter against the stand-in, which keeps its repositories in the folder."""
    with served(folder) as stand_in:
        yield StandInBench(stand_in)


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text
