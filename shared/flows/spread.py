"""A snapshot of many workspaces → one message for each, so that one that fails or is slow holds up no other."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..deadline import Deadline
from ..domain import posting
from ..domain.messages.snapshot import SnapshotRequest
from ..domain.posting import Posting
from ..domain.spread_report import SpreadReport
from ..ports import Publisher
from . import asking


def spread(
    request: SnapshotRequest,
    places: Sequence[tuple[str, str]],
    *,
    attributes: Mapping[str, str],
    publisher: Publisher,
    deadline: Deadline,
) -> SpreadReport:
    """`places` are projects with their workspaces; `attributes` are passed on, so that who asks stays known.

    Raises Transient when Pub/Sub can't be reached: the next delivery asks for all of them again, which does no harm.
    """
    for project, workspace in places:
        asked = replace(request, project=project, workspace=workspace)
        letter = Posting(
            posting.SNAPSHOT,
            asked.encode(),
            posting.ordering_key(project, workspace),
            {**attributes, "project": project, "workspace": posting.attribute(workspace)},
        )
        asking.post(letter, publisher=publisher, deadline=deadline)
    return SpreadReport(tuple(places), request.by or "")
