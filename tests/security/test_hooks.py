"""Senders of hooks who want more than they may, within the process."""

import ast
import itertools
import json
import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from functions import start
from shared import logs
from shared.domain import hook_shapes, schema, webhook
from shared.domain.errors import Refused, Unauthorized
from shared.domain.messages.deploy import DeployRequest
from shared.domain.signature import Secrets
from shared.flows.receive import Door, Doors, Knock, Received, receive
from shared.runtime import answer_hook
from shared.settings import Settings
from tests import hooks
from tests.fakes import FakeClock, FakePublisher

ROOT = Path(__file__).parents[2]
NOW = float(hooks.SENT_AT)
OTHER_KEY = "whsec_b3RoZXItc2FtcGxlLWtleS1vZi0zMi1ieXRlcy0tLSE="
BOTH = hooks.door(signing=(hooks.SIGNING,))
FOREIGN = hooks.door("team/foreign", tokens=("foreign-token",), signing=(OTHER_KEY,))


@dataclass
class House:
    """Doors that know what was asked of them, and a publisher behind."""

    doors: tuple[Door, ...] = (BOTH, FOREIGN)
    publisher: FakePublisher = field(default_factory=FakePublisher)
    looked_up: list[hook_shapes.Project] = field(default_factory=list)
    reads: int = 0

    def _find(self, project: hook_shapes.Project) -> Door | None:
        self.looked_up.append(project)
        return hooks.doors(*self.doors).find(project)

    def receive(self, knock: Knock, *, now: float = NOW) -> Received:
        def body(size: int) -> bytes:
            self.reads += 1
            return knock.body(size)

        doors = Doors(self.doors, self._find)
        return receive(replace(knock, body=body), doors=doors, publisher=self.publisher, now=now)

    def status(self, hook: hooks.Hook | Knock, *, now: float = NOW) -> int:
        """The answer that GitLab would get."""
        knock = hook if isinstance(hook, Knock) else hook.knock()
        return answer_hook(knock, lambda each: self.receive(each, now=now), clock=FakeClock())

    def refusal(self, hook: hooks.Hook, *, now: float = NOW) -> Refused:
        with pytest.raises(Refused) as caught:
            self.receive(hook.knock(), now=now)
        return caught.value


def about(tree: Mapping[str, Any], **parts: Any) -> hooks.Hook:
    """A merge hook whose parts are replaced, in `project`, `object_attributes` or at the top; `__` goes deeper."""
    changed = json.loads(json.dumps(tree))
    for name, value in parts.items():
        *way, last = name.split("__")
        place = changed
        for step in way:
            place = place[step]
        place[last] = value
    return hooks.carrying(changed)


MERGE = hooks.merge().tree()
STRANGERS = {
    "no token": hooks.merge().without("x-gitlab-token"),
    "empty token": hooks.merge().having(x_gitlab_token=""),
    "wrong token": hooks.merge().having(x_gitlab_token="wrong"),
    "beginning of the token": hooks.merge().having(x_gitlab_token=hooks.TOKEN[:-1]),
    "key as token": hooks.merge().having(x_gitlab_token=hooks.SIGNING),
    "signature with an unknown key": hooks.merge().without("x-gitlab-token").signed(key="whsec_" + "A" * 43 + "="),
    "signature of another body": hooks.sample("open").without("x-gitlab-token").having(body=hooks.merge().body),
    "stale signature": hooks.merge().without("x-gitlab-token").signed(at=hooks.SENT_AT - 3600),
    "signature without an id": hooks.sample("merge_commit").without("x-gitlab-token", "webhook-id"),
    "odd signature": hooks.merge().without("x-gitlab-token").having(webhook_signature="v1,ü"),
}


