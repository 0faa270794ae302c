"""A project is made where the settings say and nowhere else, once, and the hook's secrets are shown to GitLab alone."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.gitlab.connection import GitlabConnection
from shared.adapters.gitlab.premises import GitlabPremises, HookSecrets
from shared.deadline import Deadline
from shared.domain.errors import Permanent, ServiceError, Transient
from shared.ports.premises import Premises
from tests.fakes import FakeClock
from tests.hostile_names import NAMES
from tests.scripted import Asked, Scripted, Told, json_answer, scripted

SHA = "a" * 40
TOKEN, KEY = "plain-canary-81c2", "whsec_Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LTE="
CALLS: Mapping[str, Callable[[Premises, str], object]] = {
    "default_branch": lambda premises, _: premises.default_branch(),
    "create": lambda premises, name: premises.create(default=name),
    "create_branch": lambda premises, name: premises.create_branch(name, SHA),
    "protections": lambda premises, _: premises.protections(),
    "protect": lambda premises, name: premises.protect(name, push=40, merge=30),
    "labels": lambda premises, _: premises.labels(),
    "create_label": lambda premises, name: premises.create_label(name, color="#d9534f", description=name),
    "add_hook": lambda premises, _: premises.add_hook("https://hook.example/"),
    "delete_hook": lambda premises, _: premises.delete_hook(1),
}
READS = ("default_branch", "protections", "labels")
RUN = 480.0


def premises(server: Scripted, clock: FakeClock | None = None) -> Premises:
    deadline = Deadline.within(clock or FakeClock(), seconds=RUN)
    connection = GitlabConnection(server.url, "glpat-canary")
    return GitlabPremises(connection, "a/b", deadline=deadline, secrets=lambda: HookSecrets(TOKEN, KEY))


def namespace_then(answer: Callable[[Asked], Told]) -> Callable[[Asked], Told]:
    """The group is found, everything else is answered as told."""
    return lambda asked: json_answer('{"id": 5}') if "/namespaces/" in asked.target else answer(asked)


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(NAMES) | st.text(max_size=20), st.sampled_from(sorted(CALLS)))
def test_sec_14_no_name_leads_out_of_the_project(name: str, call: str) -> None:
    """A new project has the path and the group of the settings, whatever a message says."""
    with scripted(namespace_then(lambda _: json_answer('{"id": 1, "name": "x"}'))) as server:
        with suppress(ServiceError):
            CALLS[call](premises(server), name)
        asked = list(server.asked)

    own = ("/api/v4/projects/a%2Fb", "/api/v4/namespaces/a")
    made = [each for each in asked if each.target == "/api/v4/projects"]
    assert all(each.target.startswith(own) for each in asked if each not in made)
    for each in made:
        body = json.loads(each.body)
        assert (body["path"], body["namespace_id"], body["visibility"]) == ("b", 5, "private")


@pytest.mark.parametrize("status", [500, 503, 429])
@pytest.mark.parametrize("call", CALLS)
def test_sec_30_what_writes_is_sent_once_and_everything_else_at_most_three_times(call: str, status: int) -> None:
    """However long the server wants us to wait, it ends with its run."""
    clock = FakeClock()
    busy = Told(status, b"{}", {"Retry-After": "86400", "Content-Type": "application/json"})
    with scripted(namespace_then(lambda _: busy)) as server:
        with pytest.raises(Transient):
            CALLS[call](premises(server, clock), "x")
        sent = [each.method for each in server.asked if "/namespaces/" not in each.target]

    assert 1 <= len(sent) <= 3 if call in READS else sent in (["POST"], ["DELETE"])
    assert clock.monotonic() <= RUN


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500])
def test_sec_09_no_error_quotes_what_gitlab_says_or_what_the_hook_knows(status: int) -> None:
    """An answer may repeat all that it was sent."""

    def echo(asked: Asked) -> Told:
        return json_answer(json.dumps({"message": asked.body.decode()}), status)

    with scripted(namespace_then(echo)) as server:
        told = [_told(partial(call, premises(server), "x-canary")) for call in CALLS.values()]

    assert all(told)
    assert not any(text in each for text in (TOKEN, KEY, "canary") for each in told)


def test_sec_09_the_hooks_secrets_do_not_show() -> None:
    """Where a value is printed by mistake."""
    assert not any(text in repr(HookSecrets(TOKEN, KEY)) for text in (TOKEN, KEY))


@pytest.mark.parametrize(
    ("message", "kind", "reason"),
    [
        ({"path": ["has already been taken"]}, Transient, "path-taken"),
        ({"namespace": ["is not valid"]}, Permanent, "gitlab-forbidden"),
        ({"name": ["is odd"]}, Permanent, "gitlab-refused"),
    ],
)
def test_why_a_project_is_not_made_is_told(message: object, kind: type[ServiceError], reason: str) -> None:
    """GitLab answers 400 to all of it."""
    refused = json_answer(json.dumps({"message": message}), 400)
    with scripted(namespace_then(lambda _: refused)) as server, pytest.raises(kind) as caught:
        premises(server).create(default="main")

    assert caught.value.reason == reason


@pytest.mark.parametrize(("said", "reason"), [("Branch already exists", "gitlab-outdated"), ("odd", "gitlab-refused")])
def test_why_a_branch_is_not_made_is_told(said: str, reason: str) -> None:
    """One that is there is found by the next look."""
    refused = json_answer(json.dumps({"message": said}), 400)
    with scripted(lambda _: refused) as server, pytest.raises(ServiceError) as caught:
        premises(server).create_branch("b", SHA)

    assert caught.value.reason == reason


def test_a_hook_that_could_only_sign_is_taken_away_where_gitlab_has_no_such_key() -> None:
    """An older GitLab takes the key without a word, and forgets it."""
    old = {"id": 7, "url": "https://hook.example/", "merge_requests_events": True}
    with scripted(lambda asked: Told(204) if asked.method == "DELETE" else json_answer(json.dumps(old))) as server:
        connection = GitlabConnection(server.url, "t")
        deadline = Deadline.within(FakeClock(), seconds=RUN)
        signing = GitlabPremises(connection, "a/b", deadline=deadline, secrets=lambda: HookSecrets("", KEY))
        with pytest.raises(Permanent, match="hook-unsigned"):
            signing.add_hook("https://hook.example/")
        methods = [each.method for each in server.asked]
        both = premises(server).add_hook("https://hook.example/")

    assert (methods, both.signs) == (["POST", "DELETE"], False)
    assert replace(both, signs=True).signs


def test_rights_of_single_people_are_no_levels() -> None:
    """They stand beside them in the same list."""
    levels = [{"access_level": 40}, {"access_level": 40, "user_id": 3}, {"access_level": None, "group_id": 4}]
    row = {"name": "main", "push_access_levels": levels[1:], "merge_access_levels": levels}
    with scripted(lambda _: json_answer(json.dumps([row]))) as server:
        (rule,) = premises(server).protections()

    assert (rule.push, rule.merge) == (frozenset(), frozenset({40}))


def _told(call: Callable[[], object]) -> str:
    try:
        return repr(call())
    except ServiceError as error:
        return f"{error!r} {error}"


def test_no_call_of_the_port_is_forgotten() -> None:
    """Each stands in the table above."""
    assert [name for name in vars(Premises) if not name.startswith("_") and name not in CALLS] == []
