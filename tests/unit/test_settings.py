"""What the environment may say, and how it is told when it says something else."""

import json
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from shared.domain.drives import DriveSettings, Keep
from shared.domain.errors import Refused
from shared.domain.occasion import Kind
from shared.projects import Scanners, StepSettings
from shared.settings import Settings

PROJECTS = """
- gitlab_project: pin/pin-analytics/pin-fusion-2.0
  aic_project: pin-fusion
  aic_instance: prod
  workspaces:
    PIN FUSION 2.0:     {snapshot: merge_request}
    PIN FUSION 2.0 QA:  {snapshot: commit}
    PIN FUSION 2.0 DEV:
  backup_drives: [backups]
  notify: {email: [releases@example.com], slack: "#pin-releases"}
"""


def environment(**changes: str) -> dict[str, str]:
    """An environment with nothing but what is required."""
    return {
        "GOOGLE_CLOUD_PROJECT": "demo",
        "GITLAB_URL": "https://git.example.com/",
        "PROJECTS": PROJECTS,
        **changes,
    }


def project(**changes: object) -> dict[str, object]:
    """An entry of PROJECTS with nothing but what is required."""
    return {"gitlab_project": "group/one", "aic_project": "one", "workspaces": {"ONE": {}}, **changes}


def complaint(**changes: str) -> str:
    """How an environment with these changes is refused."""
    with pytest.raises(Refused) as caught:
        Settings.read(environment(**changes))
    assert caught.value.reason == "settings-invalid"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value.detail


def complaint_of(*projects: dict[str, object]) -> str:
    """How these projects are refused."""
    return complaint(PROJECTS=json.dumps(projects))


def test_the_required_variables_are_enough() -> None:
    """Everything else has a default that is safe."""
    settings = Settings.read(environment() | {"PATH": "/bin", "UNKNOWN": "x"})

    assert settings.google_cloud_project == "demo"
    assert settings.gitlab_url == "https://git.example.com"
    assert settings.aic_url_prod == "https://prod.jdpower.ai/apis/core/v1"
    assert settings.aic_url_qa == "https://aic.qa.jdpower.com/apis/core/v1"
    assert (settings.secrets, settings.log_level) == ("manager", "INFO")
    assert (settings.delivery_attempts, settings.ack_deadline_seconds) == (5, 600)
    assert (settings.pubsub_emulator_host, settings.storage_emulator_host) == (None, None)
    assert (settings.smtp_url, settings.mail_from, settings.slack_api_url) == (None, None, None)
    assert (settings.webhook_url, settings.projects[0].scanners, settings.projects[0].step) == (None, None, None)


def test_a_project_is_read_as_it_is_documented() -> None:
    """Names of secrets, instance, concurrency and the way of snapshots have defaults."""
    [found] = Settings.read(environment()).projects

    assert found.gitlab_project == "pin/pin-analytics/pin-fusion-2.0"
    assert found.gitlab_project_id is None
    assert (found.aic_project, found.aic_instance, found.aic_concurrency) == ("pin-fusion", "prod", 4)
    assert {name: workspace.snapshot for name, workspace in found.workspaces.items()} == {
        "PIN FUSION 2.0": "merge_request",
        "PIN FUSION 2.0 QA": "commit",
        "PIN FUSION 2.0 DEV": "merge_request",
    }
    assert found.backup_drives == (DriveSettings(drive="backups"),)
    assert (found.notify.email, found.notify.slack) == (("releases@example.com",), "#pin-releases")
    assert found.secrets.gitlab_token == "gitlab-token"
    assert found.secrets.gitlab_signing_token == "gitlab-signing-token"


def test_deploys_of_a_workspace_are_tested_where_that_is_asked_for() -> None:
    """What follows a failure is a report, unless it is said otherwise."""
    workspaces = {
        "ONE": {},
        "TWO": {"after_deploy": {"pipeline": True}},
        "THREE": {"after_deploy": {"pipeline": True, "on_failure": "rollback"}},
        "FOUR": {"after_deploy": {"pipeline": False}},
    }
    [found] = Settings.read(environment(PROJECTS=json.dumps([project(workspaces=workspaces)]))).projects

    assert found.gates == {"TWO": "report", "THREE": "rollback"}