@pytest.mark.parametrize("signature", [{}, {"webhook-signature": "v1,AAAA"}], ids=["", "and a signature"])
def test_sec_01_without_a_key_a_wrong_token_is_turned_away_unread(signature: dict[str, str]) -> None:
    """With the plain token alone there is nothing in a stranger's body that could change the answer."""
    house = House(doors=(hooks.door(), hooks.door("team/two", tokens=("token-of-two",))))
    knock = hooks.merge().having(x_gitlab_token="wrong").knock()

    assert house.status(replace(knock, headers={**knock.headers, **signature})) == 401
    assert house.reads == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-length": str(webhook.MAX_BODY + 1)}, 413),
        ({"content-length": ""}, 411),
        ({"transfer-encoding": "chunked"}, 411),
        ({"content-encoding": "gzip"}, 415),
    ],
)
def test_sec_01_what_is_too_big_or_of_unknown_length_is_refused_unread(headers: dict[str, str], status: int) -> None:
    """Even for somebody who knows the token."""
    house, knock = House(), hooks.merge().knock()

    assert house.status(replace(knock, headers={**knock.headers, **headers})) == status
    assert house.reads == 0


def test_sec_01_of_a_body_only_what_it_said_is_read() -> None:
    """Authentic or not, whatever else is on its way."""
    knock, asked = hooks.merge().knock(), list[int]()
    size = len(hooks.merge().body)

    def endless(wanted: int) -> bytes:
        asked.append(wanted)
        return (hooks.merge().body + b"x" * size)[:wanted]

    assert House().status(replace(knock, body=endless)) == 204
    assert House().status(replace(knock, body=lambda _: hooks.merge().body + b" ")) == 400
    assert asked == [size]


ODD = [None, True, 5, 0.5, 10**400, "text", [], {}, json.loads("[" * 200 + "]" * 200), float("nan"), "\ud800"]


def places(tree: Any, path: str = "") -> Iterator[str]:
    for name, value in tree.items():
        yield f"{path}{name}"
        if isinstance(value, dict):
            yield from places(value, f"{path}{name}__")


def test_sec_02_an_authentic_hook_of_any_shape_is_answered_with_204_or_400() -> None:
    """Never by a 5xx, which would be a bug; 401 only where it speaks of another project."""
    house, found = House(), dict[str, set[int]]()
    for tree in (MERGE, hooks.sample("update_target").tree()):
        for place in places(tree):
            found.setdefault(place, set()).update(house.status(about(tree, **{place: value})) for value in ODD)

    assert len(found) > 60
    assert set().union(*found.values()) == {204, 400, 401}
    assert [place for place, statuses in found.items() if 401 in statuses] == ["project__path_with_namespace"]


def modules() -> list[Path]:
    return sorted(path for folder in ("shared", "functions") for path in (ROOT / folder).rglob("*.py"))


def patterns(path: Path) -> Iterator[ast.expr]:
    """What is handed to `re` as a pattern."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
            yield node.args[0]


def stands_as_it_is(part: ast.expr) -> bool:
    """A literal, or one into which nothing but constants of the module are put."""
    if not isinstance(part, ast.JoinedStr):
        return isinstance(part, ast.Constant)
    put_in = [each.value for each in part.values if isinstance(each, ast.FormattedValue)]
    return all(isinstance(each, ast.Name) and each.id.isupper() for each in put_in)


def test_sec_03_no_text_from_outside_is_ever_a_pattern() -> None:
    """Each pattern stands in the code as it is, or is put together of constants alone."""
    found = [(path, pattern) for path in modules() for pattern in patterns(path)]
    others = [(path.name, ast.unparse(part)) for path, part in found if not stands_as_it_is(part)]

    assert others == [("token_shapes.py", "pattern")]  # the shapes that are written in that module
    assert len([path for path, _ in found if path.name in ("webhook.py", "hook_shapes.py")]) >= 2


def test_sec_03_where_there_is_no_secret_nobody_gets_in() -> None:
    """Neither with nothing nor with anything; and the function does not start."""
    house = House(doors=(hooks.door(tokens=(), signing=()),))
    environ = {
        "GOOGLE_CLOUD_PROJECT": "sample-project",
        "GITLAB_URL": "https://git.example.com",
        "PROJECTS": "[{gitlab_project: team/one, aic_project: one, workspaces: {A: {}}}]",
        "SECRETS": "environment",
    }

    assert {house.status(hook) for hook in (hooks.sample("merge_commit"), *STRANGERS.values())} == {401}
    with pytest.raises(SystemExit, match="hook-secret-missing"):
        start.check("webhook", environ)
    start.check("webhook", environ | {"SECRET_GITLAB_WEBHOOK_TOKEN": "t"})


def test_sec_03_no_commit_of_a_hook_is_handed_on() -> None:
    """A message that names an old commit could set a workspace back; ours can't name any."""
    shas = set(re.findall(r"[0-9a-f]{40}", hooks.merge().body.decode()))
    house = House()
    house.receive(hooks.merge().knock())

    [(_, said, key, attributes, _)] = house.publisher.published
    assert len(shas) >= 2
    assert [sha for sha in shas if sha in json.dumps([said, key, dict(attributes)])] == []
    assert {"commit", "sha", "head", "base", "ref"}.isdisjoint(schema.keys(DeployRequest))


