"""A hook → one message in Pub/Sub, or the reason why not."""

import hmac
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import FrameType
from typing import Any

import pytest

from shared.domain import webhook
from shared.domain.errors import Permanent, Refused, ServiceError, Transient, Unauthorized
from shared.flows.receive import PUBLISH_SECONDS, Door, Doors, Knock, Received, receive
from tests import hooks
from tests.fakes import FakePublisher

NOW = float(hooks.SENT_AT)
BOTH = hooks.door(signing=(hooks.SIGNING,))
SIGNED_ONLY = hooks.door(tokens=(), signing=(hooks.SIGNING,))
REQUEST = "f4d92eb6-a278-5deb-a4a1-ffe0526ec127"


def send(
    hook: hooks.Hook | Knock, *doors: Door, publisher: FakePublisher | None = None, known: Doors | None = None
) -> Received:
    """What becomes of the hook at these doors, else at one that opens to token and signature."""
    return receive(
        hook if isinstance(hook, Knock) else hook.knock(),
        doors=known or hooks.doors(*(doors or (BOTH,))),
        publisher=publisher or FakePublisher(),
        now=NOW,
    )


@dataclass
class Body:
    """A body that knows how often it was read."""

    content: bytes = field(default_factory=lambda: hooks.merge().body)
    reads: int = 0

    def __call__(self, size: int) -> bytes:
        self.reads += 1
        return self.content


def refused(hook: hooks.Hook | Knock, *doors: Door, error: type[ServiceError] = Unauthorized) -> ServiceError:
    """The error, after which nothing must have been published."""
    publisher = FakePublisher()
    with pytest.raises(error) as caught:
        send(hook, *doors, publisher=publisher)
    assert publisher.published == []
    return caught.value


@pytest.mark.parametrize("case", ["merge_commit", "squash_fast_forward", "fast_forward", "fork_merge"])
def test_a_merge_becomes_one_message(case: str) -> None:
    """It says where to look; project and branch order it; the attributes tell where it came from."""
    publisher = FakePublisher()

    received = send(hooks.sample(case), publisher=publisher)

    [(topic, said, key, attributes, seconds)] = publisher.published
    assert (topic, key) == ("aic-deploy", "tideline/harbour-pipelines:develop")
    assert said == {"project": hooks.PATH, "branch": "develop", "by": "mira.sample"}
    assert attributes == {
        "request_id": hooks.sample(case).headers["idempotency-key"],
        "origin": "webhook",
        "project": hooks.PATH,
        "branch": "develop",
        "merge_request": "37",
    }
    assert seconds == PUBLISH_SECONDS < 10
    assert received == Received(attributes["request_id"], hooks.PATH, "develop", message="1")


def test_the_end_of_tests_becomes_one_message() -> None:
    """It names the deployment and nothing of how they ended, in the order of the branch."""
    hook, publisher = hooks.sample("pipeline").without("webhook-"), FakePublisher()
    tree = hook.tree()
    told = {"AIC_WORKSPACE": "Market QA", "AIC_DEPLOYMENT": "12"}
    tree["object_attributes"]["variables"] = [{"key": key, "value": value} for key, value in told.items()]
    tree["object_attributes"]["source"] = "api"

    received = send(hook.having(body=json.dumps(tree).encode()), publisher=publisher)

    [(topic, said, key, attributes, seconds)] = publisher.published
    branch = "feature/tide-table"
    assert (topic, key) == ("aic-command", f"{hooks.PATH}:{branch}")
    named = {"project": hooks.PATH, "branch": branch, "deployment": 12}
    assert said == {"workflow": "after_deploy", "parameters": named, "by": "mira.sample"}
    assert attributes == {
        "request_id": hook.headers["idempotency-key"],
        "origin": "webhook",
        "project": hooks.PATH,
        "branch": branch,
    }
    assert seconds == PUBLISH_SECONDS
    assert received == Received(attributes["request_id"], hooks.PATH, branch, message="1")


@pytest.mark.parametrize("case", ["open", "reopen", "update_new_commits", "update_target"])
def test_an_open_merge_request_becomes_one_message_for_the_planner(case: str) -> None:
    """It says which merge request, by which it is ordered, and nothing of what is in it."""
    publisher = FakePublisher()

    received = send(hooks.sample(case), publisher=publisher)

    [(topic, said, key, attributes, seconds)] = publisher.published
    assert (topic, key) == ("aic-plan", "tideline/harbour-pipelines:!37")
    assert said == {"project": hooks.PATH, "merge_request": 37, "by": "mira.sample"}
    assert attributes == {
        "request_id": hooks.sample(case).headers["idempotency-key"],
        "origin": "webhook",
        "project": hooks.PATH,
        "branch": "develop",
        "merge_request": "37",
    }
    assert seconds == PUBLISH_SECONDS
    assert received == Received(attributes["request_id"], hooks.PATH, "develop", message="1")


