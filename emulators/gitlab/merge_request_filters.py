"""The parameters of a list of merge requests, as one condition and one order."""

from emulators.gitlab.errors import invalid
from emulators.gitlab.mergeability import is_draft
from emulators.gitlab.parameters import Params
from emulators.gitlab.project import Record
from emulators.gitlab.records import Condition, between, choice, ordered

_STATES = ("all", "opened", "closed", "merged", "locked")
_COLUMNS = ("created_at", "updated_at", "merged_at", "title")


def chosen(records: list[Record], given: Params) -> list[Record]:
    """The records that fit all parameters, newest creation first unless `order_by` and `sort` say otherwise."""
    conditions = [*_exact(given), *_times(given), *_contents(given)]
    by = choice(given, "order_by", among=_COLUMNS, default="created_at")
    direction = choice(given, "sort", among=("asc", "desc"), default="desc")
    fitting = [record for record in records if all(holds(record) for holds in conditions)]
    return ordered(fitting, by=by, direction=direction)


def _exact(given: Params) -> list[Condition]:
    state = choice(given, "state", among=_STATES, default="all")
    wanted = {key: given.text(key) for key in ("source_branch", "target_branch") if given.text(key)}
    if state != "all":
        wanted["state"] = state
    return [lambda record: all(record[key] == value for key, value in wanted.items())]


def _times(given: Params) -> list[Condition]:
    return [between(given, field=f"{word}_at", prefix=word) for word in ("created", "updated", "merged")]


def _contents(given: Params) -> list[Condition]:
    labels, search, iids = given.texts("labels"), given.text("search").lower(), _numbers(given, "iids")
    author, username = given.number("author_id"), given.text("author_username")
    draft = given.text("wip") or given.text("draft")
    return [
        lambda record: _labelled(record, labels),
        lambda record: search in f"{record['title']}\n{record['description'] or ''}".lower(),
        lambda record: not iids or record["iid"] in iids,
        lambda record: author in {0, record["author"]["id"]} and username in {"", record["author"]["username"]},
        lambda record: not draft or is_draft(record["title"]) is (draft.lower() in {"yes", "true", "1"}),
    ]


def _labelled(record: Record, labels: list[str]) -> bool:
    if [label.lower() for label in labels] in (["none"], ["any"]):
        return bool(record["labels"]) is (labels[0].lower() == "any")
    return set(labels) <= set(record["labels"])


def _numbers(given: Params, name: str) -> list[int]:
    texts = given.texts(name)
    if not all(text.isdecimal() for text in texts):
        raise invalid(f"{name} is invalid")
    return [int(text) for text in texts]
