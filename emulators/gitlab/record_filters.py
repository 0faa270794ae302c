"""What lists of merge requests and of issues can be asked for alike: people, texts, labels, and what they are not.

There are no milestones and no emoji here, so that naming one finds nothing.
"""

from functools import partial

from emulators.gitlab.errors import invalid
from emulators.gitlab.parameters import Params
from emulators.gitlab.project import Record
from emulators.gitlab.records import Condition, choice, numbered
from emulators.gitlab.user import User

UNKEPT_COLUMNS = ("priority", "label_priority", "milestone_due", "popularity")
_UNKEPT = ("milestone", "my_reaction_emoji")
_SCOPES = {"created_by_me": "author", "assigned_to_me": "assignee", "reviews_for_me": "reviewer"}
_NOBODY, _ANYBODY = ("none", "0"), "any"


def contents(given: Params) -> list[Condition]:
    """By labels, by words in title or description, by number."""
    labels, search, iids = given.texts("labels"), given.text("search").lower(), _numbers(given, "iids")
    unwanted, names = set(given.texts("not[labels]")), _searched(given)
    unkept = [given.text(name).lower() for name in _UNKEPT if given.text(name)]
    return [
        lambda record: _labelled(record, labels),
        lambda record: not unwanted & set(record["labels"]),
        lambda record: any(search in str(record[name] or "").lower() for name in names),
        lambda record: not iids or record["iid"] in iids,
        lambda _record: all(value == "none" for value in unkept),
    ]


def people(given: Params, user: User, *, roles: tuple[str, ...], scope: str = "all") -> list[Condition]:
    """By number, by name, `None` or `Any`, for each role; `scope` is what is meant where none is given."""
    known = {name: role for name, role in _SCOPES.items() if role in roles}
    asked_for = choice(given, "scope", among=("all", *known, *map(_dashed, known)), default=scope).replace("-", "_")
    conditions: list[Condition] = []
    if asked_for in known:
        conditions.append(partial(_is_with, role=known[asked_for], key="id", values={str(user.id)}))
    for role in roles:
        for key in ("id", "username"):
            wanted, unwanted = (_values(given, name) for name in (f"{role}_{key}", f"not[{role}_{key}]"))
            if wanted:
                conditions.append(partial(_is_with, role=role, key=key, values=wanted))
            if unwanted:
                conditions.append(partial(_is_without, role=role, key=key, values=unwanted))
    return conditions


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def _values(given: Params, name: str) -> set[str]:
    return {text.lower() for text in given.texts(name)}


def _is_with(record: Record, *, role: str, key: str, values: set[str]) -> bool:
    found = [record["author"]] if role == "author" else record[f"{role}s"]
    if _ANYBODY in values:
        return bool(found)
    if values & set(_NOBODY):
        return not found
    return bool(values & {str(person[key]).lower() for person in found})


def _is_without(record: Record, *, role: str, key: str, values: set[str]) -> bool:
    return not _is_with(record, role=role, key=key, values=values)


def _searched(given: Params) -> list[str]:
    names = given.texts("in") or ["title", "description"]
    if set(names) - {"title", "description"}:
        raise invalid("in does not have a valid value")
    return names


def _labelled(record: Record, labels: list[str]) -> bool:
    if [label.lower() for label in labels] in (["none"], ["any"]):
        return bool(record["labels"]) is (labels[0].lower() == "any")
    return set(labels) <= set(record["labels"])


def _numbers(given: Params, name: str) -> list[int]:
    texts = given.texts(name)
    if not all(text.isdecimal() for text in texts):
        raise invalid(f"{name} is invalid")
    return [numbered(text) for text in texts]