def test_every_value_can_be_set() -> None:
    """JSON as Terraform writes it, numbers and nulls included."""
    entry = project(
        gitlab_project_id=4711,
        aic_instance="qa",
        aic_concurrency=16,
        notify={"email": [], "slack": None},
        backup_drives=None,
        scanners={"project": "security/templates", "files": ["scan.yml"], "ref": "main"},
        step="steps.rules:tidy",
        secrets={"gitlab-token": "one-token", "aic-api-key": "one-key", "gitlab-webhook-token": None},
    )
    settings = Settings.read(
        environment(
            PROJECTS=json.dumps([entry]),
            AIC_URL_PROD="http://127.0.0.1:1/apis/core/v1",
            AIC_URL_QA="http://localhost:2/apis/core/v1/",
            SECRETS="environment",
            PUBSUB_EMULATOR_HOST="127.0.0.1:8085",
            SMTP_URL="smtps://user@mail.example.com:465",
            MAIL_FROM="AIC GitOps <aic@example.com>",
            SLACK_API_URL="https://slack.com/api",
            WEBHOOK_URL="https://aic-webhook-1.run.app/",
            LOG_LEVEL="debug",
            DELIVERY_ATTEMPTS="100",
            ACK_DEADLINE_SECONDS="10",
        )
    )

    [found] = settings.projects
    assert (found.gitlab_project_id, found.aic_concurrency) == (4711, 16)
    assert (found.notify.slack, found.backup_drives) == (None, ())
    assert (found.secrets.gitlab_token, found.secrets.aic_api_key) == ("one-token", "one-key")
    assert found.secrets.gitlab_webhook_token == "gitlab-webhook-token"
    assert settings.aic_url(found) == settings.aic_url_qa == "http://localhost:2/apis/core/v1"
    assert settings.aic_url(Settings.read(environment()).projects[0]) == "http://127.0.0.1:1/apis/core/v1"
    assert (settings.log_level, settings.delivery_attempts, settings.ack_deadline_seconds) == ("DEBUG", 100, 10)
    assert settings.mail_from == "AIC GitOps <aic@example.com>"
    assert settings.webhook_url == "https://aic-webhook-1.run.app"
    assert found.step == StepSettings(call="steps.rules:tidy", seconds=60)
    assert found.scanners == Scanners(project="security/templates", files=("scan.yml",), ref="main")


def test_a_drive_is_a_name_or_says_more() -> None:
    """In AIC or in Cloud Storage; what is not said of a drive is the same for both."""
    drives = [
        "backups",
        {"drive": "gs://pin-backups/aic/one", "files": True, "keep": {"last": 3, "daily": 7}},
        "gs://pin-backups",
    ]
    [found] = Settings.read(environment(PROJECTS=json.dumps([project(backup_drives=drives)]))).projects

    assert found.backup_drives == (
        DriveSettings(drive="backups"),
        DriveSettings(drive="gs://pin-backups/aic/one", files=True, keep=Keep(last=3, daily=7)),
        DriveSettings(drive="gs://pin-backups"),
    )


@pytest.mark.parametrize("value", ["localhost:9023", "http://localhost:9023", "http://localhost:9023/"])
def test_the_stand_in_of_cloud_storage_may_have_its_scheme(value: str) -> None:
    """Google's libraries don't agree on that."""
    assert Settings.read(environment(STORAGE_EMULATOR_HOST=value)).storage_emulator_host == "http://localhost:9023"


def test_projects_can_stand_in_a_file(tmp_path: Path) -> None:
    """Then complaints name the file's variable."""
    path = tmp_path / "projects.yaml"
    path.write_text(PROJECTS, encoding="utf-8")
    variables = environment(PROJECTS="", PROJECTS_FILE=str(path))

    assert Settings.read(variables).projects == Settings.read(environment()).projects
    path.write_text("- gitlab_project: x", encoding="utf-8")
    assert complaint(PROJECTS=" ", PROJECTS_FILE=str(path)).startswith("PROJECTS_FILE[0].gitlab_project must be a path")
    assert complaint(PROJECTS=" ", PROJECTS_FILE=str(tmp_path)).startswith("PROJECTS_FILE can't be read")
    assert complaint(PROJECTS=" ", PROJECTS_FILE="a\x00b").startswith("PROJECTS_FILE can't be read")


