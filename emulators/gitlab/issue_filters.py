"""The parameters of a list of issues, as one condition and one order."""

from emulators.gitlab.errors import invalid
from emulators.gitlab.parameters import Params
from emulators.gitlab.project import Record
from emulators.gitlab.records import Condition, between, choice, ordered

_COLUMNS = ("created_at", "updated_at", "title", "due_date", "priority", "label_priority")


def chosen(records: list[Record], given: Params) -> list[Record]:
    """The issues that fit all parameters, newest creation first unless `order_by` and `sort` say otherwise."""
    conditions = [*_exact(given), *_contents(given)]
    conditions += [between(given, field=f"{word}_at", prefix=word) for word in ("created", "updated")]
    by = choice(given, "order_by", among=_COLUMNS, default="created_at")
    direction = choice(given, "sort", among=("asc", "desc"), default="desc")
    fitting = [record for record in records if all(holds(record) for holds in conditions)]
    return ordered(
        fitting, by=by if by in ("created_at", "updated_at", "title", "due_date") else "id", direction=direction
    )


def _exact(given: Params) -> list[Condition]:
    state = choice(given, "state", among=("all", "opened", "closed"), default="all")
    author, username, assignee = given.number("author_id"), given.text("author_username"), given.text("assignee_id")
    return [
        lambda record: state in ("all", record["state"]),
        lambda record: author in {0, record["author"]["id"]} and username in {"", record["author"]["username"]},
        lambda record: assignee in ("", *_assigned(record)),
        lambda record: "confidential" not in given or record["confidential"] is given.flag("confidential"),
    ]


def _assigned(record: Record) -> list[str]:
    """What `assignee_id` may say of the issue."""
    numbers = [str(person["id"]) for person in record["assignees"]]
    return [*numbers, "Any", "any"] if numbers else ["None", "none", "0"]


def _contents(given: Params) -> list[Condition]:
    labels, search, iids = given.texts("labels"), given.text("search").lower(), given.texts("iids")
    if not all(text.isdecimal() for text in iids):
        raise invalid("iids is invalid")
    return [
        lambda record: _labelled(record, labels),
        lambda record: search in f"{record['title']}\n{record['description'] or ''}".lower(),
        lambda record: not iids or str(record["iid"]) in iids,
    ]


def _labelled(record: Record, labels: list[str]) -> bool:
    if [label.lower() for label in labels] in (["none"], ["any"]):
        return bool(record["labels"]) is (labels[0].lower() == "any")
    return set(labels) <= set(record["labels"])
