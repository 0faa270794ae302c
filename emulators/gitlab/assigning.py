"""Who is to see to a merge request or an issue, and who is to review it.

Of several people the free edition keeps the first one.
"""

from emulators.gitlab.acts import Act
from emulators.gitlab.parameters import Params
from emulators.gitlab.project import Record
from emulators.gitlab.records import numbered
from emulators.gitlab.shapes import user_json


def assignees(act: Act, given: Params) -> list[Record] | None:
    """What `assignee_ids` or `assignee_id` make of it; None where neither is given. Unknown ids are left out."""
    return _people(act, given, "assignee_ids", "assignee_id")


def reviewers(act: Act, given: Params) -> list[Record] | None:
    """What `reviewer_ids` make of it, as above."""
    return _people(act, given, "reviewer_ids")


def _people(act: Act, given: Params, *names: str) -> list[Record] | None:
    if not any(name in given for name in names):
        return None
    named = next(filter(None, map(given.texts, names)), [])
    people = [act.world.users.get(numbered(text)) for text in named if text]
    return [user_json(act.world, person) for person in people if person][:1]
