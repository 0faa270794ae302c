"""The parameters of a list of merge requests, as one condition and one order.

There are no milestones and no emoji here, so that naming one finds nothing.
"""

from functools import partial

from emulators.gitlab.errors import invalid
from emulators.gitlab.mergeability import is_draft
from emulators.gitlab.parameters import Params
from emulators.gitlab.project import Record
from emulators.gitlab.records import Condition, between, choice, numbered, ordered
from emulators.gitlab.user import User

_STATES = ("all", "opened", "closed", "merged", "locked")
_COLUMNS = ("created_at", "updated_at", "merged_at", "title")
_UNKEPT_COLUMNS = ("priority", "label_priority", "milestone_due", "popularity")
_UNKEPT = ("milestone", "my_reaction_emoji")
_SCOPES = ("all", "created_by_me", "created-by-me", "assigned_to_me", "assigned-to-me", "reviews_for_me")
_NEGATED = (
    "source_branch", "target_branch", "author_id", "author_username", "assignee_id", "assignee_username", "reviewer_id",
    "reviewer_username",
)  # fmt: skip
_NOBODY, _ANYBODY = ("none", "0"), "any"


def chosen(records: list[Record], given: Params, *, user: User) -> list[Record]:
    """The records that fit all parameters, newest creation first unless `order_by` and `sort` say otherwise.

    `user` is who is meant by `me`.
    """
    conditions = [*_exact(given), *_times(given), *_contents(given), *_people(given, user), *_unwanted(given)]
    by = choice(given, "order_by", among=(*_COLUMNS, *_UNKEPT_COLUMNS), default="created_at")
    direction = choice(given, "sort", among=("asc", "desc"), default="desc")
    fitting = [record for record in records if all(holds(record) for holds in conditions)]
    return ordered(fitting, by=by if by in _COLUMNS else "id", direction=direction)


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
    texts = _searched(given)
    draft = given.text("wip") or given.text("draft")
    return [
        lambda record: _labelled(record, labels),
        lambda record: any(search in str(record[name] or "").lower() for name in texts),
        lambda record: not iids or record["iid"] in iids,
        lambda record: not draft or is_draft(record["title"]) is (draft.lower() in {"yes", "true", "1"}),
    ]


def _searched(given: Params) -> list[str]:
    names = given.texts("in") or ["title", "description"]
    if set(names) - {"title", "description"}:
        raise invalid("in does not have a valid value")
    return names


def _people(given: Params, user: User) -> list[Condition]:
    """By number, by name, `None` or `Any`; for whoever wrote it, has it assigned or reviews it."""
    scope = choice(given, "scope", among=_SCOPES, default="all").replace("-", "_")
    mine = {"created_by_me": "author", "assigned_to_me": "assignee", "reviews_for_me": "reviewer"}.get(scope)
    wanted = {
        (role, key): given.text(f"{role}_{word}").lower()
        for role in ("author", "assignee", "reviewer")
        for word, key in (("id", "id"), ("username", "username"))
    }
    asked = [(role, key, value) for (role, key), value in wanted.items() if value]
    asked += [(mine, "id", str(user.id))] if mine else []
    return [partial(_is_with, role=role, key=key, value=value) for role, key, value in asked]


def _is_with(record: Record, *, role: str, key: str, value: str) -> bool:
    people = [record["author"]] if role == "author" else record[f"{role}s"]
    if value in _NOBODY or value == _ANYBODY:
        return bool(people) is (value == _ANYBODY)
    return value in [str(person[key]).lower() for person in people]


def _is_without(record: Record, *, role: str, key: str, value: str) -> bool:
    return not _is_with(record, role=role, key=key, value=value)


def _differs(record: Record, *, key: str, value: str) -> bool:
    return bool(record[key] != value)


def _unwanted(given: Params) -> list[Condition]:
    """What `not[…]` rules out, and what nothing here has."""
    negated = {name: given.text(f"not[{name}]") for name in _NEGATED if f"not[{name}]" in given}
    labels = set(given.texts("not[labels]"))
    conditions: list[Condition] = [lambda record: not labels & set(record["labels"])]
    for name, value in negated.items():
        role, _, key = name.partition("_")
        if key == "branch":
            conditions.append(partial(_differs, key=name, value=value))
        else:
            conditions.append(partial(_is_without, role=role, key=key, value=value.lower()))
    named = [given.text(name).lower() for name in _UNKEPT if given.text(name)]
    return [*conditions, lambda _record: all(value == "none" for value in named)]


def _labelled(record: Record, labels: list[str]) -> bool:
    if [label.lower() for label in labels] in (["none"], ["any"]):
        return bool(record["labels"]) is (labels[0].lower() == "any")
    return set(labels) <= set(record["labels"])


def _numbers(given: Params, name: str) -> list[int]:
    texts = given.texts(name)
    if not all(text.isdecimal() for text in texts):
        raise invalid(f"{name} is invalid")
    return [numbered(text) for text in texts]
