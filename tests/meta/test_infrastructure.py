"""`infrastructure/` and the code speak of the same functions, topics, secrets, settings and messages: both ways."""

import ast
import base64
from collections.abc import Callable, Mapping
from dataclasses import fields

import pytest

from emulators.pubsub.names import TOPICS
from shared.domain import posting, schema
from shared.domain.messages import command, snapshot
from shared.settings import Settings
from tests.terraform import ROOT, Plan, Resource, needs_terraform, plan_with, planned

pytestmark = needs_terraform

FUNCTION = "google_cloudfunctions2_function"
LOCAL = {"PUBSUB_EMULATOR_HOST", "STORAGE_EMULATOR_HOST"}
"""Settings for a machine of one's own, which never make sense in the cloud."""
NOT_IN_THE_EXAMPLE = {"SMTP_URL", "MAIL_FROM", "SLACK_API_URL", "WEBHOOK_URL"}
"""Settings of channels, which nobody has to use, and one that only an earlier apply can tell."""
OF_THE_SERVER = {"THREADS"}
"""Variables for the functions' server, not for us."""


def entry_points() -> set[str]:
    """The functions of main.py."""
    tree = ast.parse((ROOT / "main.py").read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list}


def functions() -> dict[str, Resource]:
    return planned().by(FUNCTION, "build_config", 0, "entry_point")


def environment(function: Resource) -> Mapping[str, str]:
    found = function.at("service_config", 0, "environment_variables")
    assert isinstance(found, dict)
    return found


def test_every_entry_point_is_deployed_and_no_other() -> None:
    """A function that nobody deploys does nothing; one that main.py lacks can't start."""
    assert set(functions()) == entry_points()


def test_every_subscriber_has_a_subscription_of_its_topic() -> None:
    """All but the webhook are called by Pub/Sub alone, through the topic that main.py names for them.

    What any topic gives up has a subscription as well, of the one function for it.
    """
    pushed = {
        str(each.at("name")).removeprefix("aic-").removesuffix("-push")
        for each in planned().of("google_pubsub_subscription")
        if each.at("push_config")
    }
    letters = {each for each in pushed if each.endswith("-dead-letter")}

    assert pushed - letters == entry_points() - {"webhook", "dead_letter"}
    assert {f"aic-{each}" for each in letters} == {each for each in TOPICS if each.endswith("-dead-letter")}


def test_the_topics_of_the_code_are_the_topics_of_the_cloud() -> None:
    """And those of a machine of one's own."""
    made = set(planned().by("google_pubsub_topic", "name"))
    named = {each for each in vars(posting).values() if isinstance(each, str) and each.startswith("aic-")}

    assert made == set(TOPICS)
    assert {each for each in made if not each.endswith("-dead-letter")} == named


def test_every_setting_reaches_the_functions() -> None:
    """Each variable that the settings read can be set, and none is set that they don't read."""
    known = {key.upper() for key in schema.keys(Settings)}

    for function in functions().values():
        assert set(environment(function)) - OF_THE_SERVER == known - LOCAL - NOT_IN_THE_EXAMPLE


def test_the_functions_take_the_settings_that_they_get() -> None:
    """The example starts as it stands; deadlines and attempts are those of the subscription."""
    subscriptions = planned().by("google_pubsub_subscription", "name")

    for name, function in functions().items():
        settings = Settings.read(environment(function))
        subscription = subscriptions.get(f"aic-{name}-push")
        if subscription is None:
            continue
        letters = subscriptions[f"aic-{name}-dead-letter-push"]
        assert letters.at("ack_deadline_seconds") == settings.ack_deadline_seconds
        assert subscription.at("ack_deadline_seconds") == settings.ack_deadline_seconds
        assert subscription.at("dead_letter_policy", 0, "max_delivery_attempts") == settings.delivery_attempts
        assert function.at("service_config", 0, "timeout_seconds") == settings.ack_deadline_seconds


def test_an_instance_has_a_thread_for_each_request_that_it_gets() -> None:
    """A request that waits inside of an instance can't be given to another one."""
    for function in functions().values():
        width = function.at("service_config", 0, "max_instance_request_concurrency")

        assert environment(function)["THREADS"] == str(width)


def test_every_secret_that_a_project_names_is_made_and_no_other() -> None:
    """Also those that a project has under a name of its own."""
    settings = Settings.read(environment(functions()["webhook"]))
    named = {str(getattr(each.secrets, key.name)) for each in settings.projects for key in fields(each.secrets)}

    assert set(planned().by("google_secret_manager_secret", "secret_id")) == named


def test_no_value_of_a_secret_is_in_the_plan() -> None:
    """People add values; what Terraform does not know, its state can't tell."""
    assert planned().of("google_secret_manager_secret_version") == ()


@pytest.mark.parametrize(
    ("job", "read"),
    [
        ("aic-snapshot", snapshot.read),
        ("aic-sweep", command.read),
        ("aic-board", command.read),
        ("aic-drill", command.read),
        ("aic-tokens", command.read),
    ],
)
def test_what_the_scheduler_says_is_understood(job: str, read: Callable[[bytes], object]) -> None:
    """A misspelt workflow would only be noticed in a log, every ten minutes."""
    found = planned().by("google_cloud_scheduler_job", "name")[job]
    data = base64.b64decode(str(found.at("pubsub_target", 0, "data")))

    assert found.at("pubsub_target", 0, "attributes", "origin") == posting.SCHEDULE
    assert read(data)


def test_the_archive_holds_what_runs_and_nothing_else() -> None:
    """Whatever else lies in somebody's copy of the project, also what is secret, stays there."""
    trees = (path for folder in ("functions", "shared") for path in (ROOT / folder).rglob("*") if path.is_file())
    running = {str(path.relative_to(ROOT)) for path in trees if "__pycache__" not in path.parts}

    assert planned().packed == running | {"main.py", "requirements.txt"}


def test_the_same_sources_have_the_same_archive() -> None:
    """From whichever copy somebody applies: a function is deployed anew only when its code has changed."""
    strewn = {".env": "SECRET=1", "notes/private.txt": "x", "shared/__pycache__/left.pyc": "x", "dist/old.zip": "x"}
    found = plan_with(strewn)

    assert found.packed == planned().packed
    assert archive(found) == archive(planned())


def test_a_teams_own_steps_are_in_the_archive() -> None:
    """What the settings name has to be there; and the functions are deployed anew."""
    found = plan_with({"steps/rules.py": "def tidy(pipelines): return pipelines\n", "steps/notes.pyc": "x"})

    assert found.packed == planned().packed | {"steps/rules.py"}
    assert archive(found) != archive(planned())


def archive(plan: Plan) -> object:
    return plan.of("google_storage_bucket_object")[0].at("name")