@pytest.mark.parametrize("hook", STRANGERS.values(), ids=STRANGERS)
def test_sec_04_for_a_stranger_nothing_is_done(hook: hooks.Hook) -> None:
    """No message, not even a look at which project it is."""
    house = House()

    assert house.status(hook) == 401
    assert (house.publisher.published, house.looked_up) == ([], [])


def test_sec_05_whoever_may_not_learns_nothing_from_the_answer() -> None:
    """Wrong secret, unknown project and another project's secret: one status, one reason, one sentence."""
    bodies: tuple[dict[str, Any], ...] = (
        MERGE,
        MERGE | {"project": {"id": 1, "path_with_namespace": "no/such"}},
        MERGE | {"object_attributes": MERGE["object_attributes"] | {"target_branch": "no-such", "iid": 999}},
        {},
    )
    asked = [hook.having(body=json.dumps(body).encode()) for hook in STRANGERS.values() for body in bodies]
    asked += [
        about(MERGE, project__path_with_namespace="no/such"),
        about(MERGE, project__path_with_namespace=FOREIGN.project),
        hooks.merge().having(x_gitlab_token="foreign-token"),
        hooks.merge().without("x-gitlab-token").signed(key=OTHER_KEY),
    ]
    errors = [House().refusal(hook) for hook in asked]

    assert {(type(error), error.reason, error.detail) for error in errors} == {
        (Unauthorized, "hook-unauthorized", "no accepted secret opens the project that the hook speaks of")
    }
    assert {House().status(hook) for hook in asked} == {401}


NAMES_OF_SECRETS = re.compile(r"token|secret|signature|signing|whsec|api_?key|password", re.IGNORECASE)
IN_SIGNATURE = re.compile(rf"{NAMES_OF_SECRETS.pattern}|\b(keys?|given|wanted|found|accepted|message|text)\b")
NO_SECRETS = {
    "len(key) != 32",  # said at the start, of the configuration
    "len(message) > _USUAL",  # how a body is digested
    "settings.secrets == 'environment'",  # where secrets are kept
    "settings.secrets != 'environment'",
    "'webhook-signature' in knock.headers",  # whether there is one
    # what was typed into a pipeline is measured, and compared with nothing
    "_BASE64.calculate_shannon_entropy(token) > _BASE64.entropy_limit",
    "_HEX.calculate_shannon_entropy(token) > _HEX.entropy_limit",
    "len(value) < (MIN_PASSWORD if password else MIN_TOKEN)",
    "len(token) < MIN_HEX",
    "len(parts) <= len(token) / 6",
    "'secret' in pattern.groupindex",
}


