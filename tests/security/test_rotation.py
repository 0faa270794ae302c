"""SEC-11: the hook's secret is renewed while hooks come in, and none of them is lost."""

from shared.adapters.secret_manager import KEPT_SECONDS, SecretManagerSecrets
from shared.domain.errors import Unauthorized
from shared.flows.receive import receive
from tests import hooks
from tests.contract.vault import Vault, payload
from tests.fakes import FakeClock, FakePublisher

NAME = "gitlab-webhook-token"
OLD, NEW = hooks.TOKEN, "another-token-of-the-hook"
EVERY = 30.0
"""Seconds between two hooks."""


def test_sec_11_a_renewed_secret_loses_no_hook_and_takes_five_minutes_and_no_deploy() -> None:
    """Both are good for a while; GitLab changes over in between; after that the old one opens nothing."""
    vault, clock, publisher = Vault([payload(OLD.encode())]), FakeClock(), FakePublisher()
    sample = hooks.sample("merge_commit").without("webhook-")

    with vault.served() as client:
        secrets = SecretManagerSecrets(project="demo", client_factory=client, clock=clock)

        def opens(token: str) -> bool:
            door = hooks.door(tokens=secrets.values(NAME))
            try:
                knock = sample.having(x_gitlab_token=token).knock()
                receive(knock, doors=hooks.doors(door), publisher=publisher, now=float(hooks.SENT_AT))
            except Unauthorized:
                return False
            return True

        def sent(token: str, *, seconds: float) -> list[bool]:
            found = []
            for _ in range(round(seconds / EVERY)):
                found.append(opens(token))
                clock.advance(EVERY)
            return found

        before = sent(OLD, seconds=90)
        vault.answers = [payload(f"{NEW}\n{OLD}".encode())]
        both = sent(OLD, seconds=KEPT_SECONDS)
        changed = sent(NEW, seconds=90)
        vault.answers = [payload(NEW.encode())]
        after = sent(NEW, seconds=KEPT_SECONDS + EVERY)

        assert all([*before, *both, *changed, *after])
        assert (opens(NEW), opens(OLD)) == (True, False)
    assert len(vault.asked) <= 4
