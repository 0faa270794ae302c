"""SEC-29: a plain token has no protection against a hook that somebody has caught and sends again."""

import json

from shared.domain import signature
from shared.domain.delivery import Delivery
from shared.domain.gitlab import OnMergeRequest
from shared.domain.messages.deploy import read
from shared.flows.receive import Door, Doors, Knock, receive
from tests.fakes import FakePublisher
from tests.faults.oracle import judge
from tests.faults.scenarios import said
from tests.faults.trials import END
from tests.faults.world import World
from tests.security.door import merged
from tests.stage import stage

PROJECT, TOKEN, TIMES = "pin/fusion", "canary-hook-token-6c1f", 1000
DOOR = Door(PROJECT, signature.secrets([TOKEN], []))
DOORS = Doors((DOOR,), lambda spoken_of: DOOR if spoken_of.path == PROJECT else None)


def test_sec_29_a_hook_that_comes_a_thousand_times_deploys_once() -> None:
    """At most one deploy has an effect: as many writes as pipelines, one record, one note, and no other."""
    world, publisher = World(stage(a="one", b="one")), FakePublisher()
    number = world.stage.merge(a="two", b="two")
    body = merged(PROJECT)
    headers = {
        "x-gitlab-token": TOKEN,
        "x-gitlab-event": "Merge Request Hook",
        "content-length": str(len(body)),
    }

    for _ in range(TIMES):
        receive(Knock("POST", "/", headers, lambda _: body), doors=DOORS, publisher=publisher, now=0.0)
    for each, (_, tree, _, attributes, _) in enumerate(publisher.published):
        delivery = Delivery(str(each), json.dumps(tree).encode(), attributes)
        request = read(delivery.data)
        assert (request.project, request.branch, delivery.by_hand) == (PROJECT, "develop", False)
        world.deliver(said(merge_request=int(attributes["merge_request"])))

    assert len(publisher.published) == TIMES
    assert world.stage.writes() == ["update", "update"]
    assert [status for _, status in world.stage.records()] == ["success", "success"]
    assert len(world.stage.gitlab.written[OnMergeRequest(number)]) == 1
    assert sum(len(notes) for notes in world.stage.gitlab.written.values()) == 2
    assert judge(world.ledger, END) == []


def test_sec_29_an_old_message_never_moves_a_workspace_back() -> None:
    """It names a branch and nothing that could be applied: the newest head stays."""
    world = World(stage(a="one"))
    old = said(merge_request=world.stage.merge(source="feature/1", a="two"))
    new = said(merge_request=world.stage.merge(source="feature/2", a="three"))
    world.deliver(new)

    for _ in range(100):
        world.deliver(old)

    assert world.stage.aic.code() == {"a": "three"}
    assert world.stage.writes() == ["update"]