def compared(path: Path) -> Iterator[str]:
    """What compares by value: operators, and the methods and functions that do so under another name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Compare(ops=ops) if not all(isinstance(each, ast.Is | ast.IsNot) for each in ops):
                yield ast.unparse(node)
            case ast.Call(func=ast.Attribute(attr="compare_digest" | "__eq__" | "__ne__" | "__contains__" | "eq")):
                yield ast.unparse(node)


def test_sec_06_secrets_are_compared_in_constant_time_alone() -> None:
    """By one function in one module: any other comparison of one is found here."""
    found = [(path.relative_to(ROOT).as_posix(), text) for path in modules() for text in compared(path)]
    safe = [(path, text) for path, text in found if text.startswith("hmac.compare_digest(")]

    assert safe == [
        ("shared/domain/signature.py", "hmac.compare_digest(given, hashlib.sha256(secret).digest())"),
        ("shared/domain/signature.py", "hmac.compare_digest(signature, wanted)"),
    ]
    names = {path: IN_SIGNATURE if path.endswith("/signature.py") else NAMES_OF_SECRETS for path, _ in found}
    assert [
        each for each in found if names[each[0]].search(each[1]) and each not in safe and each[1] not in NO_SECRETS
    ] == []


def test_sec_08_a_wrong_secret_is_repeated_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    """It may be an old one, or that of another system."""
    canary = "canary-mistyped-90d2"
    logs.configure("DEBUG")
    for hook in (
        hooks.merge().having(x_gitlab_token=canary),
        hooks.merge().having(x_gitlab_token=canary, webhook_signature=f"v1,{canary}"),
        hooks.merge().without("x-gitlab-token").having(webhook_signature=canary, webhook_timestamp=canary),
        about(MERGE, user=canary),
        hooks.merge().having(body=canary.encode()),
    ):
        error = House().refusal(hook)
        House().status(hook)

        assert canary not in "".join(traceback.format_exception(error)) + repr(error)
    out, err = capsys.readouterr()
    assert "refused" in out
    assert canary not in out + err


ONE, TWO = "team/one", "team/two"
TWO_ID = 22
TOKENS = {ONE: "token-of-one", TWO: "token-of-two"}
KEYS = {ONE: hooks.SIGNING, TWO: OTHER_KEY}
SETTINGS = Settings.read(
    {
        "GOOGLE_CLOUD_PROJECT": "sample-project",
        "GITLAB_URL": "https://git.example.com",
        "SECRETS": "environment",
        "PROJECTS": json.dumps(
            [
                {"gitlab_project": ONE, "aic_project": "one", "workspaces": {"A": {}}},
                {"gitlab_project": TWO, "gitlab_project_id": TWO_ID, "aic_project": "two", "workspaces": {"B": {}}},
            ]
        ),
    }
)
MATRIX = list(
    itertools.product(
        (ONE, TWO),  # whose secret the sender knows
        ("token", "signature"),
        (11, TWO_ID, 99),  # the id that the hook speaks of
        (ONE, TWO, "team/renamed", "Team/One", "team", ""),  # the path that it speaks of
        (True, False),  # whether the target is the project of the hook
        (None, 99),  # the fork that it came from
    )
)


def owner(project_id: int, path: str) -> str | None:
    """Who the hook is about: a configured id decides alone, else the exact path."""
    if project_id == TWO_ID:
        return TWO
    return ONE if path == ONE else None


def test_sec_21_nobody_acts_on_another_project() -> None:
    """Each sender, id, path, fork and target: what is published is only ever about the sender's own project."""
    doors = {path: hooks.door(path, tokens=(TOKENS[path],), signing=(KEYS[path],)) for path in (ONE, TWO)}

    def find(spoken_of: hook_shapes.Project) -> Door | None:
        project = SETTINGS.project_of_hook(id=spoken_of.id, path=spoken_of.path)
        return None if project is None else doors.get(project.gitlab_project)

    through = set()
    for sender, way, project_id, path, own_target, fork in MATRIX:
        publisher = FakePublisher()
        attributes = MERGE["object_attributes"] | {
            "target_project_id": project_id if own_target else 33,
            "source_project_id": fork or project_id,
            "target": {"path_with_namespace": TWO},
            "source": {"path_with_namespace": ONE},
        }
        spoken_of = {"id": project_id, "path_with_namespace": path}
        hook = hooks.carrying(MERGE | {"project": spoken_of, "object_attributes": attributes})
        hook = hook.having(x_gitlab_token=TOKENS[sender]) if way == "token" else hook.without("x-gitlab-token")
        hook = hook.signed(key=KEYS[sender]) if way == "signature" else hook
        try:
            receive(hook.knock(), doors=Doors(tuple(doors.values()), find), publisher=publisher, now=NOW)
        except Refused:
            assert publisher.published == []
        wanted = [sender] if own_target and path and owner(project_id, path) == sender else []
        assert [said["project"] for _, said, *_ in publisher.published] == wanted
        assert [key for _, _, key, *_ in publisher.published] == [f"{sender}:develop" for sender in wanted]
        through |= {(sender, project_id, path) for _ in wanted}

    # Two's id holds after a renaming, and whoever takes over the old path is a stranger.
    assert (TWO, TWO_ID, "team/renamed") in through
    assert (TWO, 99, TWO) not in through
    assert len(through) == 2 + 5


