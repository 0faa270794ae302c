"""The webhook over real sockets, against senders that know no rules."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from emulators.stack import functions, ports
from emulators.stack.child import ChildEnded
from emulators.stack.site import Site
from emulators.stack.stack import Stack, started
from tests.security.door import Door, Said, answer, head, merged, peak_memory

MAX = 3 * 1024 * 1024
MEMORY = 256 * 1024 * 1024
TOKEN = "canary-hook-token-6c1f"
OLD_TOKEN = "canary-old-hook-token-77ab"
SIGNING_TOKEN = "whsec_Y2FuYXJ5LXNpZ25pbmcta2V5LW9mLTMyLWJ5dGVzLTE="
PROJECT, OTHER = Site("team/one", "one"), Site("team/two", "two")
SECRETS = {"SECRET_GITLAB_WEBHOOK_TOKEN": f"{TOKEN}\n{OLD_TOKEN}", "SECRET_GITLAB_SIGNING_TOKEN": SIGNING_TOKEN}
EVENT = {"X_Gitlab_Event": "Merge Request Hook"}
THREADS = 8


@dataclass(frozen=True, slots=True)
class Guarded:
    """A running webhook."""

    stack: Stack
    door: Door

    def messages(self) -> int:
        return len(self.stack.queue.messages("aic-deploy"))

    def process(self) -> int:
        return next(child.process.pid for child in self.stack.children if child.name == "webhook")


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """One webhook for all tests here, with Pub/Sub behind it."""
    with started(logs=tmp_path_factory.mktemp("logs")) as stack:
        stack.start_functions([PROJECT, OTHER], targets=["webhook"], extra=SECRETS)
        yield Guarded(stack, Door(stack.urls["webhook"], TOKEN, SIGNING_TOKEN))


def test_an_authentic_merge_gets_through(guarded: Guarded) -> None:
    """So that the refusals below are not the only thing that this webhook can do."""
    before, body = guarded.messages(), merged(PROJECT.path)

    by_token = guarded.door.post(body, X_Gitlab_Token=TOKEN, **EVENT)
    by_old_token = guarded.door.post(body, X_Gitlab_Token=OLD_TOKEN, **EVENT)
    by_signature = guarded.door.post(body, **guarded.door.signed(body), **EVENT)

    assert [(said.status, said.body) for said in (by_token, by_old_token, by_signature)] == [(204, b"")] * 3
    assert guarded.messages() - before == 3


@pytest.mark.parametrize("sent", [b"", b"x" * (MAX + 1)], ids=["only announced", "sent"])
def test_a_body_beyond_three_mebibytes_is_refused_unread(guarded: Guarded, sent: bytes) -> None:
    """SEC-01: the length alone decides, even for somebody who knows the token."""
    said = guarded.door.send(head(("Content-Length", str(MAX + 1)), ("X-Gitlab-Token", TOKEN)), sent)

    assert (said.status, said.body) == (413, b"")


@pytest.mark.parametrize("length", ["99999999999", "9" * 30])
def test_an_absurd_length_is_refused_unread(guarded: Guarded, length: str) -> None:
    """SEC-01: nobody waits for a terabyte."""
    assert guarded.door.send(head(("Content-Length", length), ("X-Gitlab-Token", TOKEN))).status == 413


def test_a_body_of_exactly_three_mebibytes_is_read(guarded: Guarded) -> None:
    """The limit is where it is said to be."""
    bare = len(merged(PROJECT.path))
    body = merged(PROJECT.path, padding=MAX - bare)
    assert len(body) == MAX

    assert guarded.door.post(body, X_Gitlab_Token=TOKEN, **EVENT).status == 204


@pytest.mark.parametrize("rest", [b"", b"3\r\nabc\r\n", b"3\r\nabc\r\n0\r\n\r\n"], ids=["nothing", "part", "whole"])
def test_a_body_without_a_length_is_refused(guarded: Guarded, rest: bytes) -> None:
    """SEC-01: chunks could go on for ever."""
    said = guarded.door.send(head(("Transfer-Encoding", "chunked"), ("X-Gitlab-Token", TOKEN)), rest)

    assert (said.status, said.body) == (411, b"")


def test_no_length_at_all_is_refused(guarded: Guarded) -> None:
    """SEC-01: neither a length nor chunks."""
    assert guarded.door.send(head(("X-Gitlab-Token", TOKEN))).status == 411


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, identity"])
def test_a_compressed_body_is_refused(guarded: Guarded, encoding: str) -> None:
    """SEC-01: a small body could become a huge one."""
    said = guarded.door.post(b"abc", Content_Encoding=encoding, X_Gitlab_Token=TOKEN)

    assert (said.status, said.body) == (415, b"")


@pytest.mark.parametrize(
    "headers",
    [
        [("Content-Length", "-3")],
        [("Content-Length", "+3")],
        [("Content-Length", "3 3")],
        [("Content-Length", "0x3")],
        [("Content-Length", "3"), ("Content-Length", "4")],
        [("Content-Length", "3"), ("Transfer-Encoding", "chunked")],
    ],
    ids=["negative", "plus", "twice in one", "hexadecimal", "two", "and chunked"],
)
def test_a_wrong_length_is_refused(guarded: Guarded, headers: list[tuple[str, str]]) -> None:
    """SEC-01: what two readers could understand differently is understood by none."""
    before = guarded.messages()

    assert guarded.door.send(head(*headers, ("X-Gitlab-Token", TOKEN)), b"abc").status in (400, 411)
    assert guarded.messages() == before


def test_a_body_that_ends_too_early_is_no_event(guarded: Guarded) -> None:
    """SEC-01: what is missing is not waited for once the sender has closed its side."""
    body, before = merged(PROJECT.path), guarded.messages()
    with guarded.door.open() as connection:
        connection.sendall(head(("Content-Length", str(len(body) + 1)), ("X-Gitlab-Token", TOKEN), *EVENT.items()))
        connection.sendall(body[:-1])
        connection.shutdown(1)
        said = answer(connection)

    assert (said.status, said.body) == (400, b"")
    assert guarded.messages() == before


def test_a_wrong_token_is_turned_away_before_the_body_is_sent(guarded: Guarded) -> None:
    """SEC-01: strangers can't make it hold anything in memory."""
    said = guarded.door.send(head(("Content-Length", str(MAX)), ("X-Gitlab-Token", "wrong")))

    assert (said.status, said.body) == (401, b"")