def test_projects_may_be_indented() -> None:
    """As they are where the text is a part of another file."""
    indented = "".join(f"    {line}\n" for line in PROJECTS.strip().splitlines())

    assert Settings.read(environment(PROJECTS=indented)) == Settings.read(environment())


def test_settings_never_change_once_read() -> None:
    """Every part of them is frozen."""
    settings = Settings.read(environment())
    [found] = settings.projects

    for value, field in (
        (settings, "gitlab_url"),
        (found, "aic_project"),
        (found.workspaces["PIN FUSION 2.0"], "snapshot"),
    ):
        with pytest.raises(FrozenInstanceError):
            setattr(value, field, "other")
    with pytest.raises(TypeError):
        found.workspaces["OTHER"] = found.workspaces["PIN FUSION 2.0"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("GOOGLE_CLOUD_PROJECT", " ", "GOOGLE_CLOUD_PROJECT is missing; set it"),
        ("GOOGLE_CLOUD_PROJECT", "a/b", "GOOGLE_CLOUD_PROJECT must be the id of a Google Cloud project"),
        ("GITLAB_URL", "", "GITLAB_URL is missing; set it"),
        ("GITLAB_URL", "http://git", "GITLAB_URL must start with https:// (http:// is for loopback hosts only)"),
        ("AIC_URL_PROD", "https://10.0.0.1", "AIC_URL_PROD must name its host by a plain domain name"),
        ("AIC_URL_QA", "https://u:canary@a", "AIC_URL_QA must not hold a user or password"),
        ("SLACK_API_URL", "https://a?canary", "SLACK_API_URL must not have a query or fragment"),
        ("WEBHOOK_URL", "https://a.example/aic", "WEBHOOK_URL must end with the host's name: the webhook has no path"),
        ("WEBHOOK_URL", "http://a", "WEBHOOK_URL must start with https:// (http:// is for loopback hosts only)"),
        ("SECRETS", "canary", "SECRETS must be 'manager' or 'environment'"),
        ("PROJECTS", "", "exactly one of PROJECTS and PROJECTS_FILE must be set"),
        ("PROJECTS_FILE", "x", "exactly one of PROJECTS and PROJECTS_FILE must be set, not both"),
        ("PROJECTS", "[]", "PROJECTS must not be empty"),
        ("PROJECTS", "a: b", "PROJECTS must hold a list of projects; begin each with `- gitlab_project:`"),
        ("PROJECTS", "[a]", "PROJECTS[0] must hold `name: value` lines"),
        ("PROJECTS", "\n- *x", "PROJECTS can't be used: line 2: anchors (&) and aliases (*) are not allowed"),
        ("PUBSUB_EMULATOR_HOST", "pubsub:1", "PUBSUB_EMULATOR_HOST must be a host:port of this machine"),
        ("PUBSUB_EMULATOR_HOST", "localhost", "PUBSUB_EMULATOR_HOST must be a host:port of this machine"),
        ("STORAGE_EMULATOR_HOST", "https://127.0.0.1:1", "STORAGE_EMULATOR_HOST must be a host:port of this machine"),
        ("STORAGE_EMULATOR_HOST", "http://storage:1", "STORAGE_EMULATOR_HOST must be a host:port of this machine"),
        ("SMTP_URL", "smtps://u:canary@a", "SMTP_URL must not hold a password: put it into the secret smtp-password"),
        ("SMTP_URL", "smtps://u@a", "MAIL_FROM is missing; set it to the sender's address, as SMTP_URL is set"),
        ("MAIL_FROM", "a@b\nBcc: c", "MAIL_FROM must be an e-mail address, alone or as `Name <address>`"),
        ("MAIL_FROM", "a <b", "MAIL_FROM must be an e-mail address, alone or as `Name <address>`"),
        ("MAIL_FROM", "A <a b@c>", "MAIL_FROM must be an e-mail address, alone or as `Name <address>`"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL must be 'DEBUG', 'INFO', 'WARNING', 'ERROR' or 'CRITICAL'"),
        ("DELIVERY_ATTEMPTS", "4", "DELIVERY_ATTEMPTS must be greater than or equal to 5"),
        ("DELIVERY_ATTEMPTS", "101", "DELIVERY_ATTEMPTS must be less than or equal to 100"),
        ("DELIVERY_ATTEMPTS", "1_0", "DELIVERY_ATTEMPTS must be a whole number"),
        ("ACK_DEADLINE_SECONDS", "9", "ACK_DEADLINE_SECONDS must be greater than or equal to 10"),
        ("ACK_DEADLINE_SECONDS", "601", "ACK_DEADLINE_SECONDS must be less than or equal to 600"),
    ],
)  # fmt: skip
def test_a_wrong_variable_is_named_in_one_sentence_that_shows_no_value(name: str, value: str, sentence: str) -> None:
    """The operator knows what to change, and a secret in the wrong place stays unseen."""
    assert complaint(**{name: value}) == sentence


