"""The merge request of a branch of the Git flow: found and brought up to date, or opened."""

from dataclasses import dataclass, replace
from functools import partial

from ..domain import promotion_note, route
from ..domain.answer import Outcome
from ..domain.counting import pipelines
from ..domain.errors import Refused
from ..domain.gitlab import AS_IT_COMES, Care, Proposal
from ..domain.layout import titles_of
from ..domain.mapping import Mapping
from ..domain.messages.promotion import CreateMergeRequest
from ..domain.promotion_report import Promoted
from .answering import Asker, answered
from .outside import Outside
from .target import check_allowed, read_mapping


@dataclass(frozen=True, slots=True)
class Wording:
    """What the asker wants the merge request to say; without a title or description of theirs it has one of ours."""

    title: str = ""
    words: str = ""
    care: Care = AS_IT_COMES


def create_merge_request(request: CreateMergeRequest, *, asker: Asker, outside: Outside) -> Promoted:
    """Opens it, finds it, or says why not; raises Transient while another delivery may do better.

    Raises Refused where the branch leads nowhere.
    """
    mapping, _ = read_mapping(outside.repository)
    target = _target(request, mapping, asker)
    begun = Promoted(
        "create_merge_request",
        Outcome.REFUSED,
        request.project,
        request.source,
        by=asker.by,
        source=request.source,
        target=target,
        name=request.source,
    )
    care = Care(request.labels, request.assignees, request.squash)
    wording = Wording(request.title or "", request.description or "", care)
    find = partial(_found, begun, wording, dry_run=request.dry_run, outside=outside)
    return answered(begun, find, promotion_note.answer, asker=asker, outside=outside)


def proposed(report: Promoted, wording: Wording, outside: Outside) -> Promoted:
    """The report with its merge request, one for each pair of branches, however often it is asked for."""
    mark = promotion_note.mark(report.name)
    text = promotion_note.description(report, first_line=mark, words=wording.words)
    existing = next(iter(outside.repository.proposals(target=report.target, state="opened", source=report.name)), None)
    found = existing or outside.repository.propose(
        report.name, report.target, title=wording.title or _title(report), description=text, care=wording.care
    )
    if existing is not None:
        _update(existing, wording, text, mark, outside)
    return replace(report, outcome=Outcome.PROPOSED, detail="", iid=found.iid, url=found.url)


def _update(existing: Proposal, wording: Wording, text: str, mark: str, outside: Outside) -> None:
    """A description that people wrote is only replaced by one that people ask for."""
    ours = existing.author == outside.repository.own_id() and existing.description.startswith(mark)
    title = wording.title if wording.title not in ("", existing.title) else None
    description = text if (ours or wording.words) and existing.description != text else None
    if title is not None or description is not None or wording.care != AS_IT_COMES:
        outside.repository.edit_proposal(existing.iid, title=title, description=description, care=wording.care)


def _target(request: CreateMergeRequest, mapping: Mapping, asker: Asker) -> str:
    way = route.of_branch(request.source)
    if request.target is None and way is None:
        raise Refused(
            "route-unknown", f"the Git flow says nothing of where `{request.source}` is merged: name the `target`"
        )
    target = request.target or route.branch_of(way.target if way else "", mapping)
    if target == request.source:
        raise Refused("route-unknown", f"`{target}` can't be merged into itself")
    if target in mapping.exact:
        check_allowed(mapping.exact[target], asker.allowed)
    return target


def _found(begun: Promoted, wording: Wording, *, dry_run: bool, outside: Outside) -> Promoted:
    repository = outside.repository
    heads = []
    for branch in (begun.source, begun.target):
        head = repository.head(branch)
        if head is None:
            raise Refused("branch-missing", f"GitLab has no branch `{branch}`")
        heads.append(head)
    changes = repository.compare(heads[1], heads[0])
    report = replace(begun, titles=tuple(sorted(titles_of(changes.paths))))
    if not changes.commits:
        return replace(report, outcome=Outcome.NOTHING, detail=f"`{begun.target}` has all of it")
    if dry_run:
        return replace(report, outcome=Outcome.PLANNED, detail="This was a dry run: nothing was opened.")
    return proposed(report, wording, outside)


def _title(report: Promoted) -> str:
    """Of a branch whose name is made of plain letters; of any other the name is left to GitLab's own line."""
    count = pipelines(len(report.titles))
    way = route.of_branch(report.name)
    plain = report.name if way is not None and way.branch(report.name) == report.name else "A branch"
    return f"{plain}: {count}"