@pytest.mark.parametrize(
    "door",
    [
        Door(hooks.PATH, Secrets()),
        Door(hooks.PATH, Secrets(tokens=(b"",))),
        hooks.door(tokens=("", "  ")),
        hooks.door(tokens=("some-token",), signing=("", " ")),
    ],
    ids=["none", "an empty one", "blank ones", "another one and blank keys"],
)
@pytest.mark.parametrize(
    "hook",
    [
        hooks.merge().without("x-gitlab-token"),
        hooks.merge().having(x_gitlab_token=""),
        hooks.merge().having(x_gitlab_token="  "),
        hooks.merge().having(x_gitlab_token="", webhook_id="", webhook_timestamp="", webhook_signature=""),
        hooks.merge().without("x-gitlab-token").signed(key="whsec_"),
    ],
    ids=["no token", "empty token", "blank token", "empty headers", "signed with nothing"],
)
def test_sec_25_nothing_is_no_secret(door: Door, hook: hooks.Hook) -> None:
    """Two empty texts are equal; that opens nothing."""
    house = House(doors=(door,))

    assert house.status(hook) == 401
    assert house.publisher.published == []


SIGNATURES = [
    "", " ", ",", "v1", "v1,", "v1,a,b", "v1,=", "v1,AAAA", "v1,AAAA  v1,AAAA", "v1,\ud800", "v1,ä", "v1," + "A" * 9000,
    "v2,AAAA", "v1," * 50, "whsec_AAAA", "\x00", "v1,AAAA\nv1,AAAA", "🌊", "v1," + "A" * 43 + "=",
]  # fmt: skip
STAMPS = [
    "",
    "0",
    "1800000000",
    "1_80000000",
    "1800000000.5",
    "-180000000",
    "١٨٠٠٠٠٠٠٠٠",
    "9" * 5000,
    "nan",
    "\ud800",
    "²",
]
IDS = ["", "sample-id", "a.b", "x" * 300, "\n", "ü", "\ud800", "\x00"]
GIVEN_TOKENS = [None, "", "wrong", "ü", "\ud800", "x" * 9000, "\x00\r\n"]
REST: list[dict[str, str]] = [{}, {"x-gitlab-event": "\ud800", "idempotency-key": "\n"}]


def test_sec_27_no_headers_break_the_check() -> None:
    """More than twenty thousand combinations: each is unauthorized, and none is a bug."""
    door = (BOTH,)
    publisher, body = FakePublisher(), hooks.merge().body
    known = hooks.doors(*door)
    odd = []
    combinations = list(itertools.product(SIGNATURES, STAMPS, IDS, GIVEN_TOKENS, REST))
    for signature, stamp, sent_id, token, rest in combinations:
        headers = {"webhook-signature": signature, "webhook-timestamp": stamp, "webhook-id": sent_id, **rest}
        headers |= {"content-length": str(len(body))} | ({} if token is None else {"x-gitlab-token": token})
        try:
            receive(Knock("POST", "/", headers, lambda _: body), doors=known, publisher=publisher, now=NOW)
        except Unauthorized:
            continue
        odd.append(headers)

    assert len(combinations) > 20_000
    assert (odd, publisher.published) == ([], [])


@pytest.mark.parametrize(("off", "status"), [(-301, 401), (-299, 204), (0, 204), (299, 204), (301, 401)])
def test_sec_28_a_signature_is_good_for_five_minutes_before_and_after(off: int, status: int) -> None:
    """One from the future would be good for long; the plain token is not touched by it."""
    hook = hooks.merge().without("x-gitlab-token").signed(at=hooks.SENT_AT + off)
    house = House()

    assert house.status(hook) == status
    assert len(house.publisher.published) == (status == 204)
