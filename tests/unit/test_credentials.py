"""What keeps a pipeline out of Git, and what doesn't."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulators.seeding import workspace
from shared.domain import credentials
from shared.domain.allowed_secrets import AllowedSecrets
from shared.domain.credentials import Finding, find, find_in_text, hide_in_text

from .credentials_typed import HARMLESS_LINES, HARMLESS_VALUES, PASSWORDS, RANDOM, SECRETS, SHAPES, typed

HARMLESS = Path(__file__).parents[1] / "samples" / "pipelines"
NOTHING = AllowedSecrets()
TOKEN = typed("gl·pat-ABCDEFGHIJ1234567890")
PASSWORD = "tr0ub4dor&3"


LONG = [
    "gl·pat-",
    "github·_pat_",
    "ya·29.",
    "ey·JhbGciOiJIUzI1NiJ9.",
    "xo·xb-",
    "hooks.slack.com/services/T",
    "hv·s.",
    "Bearer ",
]
FLOODS = [
    "eyJ",
    "eyJ.",
    "glagent-",
    "xoxb-1-",
    "://a:",
    "a:b@",
    "password=",
    "password='",
    "token=token1x2y3",
    "api_key:",
    "AccountKey=",
    "-----BEGIN PRIVATE KEY-----",
    "awskey ",
    "Basic aaaa",
    'auth=("a","',
    "A1b",
    "token={",
    "İ",
    "\\",
]


def job(script: str = "", **others: Any) -> dict[str, Any]:
    """A jobConfig with one task."""
    task = {"id": "clean_1", "type": "PYSPARK", "config": {"script": script}}
    return {"title": "P", "variables": [], "stages": [{"tasks": [task]}], **others}


def found(job_config: dict[str, Any], title: str = "P") -> tuple[Finding, ...]:
    """All of the findings, with nothing allowed."""
    return find(title, job_config, allowed=NOTHING)


def variable(value: object, name: str = "X") -> dict[str, Any]:
    """A jobConfig with one variable."""
    return job(variables=[{"id": name, "value": value}])


@pytest.mark.parametrize(("kind", "text"), SHAPES, ids=range(len(SHAPES)))
def test_sec_34_what_has_the_shape_of_a_token_is_found(kind: str, text: str) -> None:
    """In code, amid other text, and in variables."""
    text = typed(text)
    (finding,) = found(job(f"# first\n{text}\n# last"))

    assert (finding.task, finding.kind) == ("clean_1", kind)
    assert {each.kind for each in found(variable(text))} >= {kind}
    assert find_in_text(f"a note: {text}\n") == (kind,)


@pytest.mark.parametrize("text", PASSWORDS, ids=range(len(PASSWORDS)))
def test_sec_34_a_password_that_is_given_to_its_name_is_found(text: str) -> None:
    """In every notation that people use."""
    assert [each.kind for each in found(job(text))] == ["password"]


@pytest.mark.parametrize("text", SECRETS, ids=range(len(SECRETS)))
def test_sec_34_a_key_or_token_that_is_given_to_its_name_is_found(text: str) -> None:
    """It need not look drawn by lot, but be more than a word."""
    assert len(found(job(typed(text)))) == 1


@pytest.mark.parametrize("value", RANDOM, ids=range(len(RANDOM)))
def test_sec_34_what_looks_drawn_by_lot_is_found_in_variables_alone(value: str) -> None:
    """In code it may be a hash, an id, or a small picture."""
    assert [(each.task, each.kind) for each in found(variable(value))] == [("variables", "random text")]
    assert found(job(f'x = "{value}"')) == ()


@pytest.mark.parametrize("name", HARMLESS_VALUES)
def test_a_variable_that_holds_no_secret_keeps_nothing_back(name: str) -> None:
    """Names, paths, hashes, ids, pictures, placeholders, references."""
    assert found(variable(HARMLESS_VALUES[name], name)) == ()


@pytest.mark.parametrize("text", HARMLESS_LINES, ids=range(len(HARMLESS_LINES)))
def test_a_line_that_holds_no_secret_keeps_nothing_back(text: str) -> None:
    """Each has once been taken for one, or nearly."""
    assert found(job(text)) == ()


@pytest.mark.parametrize("key", ["id", "name", "type", "description"])
def test_what_a_variable_is_called_need_not_be_readable(key: str) -> None:
    """Only its value may look drawn by lot."""
    assert found(job(variables=[{key: RANDOM[0], "value": "x"}])) == ()


@pytest.mark.parametrize("path", sorted(HARMLESS.iterdir()), ids=lambda path: path.name)
def test_code_that_takes_its_secrets_from_elsewhere_is_not_withheld(path: Path) -> None:
    """Whole scripts, with all that has ever been mistaken for a secret in them."""
    text = path.read_text(encoding="utf-8")

    assert [(each.line, each.kind) for each in found(job(text))] == []
    assert find_in_text(text) == ()


def test_no_made_up_workspace_has_a_secret() -> None:
    """Pipelines of the stand-in, awkward titles first."""
    jobs = workspace("QA", 100, 3)["jobs"]
    assert isinstance(jobs, list)

    assert [job_config["title"] for job_config in jobs if found(job_config, job_config["title"])] == []


@pytest.mark.parametrize(
    ("job_config", "place"),
    [
        (job(f"x = '{TOKEN}'"), "clean_1"),
        (job(variables=[{"id": "A", "value": TOKEN}]), "variables"),
        (job(variables=[{"id": TOKEN, "value": "a"}]), "variables"),
        (job(sourceStage={"description": TOKEN}), "sourceStage"),
        (job(sourceStage={"tasks": [{"id": "src_1", "config": {"tables": [{"name": TOKEN}]}}]}), "src_1"),
        (job(stages=[{"tasks": [{"id": "g", "tasks": [{"id": "inner", "description": TOKEN}]}]}]), "inner"),
        (job(stages=[{"tasks": [{"id": "g", "tasks": [{"id": "inner"}], "note": TOKEN}]}]), "g"),
        (job(stages=[{"tasks": [{"config": {"sql": TOKEN}}]}]), "unknown_id"),
        (job(stages=[{"tasks": [{"id": 7, "config": {"sql": TOKEN}}]}]), "7"),
        (job(stages=[{"tasks": [None, TOKEN]}]), "stages"),
        (job(schedule={"cron": {"deep": [[{"er": TOKEN}]]}}), "schedule"),
        (job(schedule={TOKEN: 1}), "schedule"),
        ({"title": TOKEN}, "title"),
        ({"$id": TOKEN}, "$id"),
    ],
)
def test_every_text_of_a_job_config_is_looked_at(job_config: dict[str, Any], place: str) -> None:
    """Keys and unknown parts too; a finding says in which task it is, or under which top-level key."""
    assert [each.task for each in found(job_config)] == [place]


@pytest.mark.parametrize("job_config", [{TOKEN: "x"}, job(stages=[{"tasks": [{"id": TOKEN, "note": PASSWORD}]}])])
def test_a_place_that_is_a_secret_itself_is_not_told(job_config: dict[str, Any]) -> None:
    """A task can be named after one."""
    (finding,) = found(job_config)

    assert finding.task == credentials.HIDDEN


@pytest.mark.parametrize(
    ("part", "kinds"),
    [
        ({"id": "DB_PASSWORD", "value": "hunter2"}, ["password"]),
        ({"name": "db_password", "value": "swordfish"}, ["password"]),
        ({"key": "api-key", "defaultValue": "abcd1234efgh5678"}, ["secret, token or key"]),
        ({"id": "password", "value": 83749201}, ["password"]),
        ({"password": "hunter2"}, ["password"]),
        ({"passwords": ["hunter2"]}, []),
        ({"password": ["hunter2"]}, ["password"]),
        ({"clientSecret": "ab12cd34ef56"}, ["secret, token or key"]),
        ({"subscription_key": "Zx9Kq2Lw7Rt4Yp8Vb3Nm6Hs1"}, ["key"]),
        ({"account_key": "A10X93B2"}, []),
        ({"id": "password", "value": True}, []),
        ({"id": "password", "value": None}, []),
        ({"id": "password", "type": "string9"}, []),
        ({"id": 5, "value": "hunter2"}, []),
        ({"password_hash": "ab12cd34ef56"}, []),
    ],
)
def test_a_name_and_its_value_can_be_apart(part: dict[str, Any], kinds: list[str]) -> None:
    """In a task's config as in variables."""
    task = {"id": "t", "config": {"parameters": [part]}}

    assert [each.kind for each in found({"stages": [{"tasks": [task]}]})] == kinds