DRIVE = "[0].backup_drives[0]"
SLACK = 'must be a channel of Slack, such as "#releases", or its id'
KINDS = (
    "'deployed', 'failed', 'conflict', 'drift', 'snapshot_incomplete', 'backup_failed', 'token_expiring', "
    "'hook_disabled', 'rollback' or 'initialized'"
)


def kept(**keep: int) -> dict[str, object]:
    """One drive with a rule for what stays on it."""
    return {"backup_drives": [{"drive": "a", "keep": keep}]}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"gitlab_project": None}, "[0].gitlab_project is missing; set it"),
        ({"gitlab_project": "one"}, "[0].gitlab_project must be a path with its namespace, such as group/project"),
        ({"gitlab_project": "../one"}, "[0].gitlab_project must be a path with its namespace, such as group/project"),
        ({"gitlab_project_id": "x"}, "[0].gitlab_project_id must be a whole number"),
        ({"gitlab_project_id": 0}, "[0].gitlab_project_id must be greater than or equal to 1"),
        ({"gitlab_project_id": [1]}, "[0].gitlab_project_id must be a whole number"),
        ({"aic_project": " "}, "[0].aic_project must be one line of text without blanks around it"),
        ({"aic_instance": "dev"}, "[0].aic_instance must be 'prod' or 'qa'"),
        ({"workspaces": None}, "[0].workspaces is missing; set it"),
        ({"workspaces": {}}, "[0].workspaces must not be empty"),
        ({"workspaces": ["ONE"]}, "[0].workspaces must hold `name: value` lines"),
        ({"workspaces": {"ONE": "commit"}}, "[0].workspaces.ONE must hold `name: value` lines"),
        (
            {"workspaces": {"ONE": {"after_deploy": {"on_failure": "rollback"}}}},
            "[0].workspaces.ONE.after_deploy says what follows a failure, but starts no pipeline: set `pipeline: true`",
        ),
        (
            {"workspaces": {"ONE": {"after_deploy": {"pipeline": True, "on_failure": "x"}}}},
            "[0].workspaces.ONE.after_deploy.on_failure must be 'report' or 'rollback'",
        ),
        ({"workspaces": {"ONE": {"snapshot": "x"}}}, "[0].workspaces.ONE.snapshot must be 'commit' or 'merge_request'"),
        ({"workspaces": {"A": {"mode": "x"}}}, "[0].workspaces.A.mode is not known; remove it or correct its spelling"),
        ({"backup_drives": "backups"}, "[0].backup_drives must be a list"),
        ({"backup_drives": [["x"]]}, "[0].backup_drives[0] must hold `name: value` lines"),
        ({"backup_drives": [{"files": True}]}, "[0].backup_drives[0].drive is missing; set it"),
        ({"backup_drives": ["a\nb"]}, "[0].backup_drives[0].drive must be one line of text without blanks around it"),
        ({"backup_drives": ["s3://a"]}, f"{DRIVE}.drive must be the name of a drive in AIC, or gs://bucket/folder"),
        ({"backup_drives": ["gs://B"]}, f"{DRIVE}.drive must be the name of a drive in AIC, or gs://bucket/folder"),
        ({"backup_drives": ["gs://abc/../d"]}, "[0].backup_drives[0].drive must have a plain folder after its bucket"),
        ({"backup_drives": ["gs://abc/a?b"]}, "[0].backup_drives[0].drive must have a plain folder after its bucket"),
        ({"backup_drives": ["a", "A"]}, "[0].backup_drives must not name a drive twice"),
        ({"backup_drives": ["gs://abc/d", {"drive": "gs://abc/d/"}]}, "[0].backup_drives must not name a drive twice"),
        (kept(last=0), f"{DRIVE}.keep.last must be greater than or equal to 1"),
        (kept(hourly=1), f"{DRIVE}.keep.hourly is not known; remove it or correct its spelling"),
        ({"notify": {"email": ["a@b, c@d"]}}, "[0].notify.email[0] must be a plain e-mail address"),
        ({"notify": {"email": ["a@b\nBcc: c@d"]}}, "[0].notify.email[0] must be a plain e-mail address"),
        ({"notify": {"email": ["a@b", "a@b"]}}, "[0].notify.email must not hold the same twice"),
        ({"notify": {"slack": "a\nb"}}, f"[0].notify.slack {SLACK}"),
        ({"notify": {"slack": "pin-releases"}}, f"[0].notify.slack {SLACK}"),
        ({"notify": {"events": ["failed"]}}, "[0].notify.events must hold `name: value` lines"),
        ({"notify": {"events": {"fails": []}}}, f"[0].notify.events.fails must be {KINDS}"),
        ({"notify": {"events": {"trial": []}}}, f"[0].notify.events.trial must be {KINDS}"),
        ({"notify": {"events": {"failed": "slack"}}}, "[0].notify.events.failed must be a list"),
        ({"notify": {"events": {"failed": ["fax"]}}}, "[0].notify.events.failed[0] must be 'email' or 'slack'"),
        (
            {"notify": {"email": ["a@b"], "events": {"failed": ["email", "slack"]}}},
            "[0].notify sends `failed` to slack, but names nobody under `slack`",
        ),
        ({"aic_concurrency": 17}, "[0].aic_concurrency must be less than or equal to 16"),
        ({"aic_concurrency": "many"}, "[0].aic_concurrency must be a whole number"),
        ({"secrets": {"aic_key": "x"}}, "[0].secrets.aic_key is not known; remove it or correct its spelling"),
        ({"secrets": {"aic-api-key": "/"}}, "[0].secrets.aic-api-key must be a name of letters, digits, - and _"),
        ({"scanners": {"project": "a/b"}}, "[0].scanners.files is missing; set it"),
        ({"scanners": {"project": "a/b", "files": []}}, "[0].scanners.files must not be empty"),
        ({"scanners": {"project": "a/b", "files": ["x", "x"]}}, "[0].scanners.files must not hold the same twice"),
        ({"step": "os:system"}, "[0].step.call must be a function of a module in steps/, such as steps.rules:tidy"),
        ({"step": {"call": "steps.a:b", "seconds": 0}}, "[0].step.seconds must be greater than or equal to 1"),
        ({"colour": None}, "[0].colour is not known; remove it or correct its spelling"),
    ],
)  # fmt: skip
def test_a_wrong_project_is_named_by_its_place(changes: dict[str, object], sentence: str) -> None:
    """Whether the text is JSON or YAML."""
    assert complaint_of(project(**changes)) == f"PROJECTS{sentence}"


