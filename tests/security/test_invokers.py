"""SEC-07: Pub/Sub's pushes come from one account for each function; everybody may call the webhook and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.terraform import Plan, Resource, needs_terraform, plan_with, planned

pytestmark = needs_terraform

EVERYBODY = ("allUsers", "allAuthenticatedUsers")
ELSEWHERE = ("google_pubsub_", "google_secret_manager_", "google_storage_", "google_artifact_registry_")
"""Rights on these let nobody call a function, nor become somebody who may."""
PROJECT = "my-gitops-project"
INVOKER = "roles/run.invoker"
TOPICS = ("deploy", "plan", "snapshot", "command")

PLANTED = f"""
resource "google_cloud_run_v2_service_iam_member" "second" {{
  location = var.region
  name     = "aic-deploy"
  role     = "roles/run.invoker"
  member   = "serviceAccount:other@example.iam.gserviceaccount.com"
}}

resource "google_cloud_run_service_iam_binding" "public" {{
  location = var.region
  service  = "aic-snapshot"
  role     = "roles/run.invoker"
  members  = ["allUsers"]
}}

resource "google_cloudfunctions2_function_iam_member" "any_account" {{
  location       = var.region
  cloud_function = "aic-command"
  role           = "roles/cloudfunctions.invoker"
  member         = "allAuthenticatedUsers"
}}

resource "google_project_iam_member" "wide" {{
  project = "{PROJECT}"
  role    = "roles/run.invoker"
  member  = "serviceAccount:other@example.iam.gserviceaccount.com"
}}

resource "google_service_account_iam_member" "borrowed" {{
  service_account_id = google_service_account.push["deploy"].name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = "user:eve@example.com"
}}

resource "google_cloud_run_v2_service_iam_member" "unknown" {{
  location = var.region
  name     = "aic-deploy"
  role     = "roles/run.invoker"
  member   = google_project_service_identity.pubsub.member
}}
"""


@dataclass(frozen=True, slots=True)
class Right:
    """Somebody may do something somewhere. What the plan can't tell is `?`."""

    place: str
    role: str
    member: str


def account(name: str) -> str:
    return f"serviceAccount:{name}@{PROJECT}.iam.gserviceaccount.com"


def rights(plan: Plan) -> frozenset[Right]:
    """All rights in a plan through which a function can be called, or an account be used by somebody else."""
    given = (each for each in plan.resources if "_iam_" in each.kind and not each.kind.startswith(ELSEWHERE))
    return frozenset(right for each in given for right in _rights(each))


def _rights(grant: Resource) -> Iterator[Right]:
    named = (grant.at(key) for key in ("name", "service", "cloud_function", "service_account_id", "project"))
    place = next((str(name).rsplit("/", 1)[-1] for name in named if name), "?")
    members = grant.at("members") or [grant.at("member") or "?"]
    assert isinstance(members, list)
    for member in members:
        yield Right(place, str(grant.at("role")), str(member))


def open_places(plan: Plan) -> frozenset[str]:
    """The addresses of all resources that name everybody, whatever they are."""
    return frozenset(each.address for each in plan.resources if _names_everybody(each.values))


def _names_everybody(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_names_everybody, value.values()))
    if isinstance(value, list):
        return any(map(_names_everybody, value))
    return isinstance(value, str) and any(word in value for word in EVERYBODY)


def test_sec_07_each_function_has_the_callers_that_it_should_have() -> None:
    """A valid token of Google's proves little: only the subscription's own account opens a function.

    Beside it only the build account has rights in the project as a whole, and none of them calls anything.
    """
    subscribers = ("aic-deploy", "aic-plan", "aic-snapshot", "aic-command", "aic-dead-letter")

    assert rights(planned()) == {
        Right("aic-webhook", INVOKER, "allUsers"),
        *(Right(name, INVOKER, account(f"{name}-push")) for name in subscribers),
        Right(PROJECT, "roles/logging.logWriter", account("aic-build")),
        Right(PROJECT, "roles/storage.objectViewer", account("aic-build")),
    }


def test_sec_07_only_the_webhook_is_open() -> None:
    """One resource names everybody; one function takes requests from outside of the project."""
    functions = planned().by("google_cloudfunctions2_function", "name")
    ingress = {name: each.at("service_config", 0, "ingress_settings") for name, each in functions.items()}

    assert open_places(planned()) == {"google_cloud_run_v2_service_iam_binding.webhook"}
    assert {name for name, taken in ingress.items() if taken != "ALLOW_INTERNAL_ONLY"} == {"aic-webhook"}


def test_sec_07_pushes_are_signed_by_the_account_that_may_call() -> None:
    """An account signs for one function, runs no function, and has no key that could be carried away."""
    subscriptions = planned().by("google_pubsub_subscription", "name").items()
    signers = {
        name: str(each.at("push_config", 0, "oidc_token", 0, "service_account_email"))
        for name, each in subscriptions
        if each.at("push_config")
    }
    running = planned().by("google_cloudfunctions2_function", "service_config", 0, "service_account_email")

    assert {name: f"serviceAccount:{signer}" for name, signer in signers.items()} == {
        **{f"aic-{name}-push": account(f"aic-{name}-push") for name in ("deploy", "plan", "snapshot", "command")},
        **{f"aic-{name}-dead-letter-push": account("aic-dead-letter-push") for name in TOPICS},
    }
    assert set(signers.values()) & set(running) == set()
    assert planned().of("google_service_account_key") == ()


def test_sec_07_another_door_would_be_found() -> None:
    """Each of the usual ways to let somebody else in is seen: the tests above can fail."""
    opened = plan_with({"infrastructure/planted.tf": PLANTED})
    other = "serviceAccount:other@example.iam.gserviceaccount.com"

    assert rights(opened) - rights(planned()) == {
        Right("aic-deploy", INVOKER, other),
        Right("aic-deploy", INVOKER, "?"),
        Right("aic-snapshot", INVOKER, "allUsers"),
        Right("aic-command", "roles/cloudfunctions.invoker", "allAuthenticatedUsers"),
        Right(PROJECT, INVOKER, other),
        Right("?", "roles/iam.serviceAccountTokenCreator", "user:eve@example.com"),
    }
    assert open_places(opened) - open_places(planned()) == {
        "google_cloud_run_service_iam_binding.public",
        "google_cloudfunctions2_function_iam_member.any_account",
    }