@pytest.mark.parametrize(
    ("change", "topics"),
    [
        ({"previous": [], "current": [{"title": "aic::delete"}]}, ["aic-plan"]),
        ({"previous": [{"title": "aic::delete"}, {"title": "x"}], "current": [{"title": "x"}]}, ["aic-plan"]),
        ({"previous": [{"title": "aic::delete"}], "current": [{"title": "x"}, {"title": "aic::delete"}]}, []),
        ({"previous": [], "current": [{"title": "AIC::DELETE"}, "aic::delete", None]}, []),
        ({"previous": [], "current": None}, []),
        ({"current": {"title": "aic::delete"}}, []),
        ("aic::delete", []),
    ],
)
def test_the_label_that_confirms_a_deletion_asks_for_a_plan(change: object, topics: list[str]) -> None:
    """When it is set and when it is taken away; other labels change nothing."""
    publisher, tree = FakePublisher(), hooks.sample("update_labels").tree()
    tree["changes"]["labels"] = change

    send(hooks.carrying(tree), publisher=publisher)

    assert [topic for topic, *_ in publisher.published] == topics


def test_the_close_of_a_rollback_asks_for_a_deploy_of_its_target() -> None:
    """What it held goes forward; the message says which merge request, and that nothing was merged."""
    publisher = FakePublisher()
    tree = hooks.sample("close").tree()
    tree["object_attributes"]["source_branch"] = "aic-rollback/12"

    received = send(hooks.carrying(tree), publisher=publisher)

    [(topic, said, key, attributes, _)] = publisher.published
    assert (topic, key) == ("aic-deploy", "tideline/harbour-pipelines:develop")
    assert said == {"project": hooks.PATH, "branch": "develop", "full": True, "by": "mira.sample"}
    assert attributes == {
        "request_id": received.request_id,
        "origin": "webhook",
        "project": hooks.PATH,
        "branch": "develop",
        "hold_ended": "37",
    }
    assert (received.branch, received.message, received.ignored) == ("develop", "1", "")


@pytest.mark.parametrize(
    ("case", "project", "why"),
    [
        ("close", hooks.PATH, "action-without-effect"),
        ("update_labels", hooks.PATH, "action-without-effect"),
        ("note", hooks.PATH, "not-a-merge-request"),
        ("pipeline", hooks.PATH, "pipeline-of-others"),
        ("push", hooks.PATH, "not-a-merge-request"),
        ("tag_push", hooks.PATH, "not-a-merge-request"),
        ("access_token_expiring", hooks.PATH, "not-a-merge-request"),
        ("project_create", "", "not-a-merge-request"),
    ],
)
def test_anything_else_authentic_is_accepted_and_ignored(case: str, project: str, why: str) -> None:
    """GitLab turns a hook off that is refused too often."""
    publisher = FakePublisher()

    received = send(hooks.sample(case), publisher=publisher)

    assert received == Received(hooks.sample(case).headers["idempotency-key"], project, ignored=why)
    assert publisher.published == []


def test_the_project_is_named_as_in_the_settings() -> None:
    """After a renaming the hook has another path; with a configured id it is still that project."""
    publisher = FakePublisher()
    known = hooks.doors(hooks.door("old/name"), ids={hooks.PROJECT_ID: "old/name"})

    received = send(hooks.merge(), known=known, publisher=publisher)

    [(_, said, key, attributes, _)] = publisher.published
    assert (said["project"], key, attributes["project"]) == ("old/name", "old/name:develop", "old/name")
    assert received.project == "old/name"


def test_long_names_are_cut_where_pub_sub_takes_no_more() -> None:
    """The message itself has the whole branch."""
    publisher = FakePublisher()
    tree = hooks.merge().tree()
    branch = "🌊" * 1000
    tree["object_attributes"]["target_branch"] = branch
    tree["user"]["username"] = "m" * 1000

    received = send(hooks.carrying(tree), publisher=publisher)

    [(_, said, key, attributes, _)] = publisher.published
    assert (said["branch"], said["by"]) == (branch, "m" * 200)
    assert attributes["branch"] == "🌊" * 256
    assert len(key.encode()) <= 1024
    assert received.branch == branch