def test_news_go_to_everybody_unless_the_settings_choose() -> None:
    """By kind; one that is not named goes everywhere."""
    everybody = {"email": ["a@example.com", "b@example.com"], "slack": "#releases"}
    whole = Settings.read(environment(PROJECTS=json.dumps([project(notify=everybody)]))).projects[0].notify
    chosen = everybody | {"events": {"deployed": ["slack"], "drift": [], "failed": ["slack", "email"]}}
    some = Settings.read(environment(PROJECTS=json.dumps([project(notify=chosen)]))).projects[0].notify

    assert {whole.media(kind) for kind in Kind} == {("email", "slack")}
    assert [some.media(kind) for kind in ("deployed", "drift", "failed", "conflict", "trial")] == [
        ("slack",),
        (),
        ("email", "slack"),
        ("email", "slack"),
        ("email", "slack"),
    ]
    assert whole.targets("email") == ("a@example.com", "b@example.com")
    assert (
        whole.targets("slack"),
        Settings.read(environment(PROJECTS=json.dumps([project()]))).projects[0].notify.media("failed"),
    ) == (("#releases",), ())


def test_several_mistakes_are_counted() -> None:
    """The first one is told, the others are known to exist."""
    assert complaint(DELIVERY_ATTEMPTS="x", SECRETS="y").endswith(" (and 1 more)")


