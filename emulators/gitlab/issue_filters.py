"""The parameters of a list of issues, as one condition and one order."""

from emulators.gitlab.parameters import Params
from emulators.gitlab.project import Record
from emulators.gitlab.record_filters import UNKEPT_COLUMNS, contents, people
from emulators.gitlab.records import Condition, between, choice, ordered
from emulators.gitlab.user import User

TYPES = ("issue", "incident", "test_case", "task")
_COLUMNS = ("created_at", "updated_at", "title", "due_date")
_UNKEPT = (*UNKEPT_COLUMNS, "relative_position", "weight")


def chosen(records: list[Record], given: Params, *, user: User, scope: str = "all") -> list[Record]:
    """The issues that fit all parameters, newest creation first unless `order_by` and `sort` say otherwise.

    `user` is who is meant by `me`, `scope` what is meant where none is given.
    """
    conditions = [*_exact(given), *contents(given)]
    conditions += people(given, user, roles=("author", "assignee"), scope=scope)
    conditions += [between(given, field=f"{word}_at", prefix=word) for word in ("created", "updated")]
    by = choice(given, "order_by", among=(*_COLUMNS, *_UNKEPT), default="created_at")
    direction = choice(given, "sort", among=("asc", "desc"), default="desc")
    fitting = [record for record in records if all(holds(record) for holds in conditions)]
    return ordered(fitting, by=by if by in _COLUMNS else "id", direction=direction)


def _exact(given: Params) -> list[Condition]:
    state = choice(given, "state", among=("all", "opened", "closed"), default="all")
    kind = choice(given, "issue_type", among=("", *TYPES), default="")
    return [
        lambda record: state in ("all", record["state"]),
        lambda record: kind in ("", record["issue_type"]),
        lambda record: "confidential" not in given or record["confidential"] is given.flag("confidential"),
    ]
