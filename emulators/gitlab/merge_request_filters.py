"""The parameters of a list of merge requests, as one condition and one order."""

from emulators.gitlab.mergeability import is_draft
from emulators.gitlab.parameters import Params
from emulators.gitlab.project import Record
from emulators.gitlab.record_filters import UNKEPT_COLUMNS, contents, people
from emulators.gitlab.records import Condition, between, choice, ordered
from emulators.gitlab.user import User

_STATES = ("all", "opened", "closed", "merged", "locked")
_COLUMNS = ("created_at", "updated_at", "merged_at", "title")
_BRANCHES = ("source_branch", "target_branch")
_ROLES = ("author", "assignee", "reviewer")


def chosen(records: list[Record], given: Params, *, user: User) -> list[Record]:
    """The records that fit all parameters, newest creation first unless `order_by` and `sort` say otherwise.

    `user` is who is meant by `me`.
    """
    conditions = [*_exact(given), *_times(given), *contents(given), *people(given, user, roles=_ROLES)]
    by = choice(given, "order_by", among=(*_COLUMNS, *UNKEPT_COLUMNS), default="created_at")
    direction = choice(given, "sort", among=("asc", "desc"), default="desc")
    fitting = [record for record in records if all(holds(record) for holds in conditions)]
    return ordered(fitting, by=by if by in _COLUMNS else "id", direction=direction)


def _exact(given: Params) -> list[Condition]:
    state = choice(given, "state", among=_STATES, default="all")
    wanted = {key: given.text(key) for key in _BRANCHES if given.text(key)}
    unwanted = {key: given.text(f"not[{key}]") for key in _BRANCHES if given.text(f"not[{key}]")}
    if state != "all":
        wanted["state"] = state
    draft = given.text("wip") or given.text("draft")
    return [
        lambda record: all(record[key] == value for key, value in wanted.items()),
        lambda record: all(record[key] != value for key, value in unwanted.items()),
        lambda record: not draft or is_draft(record["title"]) is (draft.lower() in {"yes", "true", "1"}),
    ]


def _times(given: Params) -> list[Condition]:
    return [between(given, field=f"{word}_at", prefix=word) for word in ("created", "updated", "merged")]