@pytest.mark.parametrize("value", ["glpat-canary", "whsec_canary"])
def test_sec_09_a_secret_in_the_place_of_its_name_is_not_shown(value: str) -> None:
    """It would otherwise end in the error about the secret that doesn't exist."""
    told = complaint_of(project(secrets={"gitlab-token": value}))

    assert "looks like the secret itself" in told
    assert "canary" not in told


@pytest.mark.parametrize(
    ("one", "other", "sentence"),
    [
        (
            project(),
            project(aic_project="two"),
            "PROJECTS[0] and PROJECTS[1] both have the gitlab_project group/one; keep it in one of them",
        ),
        (
            project(),
            project(gitlab_project="Group/ONE", aic_project="two"),
            "PROJECTS[0] and PROJECTS[1] both have the gitlab_project Group/ONE; keep it in one of them",
        ),
        (
            project(gitlab_project_id=1),
            project(gitlab_project="group/two", aic_project="two", gitlab_project_id=1),
            "PROJECTS[0] and PROJECTS[1] both have the gitlab_project_id 1; keep it in one of them",
        ),
        (
            project(),
            project(gitlab_project="group/two"),
            "PROJECTS[0] and PROJECTS[1] both have the workspace `ONE` of one (prod); keep it in one of them",
        ),
    ],
)
def test_sec_21_what_one_project_owns_no_other_may_claim(
    one: dict[str, object], other: dict[str, object], sentence: str
) -> None:
    """Two projects that write to one workspace would undo each other's work without end."""
    assert complaint_of(one, other) == sentence


def test_a_workspace_of_the_same_name_elsewhere_is_another_one() -> None:
    """Names are only unique within a project of an instance."""
    two = project(gitlab_project="group/two", aic_instance="qa")
    three = project(gitlab_project="group/three", aic_project="three")

    assert len(Settings.read(environment(PROJECTS=json.dumps([project(), two, three]))).projects) == 3


def test_two_workspaces_that_would_share_an_environment_are_refused() -> None:
    """Their deployments could not be told apart."""
    told = complaint_of(project(workspaces={"ONE 1": {}, "one-1": {}, "TWO": {}}))

    assert (
        told == "PROJECTS[0].workspaces: `ONE 1` and `one-1` would share the environment aic/one-1; rename one in AIC"
    )


def test_a_project_is_found_by_its_path() -> None:
    """An unknown path is nobody's."""
    settings = Settings.read(environment())

    assert settings.project("pin/pin-analytics/pin-fusion-2.0") is settings.projects[0]
    assert settings.project("pin/pin-analytics") is None


def test_sec_21_a_configured_id_decides_alone_whose_hook_it_is() -> None:
    """A renamed project goes on; another one that takes over the path, or an id, gets nothing."""
    known = project(gitlab_project_id=7)
    by_path = project(gitlab_project="group/two", aic_project="two")
    settings = Settings.read(environment(PROJECTS=json.dumps([known, by_path])))
    first, second = settings.projects

    assert settings.project_of_hook(id=7, path="group/one") is first
    assert settings.project_of_hook(id=7, path="group/renamed") is first
    assert settings.project_of_hook(id=8, path="group/one") is None
    assert settings.project_of_hook(id=9, path="group/two") is second
    assert settings.project_of_hook(id=7, path="group/two") is first
    assert settings.project_of_hook(id=9, path="Group/Two") is None


def test_a_workspace_can_want_its_pipelines_proven_first() -> None:
    """On the branch of a role; production itself proves nothing for others."""
    workspaces = {"ONE": {}, "TWO": {"requires": "staging"}}
    [found] = Settings.read(environment(PROJECTS=json.dumps([project(workspaces=workspaces)]))).projects

    assert found.requires == {"TWO": "staging"}
    with pytest.raises(Refused, match="requires must be 'staging' or 'development'"):
        Settings.read(environment(PROJECTS=json.dumps([project(workspaces={"ONE": {"requires": "production"}})])))
