"""What every `ports.Premises` promises to the flows: the fake of the tests, and the adapter against the stand-in."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

import pytest

from shared.adapters.gitlab.connection import GitlabConnection
from shared.adapters.gitlab.premises import GitlabPremises, HookSecrets
from shared.adapters.gitlab.repository import GitlabRepository
from shared.deadline import Deadline
from shared.domain.errors import Refused, Transient
from shared.domain.gitlab import FileAction, Protection
from shared.ports.gitlab import Repository
from shared.ports.premises import Premises
from tests.contract.failing import reason_of
from tests.contract.gitlab_stand_in import StandIn, served
from tests.fake_premises import FakePremises
from tests.fakes import FakeClock

PATH = "team/new"
KEY = "whsec_bG9jYWwtc2lnbmluZy1rZXktb2YtMzItYnl0ZXMtISE="
URL = "https://hook.example/"


class Bench(Protocol):
    """A group `team` without any project; `premises` and `repository` are those of one that may be made there."""

    @property
    def premises(self) -> Premises: ...

    @property
    def repository(self) -> Repository: ...

    def without_group(self) -> Premises:
        """The same for a path whose group there isn't."""

    def secrets(self, token: str, signing: str) -> None:
        """What the service knows of the hook from now on."""

    def demote(self) -> None:
        """The service's user is a developer from now on."""


class FakeBench:
    """Upon the fake."""

    def __init__(self) -> None:
        self._fake = FakePremises(there=False)
        self.premises: Premises = self._fake
        self.repository: Repository = self._fake.repository

    def without_group(self) -> Premises:
        return FakePremises(there=False, grouped=False)

    def secrets(self, token: str, signing: str) -> None:
        self._fake.secrets = (token, signing)

    def demote(self) -> None:
        self._fake.repository.maintains = False


class StandInBench:
    """Upon the stand-in."""

    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in
        stand_in.client.groups.create({"name": "team", "path": "team"})
        self._known = HookSecrets("token", KEY)
        self.premises: Premises = self._opened(PATH)
        deadline = Deadline.within(FakeClock(), seconds=300)
        self.repository: Repository = GitlabRepository(
            GitlabConnection(stand_in.url, "service"), PATH, deadline=deadline
        )

    def _opened(self, path: str) -> Premises:
        deadline = Deadline.within(FakeClock(), seconds=300)
        connection = GitlabConnection(self._stand_in.url, "service")
        return GitlabPremises(connection, path, deadline=deadline, secrets=lambda: self._known)

    def without_group(self) -> Premises:
        return self._opened("nobody/new")

    def secrets(self, token: str, signing: str) -> None:
        self._known = HookSecrets(token, signing)

    def demote(self) -> None:
        self._stand_in.settings(user_access_level=30)
        project = self._stand_in.client.projects.get(PATH)
        for member in project.members.list(iterator=True):
            member.delete()


@contextmanager
def faked(_folder: Path) -> Iterator[Bench]:
    yield FakeBench()


@contextmanager
def stood_in(folder: Path) -> Iterator[Bench]:
    with served(folder) as stand_in:
        yield StandInBench(stand_in)


KINDS: Mapping[type[Premises], Callable[[Path], AbstractContextManager[Bench]]] = {
    FakePremises: faked,
    GitlabPremises: stood_in,
}