def test_a_finding_names_the_line_within_its_text() -> None:
    """Counted from 1; equal values in one task are one finding, that of the first line."""
    script = f'\n\nTOKEN = "{TOKEN}"\n\nagain = "{TOKEN}"\npassword = "{PASSWORD}"\n'

    assert [(each.line, each.kind) for each in found(job(script))] == [(3, "GitLab token"), (6, "password")]


def test_findings_stand_in_the_order_of_the_text() -> None:
    """Whatever was looked for first."""
    script = f'password = "{PASSWORD}"\ntoken = "{TOKEN}"\nsecret = "ab12cd34ef56"'

    assert [each.line for each in found(job(script))] == [1, 2, 3]


def test_a_fingerprint_stands_for_one_value_in_one_pipeline() -> None:
    """In another pipeline the same value has another one, so that nobody learns that they are equal."""
    (here,), (there,) = found(job(TOKEN), "A"), found(job(TOKEN), "B")
    (moved,) = found(variable(TOKEN), "A")
    (other,) = found(job(f"{TOKEN}1"), "A")

    assert here.fingerprint == moved.fingerprint == credentials.fingerprint("A", TOKEN)
    assert len({here.fingerprint, there.fingerprint, other.fingerprint}) == 3
    assert all(len(each.fingerprint) == 12 and int(each.fingerprint, 16) >= 0 for each in (here, there))


