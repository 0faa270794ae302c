"""Which pipelines a list is asked for, and in which order."""

from collections.abc import Callable, Mapping, Sequence

from emulators.gitlab.parameters import Params
from emulators.gitlab.project import Record
from emulators.gitlab.records import Condition, between, choice, ordered
from emulators.gitlab.status_machine import FINAL

STATES = (
    "created", "waiting_for_resource", "preparing", "waiting_for_callback", "pending", "running", "success", "failed",
    "canceling", "canceled", "skipped", "manual", "scheduled",
)  # fmt: skip
SOURCES = (
    "unknown", "push", "web", "trigger", "schedule", "api", "external", "pipeline", "chat", "webide",
    "merge_request_event", "external_pull_request_event", "parent_pipeline", "ondemand_dast_scan",
    "ondemand_dast_validation", "security_orchestration_policy", "container_registry_push",
)  # fmt: skip
_COLUMNS = ("id", "status", "ref", "updated_at", "user_id")
_SCOPES: Mapping[str, Callable[[Record], bool]] = {
    "": lambda _one: True,
    "running": lambda one: one["status"] == "running",
    "pending": lambda one: one["status"] == "pending",
    "finished": lambda one: one["status"] in FINAL,
    "branches": lambda one: not one["tag"],
    "tags": lambda one: bool(one["tag"]),
}


def chosen(pipelines: Sequence[Record], given: Params) -> list[Record]:
    """Those that fit every filter, sorted; by id downwards unless asked otherwise."""
    windows = [between(given, field=f"{word}_at", prefix=word) for word in ("updated", "created")]
    conditions = [*_closed(given), *_equal(given), *windows]
    scope = choice(given, "scope", among=tuple(_SCOPES), default="")
    rows = _newest_of_each(pipelines) if scope in {"branches", "tags"} else list(pipelines)
    rows = [one for one in rows if _SCOPES[scope](one) and all(fits(one) for fits in conditions)]
    by = choice(given, "order_by", among=_COLUMNS, default="id")
    direction = choice(given, "sort", among=("asc", "desc"), default="desc")
    keyed = [one | {"user_id": one["user"]["id"]} for one in rows]
    return ordered(keyed, by=by, direction=direction)


def _closed(given: Params) -> list[Condition]:
    """The filters with a closed set of values."""
    wanted = {
        "status": choice(given, "status", among=("", *STATES), default=""),
        "source": choice(given, "source", among=("", *SOURCES), default=""),
    }
    return [_is(field, value) for field, value in wanted.items() if value]


def _equal(given: Params) -> list[Condition]:
    conditions = [_is(field, given.text(field)) for field in ("ref", "sha", "name") if given.text(field)]
    if username := given.text("username"):
        conditions.append(lambda one: one["user"]["username"] == username)
    if given.get("yaml_errors") is not None:
        broken = given.flag("yaml_errors")
        conditions.append(lambda one: (one["yaml_errors"] is not None) is broken)
    return conditions


def _is(field: str, value: str) -> Condition:
    return lambda one: bool(one[field] == value)


def _newest_of_each(pipelines: Sequence[Record]) -> list[Record]:
    """The newest pipeline of each branch and tag."""
    return list({(one["ref"], one["tag"]): one for one in pipelines}.values())
