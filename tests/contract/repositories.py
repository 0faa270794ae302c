"""The two repositories that one suite holds to the same promises: the fake, and the adapter upon the stand-in."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest

from emulators.gitlab.objects import FileChange, Signature
from emulators.gitlab.repository import GitRepository
from shared.adapters.gitlab.connection import GitlabConnection
from shared.adapters.gitlab.repository import GitlabRepository
from shared.deadline import Deadline
from shared.domain.gitlab import Hook, Issue
from shared.ports.gitlab import Repository
from tests.contract.gitlab_stand_in import API, PATH, StandIn, served
from tests.fake_history import Files
from tests.fake_proposals import OWN
from tests.fake_repository import FakeRepository
from tests.fakes import FakeClock
from tests.waiting import wait_for

START = datetime(2026, 1, 1, tzinfo=UTC)


class Bench(Protocol):
    """A project whose `main` has one commit; `other` is how another user sees it."""

    @property
    def repository(self) -> Repository: ...

    @property
    def other(self) -> Repository: ...

    @property
    def person(self) -> str:
        """The user name of somebody whom GitLab knows."""

    def commit(self, branch: str, files: Files, *, parents: tuple[str, ...] = ()) -> str:
        """Commits onto the branch (made where there is none); the files are those of the first parent, changed."""

    def merge(self, source: str, target: str, *, squash: bool = False, forward: bool = False) -> int:
        """Merges by a merge request; its number. `forward`: without a merge commit."""

    def land(self, iid: int) -> None:
        """A person merges an open merge request."""

    def close(self, iid: int) -> None:
        """A person closes it."""

    def protect(self, branch: str) -> None:
        """Nobody may push or merge there."""

    def hook(self, url: str) -> int:
        """A new web hook; its id."""

    def issue(self, title: str) -> int:
        """A person writes an issue; its number."""

    def care(self, iid: int) -> tuple[tuple[str, ...], bool]:
        """Whom the merge request is assigned to, and whether it is to be squashed."""

    def finish(self, pipeline: int, state: str) -> None:
        """A runner ends the CI pipeline so."""

    def demote(self) -> None:
        """The service's user is a developer from now on."""

    def expire(self, day: str) -> None:
        """The service's token ends on that day."""


class FakeBench:
    """Upon the fake."""

    def __init__(self) -> None:
        self._fake = FakeRepository()
        self._fake.push("main", {"README.md": "hello"})
        self.repository: Repository = self._fake
        self.other: Repository = self._fake.seen_by(OWN + 1)
        self.person = "ann"

    def commit(self, branch: str, files: Files, *, parents: tuple[str, ...] = ()) -> str:
        return self._fake.push(branch, files, parents=parents)

    def merge(self, source: str, target: str, *, squash: bool = False, forward: bool = False) -> int:
        return self._fake.merge(source, target, squash=squash, forward=forward)

    def land(self, iid: int) -> None:
        self._fake.land(iid)

    def close(self, iid: int) -> None:
        self._fake.close(iid)

    def protect(self, branch: str) -> None:
        self._fake.protected.add(branch)

    def hook(self, url: str) -> int:
        number = len(self._fake.hooked) + 1
        self._fake.hooked.append(Hook(number, url, disabled=False))
        return number

    def issue(self, title: str) -> int:
        number = len(self._fake.issues) + 1
        self._fake.issues[number] = Issue(number, title, "opened", f"https://gitlab.test/-/issues/{number}")
        return number

    def care(self, iid: int) -> tuple[tuple[str, ...], bool]:
        care = self._fake.requests[iid - 1].care
        return care.assignees, bool(care.squash)

    def finish(self, pipeline: int, state: str) -> None:
        self._fake.finish(pipeline, state)

    def demote(self) -> None:
        self._fake.maintains = False

    def expire(self, day: str) -> None:
        self._fake.ends = day


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
        self.person = str(stand_in.http.get("/api/v4/users").json()[0]["username"])

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
        self.land(iid)
        return iid

    def land(self, iid: int) -> None:
        wait_for(lambda: self._stand_in.http.put(f"{API}/merge_requests/{iid}/merge").status_code == 200)

    def close(self, iid: int) -> None:
        self._stand_in.project().mergerequests.update(iid, {"state_event": "close"})

    def protect(self, branch: str) -> None:
        wanted = {"name": branch, "push_access_level": 0, "merge_access_level": 0}
        self._stand_in.project().protectedbranches.create(wanted)

    def hook(self, url: str) -> int:
        return int(self._stand_in.project().hooks.create({"url": url}).id)

    def issue(self, title: str) -> int:
        return int(self._stand_in.project().issues.create({"title": title}).iid)

    def care(self, iid: int) -> tuple[tuple[str, ...], bool]:
        found = self._stand_in.project().mergerequests.get(iid)
        return tuple(each["username"] for each in found.assignees), found.squash

    def finish(self, pipeline: int, state: str) -> None:
        self._stand_in.admin("POST", "finish-pipeline", {"project": PATH, "pipeline": pipeline, "status": state})

    def demote(self) -> None:
        self._stand_in.settings(user_access_level=30)

    def expire(self, day: str) -> None:
        self._stand_in.admin("POST", "token", {"token": "service", "expires_at": day})


@contextmanager
def faked(_folder: Path) -> Iterator[Bench]:
    """The fake."""
    yield FakeBench()


@contextmanager
def stood_in(folder: Path) -> Iterator[Bench]:
    """The adapter against the stand-in, which keeps its repositories in the folder."""
    with served(folder) as stand_in:
        yield StandInBench(stand_in)


KINDS: Mapping[type[Repository], Callable[[Path], AbstractContextManager[Bench]]] = {
    FakeRepository: faked,
    GitlabRepository: stood_in,
}


@pytest.fixture(params=KINDS, ids=["fake", "stand-in"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """One of the two; every module of the suite has it under this name."""
    with KINDS[request.param](tmp_path) as bench:
        assert type(bench.repository) is request.param
        yield bench


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text