@pytest.mark.parametrize(
    "text",
    [TOKEN, f"before {TOKEN} after", f'"{TOKEN}"', f"https://oauth2:{TOKEN}@git.example.com", f'token = "{TOKEN}"'],
)
def test_a_fingerprint_does_not_hang_on_what_stands_around(text: str) -> None:
    """Else an edit elsewhere in the script would withhold an allowed pipeline again."""
    assert [each.fingerprint for each in found(job(text))] == [credentials.fingerprint("P", TOKEN)]


def test_an_entry_lets_exactly_its_finding_pass() -> None:
    """Not another value, and not the same value in another pipeline."""
    script = f'token = "{TOKEN}"\npassword = "{PASSWORD}"'
    allowed = AllowedSecrets(frozenset({("P", credentials.fingerprint("P", TOKEN))}))

    assert [each.kind for each in find("P", job(script), allowed=allowed)] == ["password"]
    assert len(find("Q", job(script), allowed=allowed)) == 2


def test_a_finding_never_shows_the_value() -> None:
    """Neither in its fields nor in its `repr`."""
    findings = found(job(f'token = "{TOKEN}"\npassword = "{PASSWORD}"', variables=[{"id": "A", "value": RANDOM[0]}]))
    shown = repr(findings) + json.dumps([[each.task, each.line, each.kind, each.fingerprint] for each in findings])

    assert len(findings) == 3
    assert [value for value in (TOKEN, PASSWORD, RANDOM[0]) if value in shown or value[3:-3] in shown] == []


def test_a_pipeline_full_of_secrets_tells_of_the_first_ones() -> None:
    """The report stays readable, and the work bounded."""
    script = "\n".join(f'password = "k9!aab{number}"' for number in range(200))

    assert [each.line for each in found(job(script))] == list(range(1, credentials.MAX_FINDINGS + 1))