def test_senders_that_dawdle_do_not_keep_others_waiting(guarded: Guarded) -> None:
    """SEC-01: as many half-sent bodies as there are threads; each is cut off, and others are answered."""
    half = head(("Content-Length", "1000"), ("webhook-signature", "v1,AAAA")) + b"{"
    body = merged(PROJECT.path)
    slow = [guarded.door.open() for _ in range(THREADS)]
    connections = [each.__enter__() for each in slow]
    try:
        for connection in connections:
            connection.sendall(half)

        assert guarded.door.post(body, X_Gitlab_Token=TOKEN, **EVENT).status == 204
        assert {answer(connection).status for connection in connections} == {401}
    finally:
        for each in slow:
            each.__exit__(None, None, None)


def test_headers_that_dawdle_do_not_keep_others_waiting(guarded: Guarded) -> None:
    """SEC-01: as many as leave one thread; beyond that it is the load balancer, which sends on whole headers only."""
    body, slow = merged(PROJECT.path), [guarded.door.open() for _ in range(THREADS - 1)]
    connections = [each.__enter__() for each in slow]
    try:
        for connection in connections:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: we")

        assert guarded.door.post(body, X_Gitlab_Token=TOKEN, **EVENT).status == 204
    finally:
        for each in slow:
            each.__exit__(None, None, None)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_many_large_bodies_at_once_stay_below_256_mebibytes(guarded: Guarded) -> None:
    """SEC-01: sixty bodies of the largest size, signed, so that each has to be read before it is judged."""
    body = b'{"padding": "' + b"x" * (MAX - 15) + b'"}'
    headers, said = guarded.door.signed(body), list[Said]()
    senders = [threading.Thread(target=lambda: said.append(guarded.door.post(body, **headers))) for _ in range(60)]

    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    peak = peak_memory(guarded.process())
    assert {each.status for each in said} == {204}
    assert len(said) == 60
    assert 0 < peak < MEMORY, f"{peak / 1024 / 1024:.0f} MiB"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_other_methods_are_refused(guarded: Guarded, method: str) -> None:
    """Hooks are posted; 405 comes before any look at secrets."""
    said = guarded.door.send(head(("Content-Length", "0"), ("X-Gitlab-Token", TOKEN), method=method))

    assert (said.status, said.body) == (405, b"")


@pytest.mark.parametrize("path", ["/x", "/../", "/hook", "/%2e", "/index.php", "/x/../"])
def test_other_paths_are_refused(guarded: Guarded, path: str) -> None:
    """There is one address, and no second spelling of it."""
    said = guarded.door.send(head(("Content-Length", "2"), ("X-Gitlab-Token", TOKEN), path=path), b"{}")

    assert (said.status, said.body) == (404, b"")


def strangers(door: Door) -> dict[str, dict[str, str]]:
    """Headers of senders who know no secret, or not in time."""
    body, late = merged(PROJECT.path), 10**9
    signed = door.signed(body)
    return {
        "nothing": {},
        "empty token": {"X-Gitlab-Token": ""},
        "wrong token": {"X-Gitlab-Token": "wrong"},
        "beginning of the token": {"X-Gitlab-Token": TOKEN[:-1]},
        "token and more": {"X-Gitlab-Token": TOKEN + "x"},
        "both tokens": {"X-Gitlab-Token": f"{TOKEN} {OLD_TOKEN}"},
        "token that is no ASCII": {"X-Gitlab-Token": "t\xf6ken"},
        "signing token as token": {"X-Gitlab-Token": SIGNING_TOKEN},
        "signature of another body": door.signed(body + b" "),
        "old signature": door.signed(body, at=late),
        "signature under another id": signed | {"webhook-id": "message-2"},
        "signature at another time": signed | {"webhook-timestamp": str(int(signed["webhook-timestamp"]) + 1)},
        "no timestamp": {name: text for name, text in signed.items() if name != "webhook-timestamp"},
        "signature of another version": signed | {"webhook-signature": signed["webhook-signature"].replace("v1", "v2")},
        "signature that is no base64": signed | {"webhook-signature": "v1,\xe4\xf6\xfc="},
        "no signature": signed | {"webhook-signature": ""},
    }


