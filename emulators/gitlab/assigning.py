"""Whom a merge request or an issue is assigned to: of several people the free edition keeps the first one."""

from emulators.gitlab.acts import Act
from emulators.gitlab.parameters import Params
from emulators.gitlab.project import Record
from emulators.gitlab.records import numbered
from emulators.gitlab.shapes import user_json


def assignees(act: Act, given: Params) -> list[Record] | None:
    """What `assignee_ids` or `assignee_id` make of it; None where neither is given. Unknown ids are left out."""
    if "assignee_ids" not in given and "assignee_id" not in given:
        return None
    named = given.texts("assignee_ids") or given.texts("assignee_id")
    people = [act.world.users.get(numbered(text)) for text in named if text]
    return [user_json(act.world, person) for person in people if person][:1]
