"""A copy: what one workspace has is put live in another one by the deploy, which alone writes pipelines.

The deploy brings it from a commit. So what runs in a workspace is copied as far as Git has it, and nothing else is:
what was copied can be looked up later.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from ..domain import content, posting, return_note
from ..domain.answer import Outcome
from ..domain.content import Content
from ..domain.errors import Refused, Transient
from ..domain.layout import CONFIG_FOLDER, titles_of
from ..domain.messages.deploy import DeployRequest
from ..domain.messages.manual import CopyPipelines
from ..domain.return_report import Returned
from ..domain.source import AtCommit
from . import asking, inventory, shelf
from .answering import Asker, answered
from .outside import Outside
from .target import check_allowed, deployed_from, read_mapping

_DIFFERS = "what runs there is not what its branch has"


def copy_pipelines(request: CopyPipelines, asker: Asker, outside: Outside) -> Returned:
    """Asks for the deploy, or says why not; raises Transient while another delivery may do better.

    Raises Refused where the workspace has no branch for an answer to stand on.
    """
    branch = deployed_from(request.to, allowed=asker.allowed, repository=outside.repository)
    begun = Returned("copy_pipelines", Outcome.REFUSED, request.project, branch, request.to, by=asker.by)
    find = partial(_copied, begun, request, asker, outside)
    return answered(begun, find, return_note.answer, asker=asker, outside=outside)


def _copied(begun: Returned, request: CopyPipelines, asker: Asker, outside: Outside) -> Returned:
    if request.confirm != request.to:
        raise Refused("confirm-mismatch", f"`confirm` must be the name of the workspace, `{request.to}`")
    branch, workspace = _origin(request.origin, asker, outside)
    if branch == begun.branch:
        raise Refused("message-invalid", f"`{request.to}` can't be copied onto itself")
    head = outside.repository.head(branch)
    if head is None:
        raise Refused("branch-missing", f"GitLab has no branch `{branch}`")
    titles = tuple(sorted(set(request.pipelines)))
    begun = replace(begun, source=str(AtCommit(head)), titles=titles)
    missing = sorted(set(titles) - titles_of(tuple(outside.repository.tree(head, CONFIG_FOLDER))))
    if missing and not workspace:
        raise Refused("unknown-pipeline", f"`{branch}` has no pipeline `{missing[0]}`; check the spelling")
    others = _differing(titles, head, workspace, outside) if workspace else ()
    if others:
        detail = f"ask for a snapshot of `{workspace}` first, or copy `from` the branch `{branch}`"
        return replace(
            begun, reason="live-not-in-git", detail=detail, left_out=tuple((each, _DIFFERS) for each in others)
        )
    return _asked(begun, request, asker, outside)


def _origin(place: str, asker: Asker, outside: Outside) -> tuple[str, str]:
    """The branch that Git has it on and, where it is what runs that is wanted, the workspace."""
    mapping, _ = read_mapping(outside.repository)
    if place in mapping.exact:
        check_allowed(mapping.exact[place], asker.allowed)
        return place, ""
    return deployed_from(place, allowed=asker.allowed, repository=outside.repository), place


def _differing(titles: Sequence[str], head: str, workspace: str, outside: Outside) -> Sequence[str]:
    """Which of the pipelines run in a version that is not Git's at that commit."""
    found = inventory.read(outside.open_workspace(workspace), outside, only=titles, may_be_empty=False)
    for title in titles:
        if title not in found.titles:
            raise Refused("unknown-pipeline", f"`{workspace}` has no pipeline `{title}`; check the spelling")
        if title in found.twins:
            raise Refused("unknown-pipeline", f"`{workspace}` has several pipelines `{title}`")
        if title in found.unreadable:
            raise Transient("aic-odd-answer", f"`{title}` in AIC: {found.unreadable[title]}")
    in_git = {title: _readable(data) for title, data in shelf.contents(head, list(titles), outside)}
    return [title for title in titles if found.found[title].content != in_git.get(title)]


def _readable(data: bytes) -> Content | None:
    try:
        return content.of_file(data)
    except Refused:
        return None


def _asked(begun: Returned, request: CopyPipelines, asker: Asker, outside: Outside) -> Returned:
    wanted = DeployRequest(
        project=request.project,
        branch=begun.branch,
        pipelines=begun.titles,
        dry_run=request.dry_run,
        confirm=request.confirm,
        source=begun.source,
        by=asker.by or None,
    )
    stored = asking.for_deploy(wanted, origin=posting.COMMANDED, request_id=asker.request_id, outside=outside)
    return replace(begun, outcome=Outcome.ASKED, messages=(stored,))