def test_token_or_signature_alone_is_enough() -> None:
    """Whichever the hook was set up with."""
    by_token, by_signature = hooks.sample("fast_forward").without("webhook-"), hooks.sample("fast_forward")

    assert send(by_token).message == "1"
    assert send(by_token, hooks.door()).message == "1"
    assert send(by_signature.without("x-gitlab-token")).message == "1"
    assert send(by_signature, SIGNED_ONLY).message == "1"
    assert send(by_signature.having(x_gitlab_token="wrong"), SIGNED_ONLY).message == "1"


def test_several_secrets_are_accepted_during_a_rotation() -> None:
    """New ones first or last."""
    new = "whsec_bmV3LXNhbXBsZS1rZXktb2YtMzItYnl0ZXMtMTIzNCE="
    rotating = hooks.door(tokens=("new-token", hooks.TOKEN), signing=(new, hooks.SIGNING))

    for hook in (
        hooks.merge(),
        hooks.merge().having(x_gitlab_token="new-token"),
        hooks.merge().without("x-gitlab-token").signed(),
        hooks.merge().without("x-gitlab-token").signed(key=new),
    ):
        assert send(hook, rotating).message == "1"


@pytest.mark.parametrize(
    "hook",
    [
        hooks.merge().without("x-gitlab-token"),
        hooks.merge().having(x_gitlab_token=""),
        hooks.merge().having(x_gitlab_token="wrong"),
        hooks.merge().having(x_gitlab_token="wrong", webhook_signature="v1,AAAA"),
        hooks.sample("fast_forward").without("x-gitlab-token").having(body=b"{}"),
        hooks.sample("fast_forward").without("x-gitlab-token", "webhook-id"),
        hooks.sample("fast_forward").without("x-gitlab-token", "webhook-timestamp"),
        hooks.merge().without("x-gitlab-token").signed(at=hooks.SENT_AT - 301),
    ],
)
def test_a_stranger_is_turned_away(hook: hooks.Hook) -> None:
    """And nothing is published."""
    assert refused(hook).reason == "hook-unauthorized"


def test_a_known_sender_speaks_for_its_own_project_alone() -> None:
    """Not for one that is nobody's, nor for one with other secrets."""
    elsewhere = hooks.door("team/elsewhere")
    other_secrets = hooks.door(tokens=("other-token",), signing=())

    assert refused(hooks.merge(), elsewhere).reason == "hook-unauthorized"
    assert refused(hooks.merge(), elsewhere, other_secrets).reason == "hook-unauthorized"
    assert send(hooks.merge(), elsewhere, BOTH).message == "1"


@pytest.mark.parametrize(
    ("hook", "doors"),
    [
        (hooks.merge().having(x_gitlab_token="wrong"), (hooks.door(), BOTH)),
        (hooks.merge().without("x-gitlab-token"), (hooks.door(), BOTH)),
        (hooks.sample("merge_commit").having(x_gitlab_token="wrong"), (hooks.door(),)),
        (hooks.sample("merge_commit").without("x-gitlab-token"), (hooks.door(),)),
    ],
)
def test_a_wrong_token_is_turned_away_with_the_body_unread(hook: hooks.Hook, doors: tuple[Door, ...]) -> None:
    """Unless there is a signature, and a key that it could be good for."""
    body = Body()

    refused(replace(hook.knock(), body=body), *doors)

    assert body.reads == 0


@pytest.mark.parametrize("hook", [hooks.merge(), hooks.sample("merge_commit").without("x-gitlab-token")])
def test_the_body_of_a_hook_that_may_be_authentic_is_read_once(hook: hooks.Hook) -> None:
    """It comes from a socket."""
    body = Body(hook.body)

    send(replace(hook.knock(), body=body))

    assert body.reads == 1


@pytest.mark.parametrize(
    ("method", "path", "headers", "reason"),
    [
        ("PUT", "/", {}, "hook-method"),
        ("POST", "/x", {}, "hook-path"),
        ("POST", "/", {"content-encoding": "gzip"}, "hook-encoding"),
        ("POST", "/", {"content-length": "x"}, "hook-length"),
        ("POST", "/", {"content-length": str(webhook.MAX_BODY + 1)}, "hook-too-big"),
    ],
)
def test_an_odd_request_is_refused_before_its_secrets_are_looked_at(
    method: str, path: str, headers: Mapping[str, str], reason: str
) -> None:
    """Whether they are right or not; and the body stays unread."""
    for token in (hooks.TOKEN, "wrong"):
        hook = hooks.merge().having(x_gitlab_token=token)
        knock = hook.knock(method, path)
        body = Body(hook.body)

        error = refused(replace(knock, headers={**knock.headers, **headers}, body=body), error=Refused)

        assert (error.reason, body.reads) == (reason, 0)