@pytest.fixture(params=KINDS, ids=["fake", "stand-in"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with KINDS[request.param](tmp_path) as bench:
        assert type(bench.premises) is request.param
        yield bench


def made(bench: Bench) -> str:
    """The project, with one commit; its sha."""
    bench.premises.create(default="main")
    return bench.repository.commit("main", [FileAction("create", "README.md", b"x")], message="First")


def test_a_project_is_made_once_and_its_first_commit_makes_its_default_branch(bench: Bench) -> None:
    """Nothing is in it before."""
    before = bench.premises.default_branch()
    bench.premises.create(default="main")
    empty = bench.repository.head("main")
    sha = bench.repository.commit("main", [FileAction("create", "README.md", b"x")], message="First")

    assert (before, empty) == (None, None)
    assert (bench.premises.default_branch(), bench.repository.head("main")) == ("main", sha)
    assert reason_of(lambda: bench.premises.create(default="main"), Transient) == "path-taken"


def test_the_first_branch_may_have_any_name(bench: Bench) -> None:
    """It is the default one then."""
    bench.premises.create(default="staging")
    bench.repository.commit("staging", [FileAction("create", "README.md", b"x")], message="First")

    assert bench.premises.default_branch() == "staging"


def test_no_group_is_made(bench: Bench) -> None:
    """Who owns one is for people to say."""
    premises = bench.without_group()

    assert premises.default_branch() is None
    assert reason_of(lambda: premises.create(default="main"), Refused) == "group-unknown"


def test_a_branch_begins_at_a_commit_once(bench: Bench) -> None:
    """A second one of the name is found by looking again."""
    sha = made(bench)
    bench.premises.create_branch("dev", sha)

    assert bench.repository.head("dev") == sha
    assert reason_of(lambda: bench.premises.create_branch("dev", sha), Transient) == "gitlab-outdated"
    assert reason_of(lambda: bench.premises.create_branch("other", "0" * 40)) == "gitlab-refused"


def test_a_branch_is_protected_by_levels_once(bench: Bench) -> None:
    """As it was said."""
    made(bench)
    bench.premises.protect("dev", push=40, merge=30)

    rule = next(each for each in bench.premises.protections() if each.name == "dev")
    assert rule == Protection("dev", frozenset({40}), frozenset({30}))
    assert reason_of(lambda: bench.premises.protect("dev", push=40, merge=30), Transient) == "gitlab-busy"


def test_a_label_is_made_once(bench: Bench) -> None:
    """And found by its name."""
    made(bench)
    before = tuple(bench.premises.labels())
    bench.premises.create_label("aic::delete", color="#d9534f", description="x")

    assert (before, tuple(bench.premises.labels())) == ((), ("aic::delete",))
    again = lambda: bench.premises.create_label("aic::delete", color="#d9534f", description="x")  # noqa: E731
    assert reason_of(again, Transient) == "gitlab-busy"


def test_a_hook_tells_of_merge_requests_alone_and_is_signed(bench: Bench) -> None:
    """GitLab checks whom it calls; there may be several until somebody deletes one."""
    made(bench)
    first, second = bench.premises.add_hook(URL), bench.premises.add_hook(URL)

    assert (first.url, first.events, first.verifies, first.signs) == (URL, ("merge_requests_events",), True, True)
    assert set(bench.repository.hooks()) == {first, second}
    bench.premises.delete_hook(second.id)
    bench.premises.delete_hook(second.id)
    assert bench.repository.hooks() == (first,)


def test_a_hook_tells_of_pipelines_where_that_is_asked_for(bench: Bench) -> None:
    """Beside merge requests."""
    made(bench)

    assert bench.premises.add_hook(URL, pipelines=True).events == ("merge_requests_events", "pipeline_events")


def test_a_hook_has_the_secrets_that_have_a_value(bench: Bench) -> None:
    """One of the two is enough; without any nothing could be let in."""
    made(bench)
    bench.secrets("token", "")
    assert not bench.premises.add_hook(URL).signs
    bench.secrets("", KEY)
    assert bench.premises.add_hook(URL).signs
    bench.secrets("", "")
    assert reason_of(lambda: bench.premises.add_hook(URL)) == "hook-secret-missing"


def test_only_maintainers_furnish_a_project(bench: Bench) -> None:
    """A developer hears that it may not."""
    made(bench)
    bench.demote()

    assert reason_of(lambda: bench.premises.protect("dev", push=40, merge=30)) == "gitlab-forbidden"
    assert reason_of(lambda: bench.premises.add_hook(URL)) == "gitlab-forbidden"
