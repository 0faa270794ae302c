"""Dead letters that are kept are sent once more as they were, after a look; what was not sent is kept."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from shared.deadline import Deadline
from shared.domain.delivery import Delivery
from shared.domain.errors import Refused, Transient
from shared.domain.messages import command
from shared.domain.messages.redrive import Redrive
from shared.domain.redrive_report import Redriven
from shared.flows.redrive import redrive
from tests.failing import failing

from ..fake_letters import FakeLetters
from ..fakes import FakeClock, FakePublisher

DEPLOYS = "aic-deploy-dead-letter-kept"
SOURCE = "CloudPubSubDeadLetterSource"
MERGE = {"project": "a/b", "branch": "main"}


class Post:
    """Pub/Sub with what it keeps."""

    def __init__(self, *subscriptions: str) -> None:
        self.letters = FakeLetters({name: [] for name in subscriptions or (DEPLOYS,)})
        self.publisher = FakePublisher()
        self.clock = FakeClock()

    def give_up(
        self, said: object, *, name: str = DEPLOYS, key: str = "", attributes: Mapping[str, str] | None = None
    ) -> None:
        """One more letter."""
        number = str(sum(map(len, self.letters.kept.values())) + 1)
        topic = name.removesuffix("-dead-letter-kept")
        origin = {f"{SOURCE}Subscription": f"{topic}-push", f"{SOURCE}DeliveryCount": "5"}
        published = datetime(2026, 11, 20, 10, tzinfo=UTC)
        data = said if isinstance(said, bytes) else json.dumps(said).encode()
        delivery = Delivery(number, data, {**(attributes or {}), **origin}, 0, published)
        self.letters.put(name, delivery, ordering_key=key)

    def redrive(self, subscription: str = DEPLOYS, *, most: int = 100, dry_run: bool = False) -> Redriven:
        return redrive(
            Redrive(subscription=subscription, most=most, dry_run=dry_run),
            letters=self.letters,
            publisher=self.publisher,
            clock=self.clock,
            deadline=Deadline.within(self.clock, seconds=60),
        )

    def kept(self, name: str = DEPLOYS) -> int:
        return len(self.letters.kept[name])


def test_what_is_kept_is_published_as_it_was_and_taken_away() -> None:
    """To its topic, with its key, and without what Pub/Sub has written onto it."""
    post = Post()
    post.give_up(MERGE, key="a/b:main", attributes={"origin": "webhook", "request_id": "r1"})

    found = post.redrive()

    ((topic, said, key, attributes, _),) = post.publisher.published
    assert (topic, said, key, attributes) == (
        "aic-deploy",
        MERGE,
        "a/b:main",
        {"origin": "webhook", "request_id": "r1"},
    )
    assert (post.kept(), found.told().said) == (0, "redrive: 1 sent once more")


def test_a_look_publishes_nothing_and_leaves_everything_where_it_is() -> None:
    """It says what a redrive would send."""
    post = Post()
    post.give_up({**MERGE, "by": "ann"})

    told = post.redrive(dry_run=True).told()

    assert (post.publisher.published, post.kept(), post.letters.leased) == ([], 1, set())
    assert told.said == "redrive: 1 would be sent once more"
    assert told.fields["letters"] == [
        {
            "message_id": "1",
            "request_id": "1",
            "asked": "2026-11-20T10:00:00Z",
            "what": "deploy",
            "project": "a/b",
            "branch": "main",
            "by": "ann",
        }
    ]
    assert (told.fields["outcome"], told.fields["count"], told.fields["more"], told.bad) == ("planned", 1, False, False)


@pytest.mark.parametrize(
    ("name", "said", "key"),
    [
        (DEPLOYS, MERGE, "a/b:main"),
        (DEPLOYS, {"project": "a/b"}, ""),
        ("aic-snapshot-dead-letter-kept", {"project": "a/b", "workspace": "W"}, "a/b:W"),
        ("aic-snapshot-dead-letter-kept", {}, ""),
        ("aic-command-dead-letter-kept", {"workflow": "sweep", "parameters": {"project": "a/b", "branch": "x"}}, ""),
    ],
)
def test_a_key_that_pubsub_has_not_kept_is_made_again(name: str, said: object, key: str) -> None:
    """Two deploys of one branch come one after the other."""
    post = Post(name)
    post.give_up(said, name=name)

    post.redrive(name)

    assert [each[2] for each in post.publisher.published] == [key]


def test_at_most_so_many_are_sent_as_were_asked_for() -> None:
    """The others wait for the next time."""
    post = Post()
    for _ in range(120):
        post.give_up(MERGE)

    first, second = post.redrive(), post.redrive()

    assert (len(first.letters), first.more, len(second.letters), second.more) == (100, True, 20, False)
    assert (post.kept(), len(post.publisher.published)) == (0, 120)
    assert len(first.told().fields["letters"]) == 50  # type: ignore[arg-type]


def test_where_nothing_is_kept_nothing_is_said_to_be_sent() -> None:
    """And nothing is wrong."""
    told = Post().redrive().told()

    assert (told.said, told.fields["outcome"]) == ("redrive: nothing is kept", "nothing")


@pytest.mark.parametrize("said", [b"{", b"[]"])
def test_what_cannot_be_read_is_sent_all_the_same(said: bytes) -> None:
    """Its function says in words what is wrong with it."""
    post = Post()
    post.give_up(said)
    post.letters.kept[DEPLOYS][0].delivery.attributes.clear()  # type: ignore[attr-defined]
    post.give_up(said)

    found = post.redrive(dry_run=True)

    assert [sorted(each) for each in found.letters] == [["message_id"], ["asked", "message_id", "request_id"]]


def test_what_was_not_published_is_kept_and_free_for_the_next_try() -> None:
    """One that was published and could not be taken away comes again."""
    post = Post()
    for _ in range(3):
        post.give_up(MERGE)
    post.letters.before = failing("take", Transient("pubsub-unavailable"))

    with pytest.raises(Transient):
        post.redrive()

    assert (len(post.publisher.published), post.kept(), post.letters.leased) == (1, 3, set())
    assert len(post.redrive().letters) == 3


def test_what_cannot_even_be_given_back_is_free_again_by_itself() -> None:
    """The first error is the one that is told."""
    post = Post()
    post.give_up(MERGE)
    post.publisher.closed = True
    post.letters.before = failing("give_back", Transient("deadline"))

    with pytest.raises(Transient) as caught:
        post.redrive()

    assert (caught.value.reason, post.kept()) == ("pubsub-unavailable", 1)


def test_only_subscriptions_that_keep_dead_letters_can_be_named() -> None:
    """Others would lose their messages to whoever pulls."""
    asked = {"workflow": "redrive", "parameters": {"subscription": "aic-deploy-push"}}

    with pytest.raises(Refused) as caught:
        command.read(json.dumps(asked).encode())

    assert "'aic-deploy-dead-letter-kept'" in caught.value.detail