@pytest.mark.parametrize("missing", [b"", b" "])
def test_a_body_that_ends_too_early_is_refused(missing: bytes) -> None:
    """Even where what came could be read: the connection was cut, and GitLab sends the hook again."""
    hook = hooks.merge()
    said = {"content-length": str(len(hook.body + missing) + 1)}
    knock = hook.knock()

    error = refused(replace(knock, headers={**knock.headers, **said}), error=Refused)

    assert error.reason == "hook-malformed"
    assert f"ends after {len(hook.body)} bytes" in error.detail


def test_a_malformed_hook_of_a_known_sender_is_refused() -> None:
    """With the word for it; a stranger's would be unauthorized."""
    assert refused(hooks.merge().having(body=b"{"), error=Refused).reason == "hook-malformed"
    stranger = hooks.merge().having(body=b"{", x_gitlab_token="wrong", webhook_signature="x")
    assert refused(stranger).reason == "hook-unauthorized"


@pytest.mark.parametrize("error", [Transient("pubsub-unavailable"), Permanent("pubsub-refused", "aic-deploy")])
def test_the_answer_waits_for_pub_sub(error: ServiceError) -> None:
    """What it raises goes through, so that GitLab is not told that the hook is stored."""

    class Failing:
        def publish(
            self, topic: str, data: bytes, *, ordering_key: str, attributes: Mapping[str, str], timeout: float
        ) -> str:
            raise error

        def may_publish(self, topic: str, *, timeout: float) -> bool:
            raise error

    with pytest.raises(type(error)) as caught:
        receive(hooks.merge().knock(), doors=hooks.doors(BOTH), publisher=Failing(), now=NOW)

    assert caught.value is error


def test_the_id_in_the_answer_is_the_one_that_pub_sub_gave() -> None:
    """So it can't have been made before."""
    publisher = FakePublisher()

    assert [send(hooks.merge(), publisher=publisher).message for _ in range(3)] == ["1", "2", "3"]


def test_the_same_hook_again_is_the_same_request() -> None:
    """It is published again: what it asks for has been done by then, and it can't be known here."""
    publisher = FakePublisher()

    first, second = (send(hooks.merge(), publisher=publisher) for _ in range(2))

    assert first.request_id == second.request_id == REQUEST
    assert publisher.published[0] == publisher.published[1]


@contextmanager
def digests(found: list[int]) -> Iterator[None]:
    """Notes the length of each message that is digested with a key; only looks on, nothing is replaced."""
    begun = 0

    def look(frame: FrameType, event: str, _: Any) -> None:
        nonlocal begun
        if event != "call":
            return
        if frame.f_code is hmac.digest.__code__:
            found.append(len(frame.f_locals["msg"]))
        if frame.f_code is hmac.HMAC.update.__code__:
            begun += len(frame.f_locals["msg"])
        if frame.f_code is hmac.HMAC.digest.__code__:
            found.append(begun)
            begun = 0

    before: Callable[..., Any] | None = sys.getprofile()
    sys.setprofile(look)
    try:
        yield
    finally:
        sys.setprofile(before)


def test_a_body_is_digested_once_for_each_different_key() -> None:
    """A stranger makes us do it: many projects with one key must not multiply the work."""
    key, other = hooks.SIGNING, "whsec_bmV3LXNhbXBsZS1rZXktb2YtMzItYnl0ZXMtMTIzNCE="
    many = [hooks.door(f"team/{number}", tokens=(), signing=(key, other)) for number in range(50)]
    found: list[int] = []

    with digests(found):
        received = send(hooks.sample("merge_commit"), *many, SIGNED_ONLY)

    assert received.message == "1"
    assert len(found) == 2
    assert min(found) > len(hooks.sample("merge_commit").body)


def test_a_stale_signature_costs_no_digest() -> None:
    """Nor does one without id or time."""
    found: list[int] = []
    stale = hooks.sample("merge_commit").without("x-gitlab-token").having(webhook_timestamp="1700000000")

    with digests(found):
        refused(stale, SIGNED_ONLY)

    assert found == []