def test_people_are_told_where_to_look_and_what_to_allow() -> None:
    """One finding after the other."""
    findings = (
        Finding("clean_1", 3, "GitLab token", "0123456789ab"),
        Finding("variables", 1, "password", "ba9876543210"),
    )

    assert credentials.why(findings) == (
        "seems to hold secrets: `clean_1` line 3: GitLab token (`0123456789ab`); "
        "`variables` line 1: password (`ba9876543210`)"
    )


def test_what_people_are_told_stays_short_enough_to_be_read() -> None:
    """A sentence that is too long for a note would be cut in the middle."""
    many = [Finding("x" * 500, number, "secret, token or key", "0123456789ab") for number in range(50)]
    text = credentials.why(many)

    assert len(text) < 400
    shown = text.count(" line ")
    assert shown > 1
    assert text.endswith(f"; and {50 - shown} more")


@settings(deadline=None)
@given(st.text(max_size=80))
def test_what_people_are_told_is_no_secret_itself(task: str) -> None:
    """Whatever the task is called; and its quotes are closed."""
    text = credentials.why([Finding(hide_in_text(task), 1, kind, "0123456789ab") for kind, _ in SHAPES[:3]])

    assert hide_in_text(text) == text
    assert text.count("`") == 12


def test_secrets_are_hidden_in_what_is_shown() -> None:
    """Each of them, and nothing else."""
    text = f"+ token = '{TOKEN}' # {TOKEN}\n+ password = '{PASSWORD}'\n+ x = 1"

    assert hide_in_text(text) == "+ token = '[hidden]' # [hidden]\n+ password = '[hidden]'\n+ x = 1"
    assert find_in_text(text) == ("GitLab token", "password")
    assert hide_in_text("plain") == "plain"


@pytest.mark.parametrize("depth", [2_000])
def test_a_deep_job_config_is_no_trouble(depth: int) -> None:
    """Deeper than Python can call itself."""
    deep: Any = TOKEN
    for _ in range(depth):
        deep = {"a": [deep]}

    assert len(found(job(others=deep))) == 1


@pytest.mark.parametrize("padding", [0, 32_750, 32_768, 40_959, 40_961, 200_000, 1_000_000])
def test_no_line_is_too_long_to_be_looked_at(padding: int) -> None:
    """Wherever in it the secret stands."""
    script = f'{"x" * padding} token = "{TOKEN}" {"y" * padding}'

    assert [(each.line, each.kind) for each in found(job(script))] == [(1, "GitLab token")]


@pytest.mark.parametrize("padding", [0, 30_000])
@pytest.mark.parametrize("start", LONG, ids=range(len(LONG)))
def test_a_token_of_any_length_has_one_fingerprint(start: str, padding: int) -> None:
    """It is cut at a length of its own, not where a window ends."""
    text = typed(start) + "aB3x_" * 12_000
    (finding,) = found(job(f"{' ' * padding}{text}"))
    (same,) = found(job(text))

    assert finding == same


@pytest.mark.no_cover
@pytest.mark.parametrize("part", FLOODS)
def test_hostile_text_takes_no_more_than_its_share(part: str) -> None:
    """Something begins at every place; a pattern that goes back and forth would take minutes."""
    text = (part * 50_000)[:50_000]

    assert len(found(job(text))) <= credentials.MAX_FINDINGS


@settings(deadline=None)
@given(
    st.text() | st.lists(st.sampled_from(["password", "=", '"', "İ", "k9!aab", "\n", "token", ":", " "])).map("".join)
)
def test_any_text_can_be_looked_at(text: str) -> None:
    """And what was hidden is found no more."""
    found(job(text, variables=[{"id": "password", "value": text}]))
    hidden = hide_in_text(text)

    assert (hidden == text) == (find_in_text(text) == ())
