"""Pipelines of a Git branch laid into AIC's editor, and interactive branches deleted that nobody needs any more."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from ..domain import content, copies
from ..domain.aic import Named
from ..domain.answer import Outcome
from ..domain.content import Content
from ..domain.copy_report import Handled
from ..domain.errors import Refused
from ..domain.layout import config_path
from ..domain.messages.manual import DeleteInteractiveBranches, PushInteractiveBranch
from . import shelf
from .answering import Asker
from .copies import Kind, each_of, ended, hand_out, jobs, single, told
from .outside import Outside

_PEOPLES = "of a name that people chose, so that only `all` deletes it"
_YOUNG = "not old enough"


def push(request: PushInteractiveBranch, asker: Asker, outside: Outside) -> Handled:
    """Makes them, finds them, or says why not; raises as `copies.told` does."""
    begun = Handled(
        "push_interactive_branch", Outcome.REFUSED, request.project, workspace=request.workspace, by=asker.by
    )
    return told(begun, partial(_pushed, request=request, asker=asker, outside=outside), asker, outside)


def delete(request: DeleteInteractiveBranches, asker: Asker, outside: Outside) -> Handled:
    """Deletes them, or says why not; raises as `copies.told` does."""
    begun = Handled(
        "delete_interactive_branches", Outcome.REFUSED, request.project, workspace=request.workspace, by=asker.by
    )
    return told(begun, partial(_deleted, request=request, asker=asker, outside=outside), asker, outside)


def _pushed(begun: Handled, request: PushInteractiveBranch, asker: Asker, outside: Outside) -> Handled:
    branch = request.branch or begun.branch
    if not branch:
        raise Refused("workspace-not-mapped", f"`{request.workspace}` has no branch: name the `branch`")
    head = outside.repository.head(branch)
    if head is None:
        raise Refused("branch-missing", f"GitLab has no branch `{branch}`")
    in_git = _in_git(request.pipelines, branch, head, outside)
    ids = single(request.pipelines, request.workspace, outside)
    report = replace(begun, source=head, outcome=Outcome.PLANNED if request.dry_run else begun.outcome)
    return hand_out(Kind(copies.PUSHED, lambda title, _: in_git[title]), ids, report, asker, outside)


def _in_git(titles: Sequence[str], branch: str, head: str, outside: Outside) -> dict[str, Content]:
    found: dict[str, Content] = {}
    for title, data in shelf.contents(head, sorted(set(titles)), outside):
        try:
            found[title] = content.of_file(data)
        except Refused as error:
            raise Refused(error.reason, f"`{config_path(title)}`: {error.detail}") from None
    missing = [title for title in titles if title not in found]
    if missing:
        raise Refused("unknown-pipeline", f"`{branch}` has no pipeline `{missing[0]}`; check the spelling")
    return found


def _deleted(begun: Handled, request: DeleteInteractiveBranches, asker: Asker, outside: Outside) -> Handled:
    desk = outside.open_desk(request.workspace)
    ids = jobs(request.pipelines, request.workspace, outside)

    def clear(pipeline: tuple[str, str]) -> list[tuple[str, str]]:
        """Names, with why they stay."""
        found = []
        for job_id in ids[pipeline[0]]:
            for each in desk.copies(job_id):
                why = _kept(each, request, asker)
                if not why and not request.dry_run:
                    desk.delete_copy(job_id, each.id)
                found.append((each.name, why))
        return found

    cleared, troubles = each_of(clear, [(title, "") for title in ids], asker, outside)
    report = replace(
        begun,
        outcome=Outcome.PLANNED if request.dry_run else begun.outcome,
        done=tuple((title, name) for title, found in cleared.items() for name, why in found if not why),
        left_out=tuple(
            (title, f"`{_plain(name)}` is {why}") for title, found in cleared.items() for name, why in found if why
        ),
    )
    return ended(report, troubles)


def _plain(name: str) -> str:
    return name.replace("`", "'")


def _kept(each: Named, request: DeleteInteractiveBranches, asker: Asker) -> str:
    """Why it stays, empty where it is to go."""
    made = copies.made_at(each.name)
    if made is None:
        return "" if request.all else _PEOPLES
    if request.older_than is None or made < asker.run.moment - timedelta(days=request.older_than):
        return ""
    return _YOUNG