@pytest.mark.parametrize("kind", list(strangers(Door("", TOKEN, SIGNING_TOKEN))))
def test_strangers_learn_nothing(guarded: Guarded, kind: str) -> None:
    """SEC-04, SEC-05: 401, no body, the same headers for all, whatever they ask about; and nothing is published."""
    headers, before = strangers(guarded.door)[kind], guarded.messages()

    said = {
        guarded.door.post(body, **headers, **EVENT)
        for body in (merged(PROJECT.path), merged("no/such-project"), merged(PROJECT.path, branch="no-such"), b"{", b"")
    }

    assert len(said) == 1
    assert [(each.status, each.body) for each in said] == [(401, b"")]
    assert guarded.messages() == before


def test_a_known_secret_does_not_open_a_project_outside_the_settings(guarded: Guarded) -> None:
    """SEC-05: the answer is the one that strangers get."""
    known = guarded.door.post(merged("no/such-project"), X_Gitlab_Token=TOKEN, **EVENT)
    stranger = guarded.door.post(merged(PROJECT.path), X_Gitlab_Token="wrong", **EVENT)

    assert known == stranger


def test_a_wrong_token_is_repeated_nowhere(guarded: Guarded) -> None:
    """SEC-08: it may be an old secret, or the one of another system."""
    canary = "canary-mistyped-token-90d2"

    said = guarded.door.post(merged(PROJECT.path), X_Gitlab_Token=canary, **EVENT)

    assert canary.encode() not in said.body
    assert canary not in str(said.headers)
    assert canary not in guarded.stack.log("webhook")


def test_no_refusal_is_a_bug(guarded: Guarded) -> None:
    """Whatever was sent above, the log never tells of an error that nobody had thought of."""
    guarded.door.post(b"[" * 100_000, X_Gitlab_Token=TOKEN, **EVENT)

    assert [record for record in guarded.stack.records("webhook") if record.get("reason") == "bug"] == []
    assert "Traceback" not in guarded.stack.log("webhook")


@pytest.mark.parametrize("listening", [False, True], ids=["nobody listens", "nobody answers"])
def test_a_hook_is_not_acknowledged_while_pub_sub_is_down(guarded: Guarded, listening: bool, tmp_path: Path) -> None:
    """503 well before GitLab gives up after ten seconds, so that it shows the failure."""
    with ports.reserved(listen=listening) as port:
        environment = guarded.stack.environment([PROJECT]) | SECRETS | {"PUBSUB_EMULATOR_HOST": f"127.0.0.1:{port}"}
        with functions.running("webhook", environment=environment, logs=tmp_path) as url:
            door = Door(url, TOKEN, SIGNING_TOKEN)

            said = door.post(merged(PROJECT.path), X_Gitlab_Token=TOKEN, **EVENT)

    assert (said.status, said.body) == (503, b"")


@pytest.mark.parametrize(
    "secrets",
    [
        {"SECRET_GITLAB_WEBHOOK_TOKEN": "", "SECRET_GITLAB_SIGNING_TOKEN": ""},
        {"SECRET_GITLAB_WEBHOOK_TOKEN": " \n ", "SECRET_GITLAB_SIGNING_TOKEN": "\n"},
    ],
    ids=["none", "blank"],
)
def test_without_a_secret_the_webhook_does_not_start(guarded: Guarded, secrets: dict[str, str], tmp_path: Path) -> None:
    """SEC-03: nobody would be a stranger."""
    environment = guarded.stack.environment([PROJECT]) | secrets

    with (
        pytest.raises(ChildEnded, match="hook-secret-missing"),
        functions.running("webhook", environment=environment, logs=tmp_path),
    ):
        pass


def test_a_signing_token_of_another_form_does_not_start_either(guarded: Guarded, tmp_path: Path) -> None:
    """SEC-03: a key that is no key would fit nothing, or too much; its value is not shown."""
    canary = "whsec_canary-too-short"
    environment = guarded.stack.environment([PROJECT]) | SECRETS | {"SECRET_GITLAB_SIGNING_TOKEN": canary}

    with (
        pytest.raises(ChildEnded, match="signing-secret-invalid") as ended,
        functions.running("webhook", environment=environment, logs=tmp_path),
    ):
        pass

    assert canary not in str(ended.value)
