"""A question about many workspaces → one message for each, so that one that fails or is slow holds up no other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..deadline import Deadline
from ..domain import posting
from ..domain.posting import Posting
from ..domain.spread_report import SpreadReport
from ..ports import Publisher
from . import asking


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, who asks; `message` is the body for a project and one of its workspaces.

    `attributes` are passed on, so that who asks stays known.
    """

    kind: str
    topic: str
    message: Callable[[str, str], bytes]
    attributes: Mapping[str, str]
    by: str = ""


def spread(
    question: Question, places: Sequence[tuple[str, str]], *, publisher: Publisher, deadline: Deadline
) -> SpreadReport:
    """`places` are projects with their workspaces, or with none where the question is about a project as a whole.

    Raises Transient when Pub/Sub can't be reached: the next delivery asks for all of them again, which does no harm.
    """
    for project, workspace in places:
        letter = Posting(
            question.topic,
            question.message(project, workspace),
            posting.ordering_key(project, workspace),
            {**question.attributes, "project": project, **_named(workspace)},
        )
        asking.post(letter, publisher=publisher, deadline=deadline)
    return SpreadReport(question.kind, tuple(places), question.by)


def _named(workspace: str) -> Mapping[str, str]:
    return {"workspace": posting.attribute(workspace)} if workspace else {}
