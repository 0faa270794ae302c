"""A force push, told top to bottom: what runs is read, compared with the branch, read again, and committed.

It is the only flow that lets AIC win over what was merged, so it names what gives way, and Git's history keeps that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

from ..domain import batches, command_news, content, force_report, note, trailers
from ..domain.answer import Outcome
from ..domain.content import Content
from ..domain.counting import pipelines
from ..domain.errors import Permanent, Refused, Transient
from ..domain.force_report import Forced
from ..domain.gitlab import FileAction, OnCommit, Proposal, blob_id
from ..domain.layout import CONFIG_FOLDER, config_path, title_of, titles_of
from ..domain.mapping import slug
from ..domain.messages.manual import ForcePush
from ..domain.titles import Titles, known
from . import answering, direct, inventory, shelf, storable
from .answering import Asker, announced, answered
from .draft import Parcel, code_at, draft
from .inventory import Inventory
from .journals import own_note
from .outside import Outside
from .target import deployed_from, read_mapping

BRANCHES = "aic-force-push/"
_ABSENT = "AIC has no such pipeline, and a force push deletes nothing"


@dataclass(frozen=True, slots=True)
class Load:
    """What runs, as it is to stand in Git; `titles` settle who owns a file."""

    live: Inventory = field(repr=False)
    parcels: tuple[Parcel, ...] = field(repr=False)
    titles: Titles = field(repr=False)
    left_out: tuple[tuple[str, str], ...]


def force_push(request: ForcePush, asker: Asker, outside: Outside) -> Forced:
    """Commits, opens the merge request, or says why not; raises Transient while another delivery may do better.

    Raises Refused where the workspace has no branch.
    """
    branch = deployed_from(request.workspace, allowed=asker.allowed, repository=outside.repository)
    begun = Forced("force_push", Outcome.REFUSED, request.project, branch, request.workspace, by=asker.by)
    find = partial(_forced, begun, request, asker, outside)
    done = answered(begun, find, force_report.answer, asker=asker, outside=outside)
    news = command_news.of_forced(done)
    return replace(done, untold=done.untold + announced(news, asker, outside.in_reserve()))


def _forced(begun: Forced, request: ForcePush, asker: Asker, outside: Outside) -> Forced:
    if request.confirm != request.workspace:
        raise Refused("confirm-mismatch", f"`confirm` must be the name of the workspace, `{request.workspace}`")
    head = outside.repository.head(begun.branch)
    if head is None:
        raise Refused("branch-missing", f"GitLab has no branch `{begun.branch}`")
    load = _load(request, head, asker, outside)
    groups = _groups(load, head, outside)
    report = replace(begun, changed=tuple(_gives_way(group, load.titles) for group in groups), left_out=load.left_out)
    if not groups and (earlier := _earlier(report, head, asker, outside)):
        return _noted(earlier, asker, outside)
    if not groups:
        return replace(report, outcome=Outcome.NOTHING, detail=f"`{begun.branch}` has what AIC runs")
    if request.dry_run:
        return replace(report, outcome=Outcome.PLANNED, detail="This was a dry run: nothing was committed.")
    found = load.live.found
    titles = [title for title, _ in report.changed]
    workspace = outside.open_workspace(request.workspace)
    direct.reread({title: (found[title].id, found[title].content) for title in titles}, workspace, outside)
    return _written(report, load, groups, head, asker, outside)


def _load(request: ForcePush, head: str, asker: Asker, outside: Outside) -> Load:
    mapping, _ = read_mapping(outside.repository)
    workspace = outside.open_workspace(request.workspace)
    live = inventory.read(workspace, outside, only=request.pipelines, may_be_empty=False)
    missing = [title for title in request.pipelines or () if title not in live.titles]
    if missing:
        raise Refused("unknown-pipeline", f"`{request.workspace}` has no pipeline `{missing[0]}`; check the spelling")
    if live.unreadable and not asker.final:
        raise Transient("aic-odd-answer", f"AIC did not give {len(live.unreadable)} of the pipelines")
    configs = outside.repository.tree(head, CONFIG_FOLDER)
    titles = known({**configs, **code_at(head, live.titles, outside)}, live=live.titles)
    wanted = [title for title in live.found if not mapping.ignored(title)]
    other = _differing(wanted, live, head, configs, outside)
    stored = storable.sort(((title, live.found[title].file) for title in other), titles, outside.repository)
    absent = sorted(titles.stored - live.titles) if request.pipelines is None else []
    left_out = {
        **dict.fromkeys(absent, _ABSENT),
        **live.unreadable,
        **dict.fromkeys(live.twins, "AIC has several pipelines of this title"),
        **dict.fromkeys((title for title in live.found if title not in wanted), "the mapping file ignores it"),
        **stored.withheld,
    }
    parcels = tuple(Parcel(title, files) for title, files in sorted(stored.files.items()))
    return Load(live, parcels, titles, tuple(sorted(left_out.items())))


def _differing(
    titles: Sequence[str], live: Inventory, head: str, configs: Mapping[str, str], outside: Outside
) -> Sequence[str]:
    """The pipelines of which Git has another content, or nothing that can be read."""
    blobs = {title: configs.get(config_path(title), "") for title in titles}
    unlike = [title for title in titles if blob_id(live.found[title].file, like=blobs[title]) != blobs[title]]
    same = {
        title
        for title, data in shelf.contents(head, [title for title in unlike if blobs[title]], outside)
        if _readable(data) == live.found[title].content
    }
    return [title for title in unlike if title not in same]


def _readable(data: bytes) -> Content | None:
    try:
        return content.of_file(data)
    except Refused:
        return None


def _groups(load: Load, at: str, outside: Outside) -> Sequence[tuple[FileAction, ...]]:
    titles = [each.title for each in load.parcels]
    have: Mapping[str, str] = {**outside.repository.tree(at, CONFIG_FOLDER), **code_at(at, titles, outside)}
    return tuple(draft(load.parcels, at, have=have, titles=load.titles, outside=outside))


def _gives_way(group: Sequence[FileAction], titles: Titles) -> tuple[str, str]:
    """The pipeline, and what Git had of it."""
    title, last = next((found, each.last_commit) for each in group if (found := title_of(each.path)))
    if title not in titles.stored:
        return title, "new in Git"
    return title, f"what Git had came with `{last[:8]}` and stays in its history"


def _written(
    report: Forced, load: Load, groups: Sequence[tuple[FileAction, ...]], head: str, asker: Asker, outside: Outside
) -> Forced:
    """Onto the branch in one commit; what is too large for one, or not allowed there, comes as a merge request."""
    count = pipelines(len(groups))
    message = f"Force push {count} of {report.workspace} from AIC [skip ci]\n\n{trailers.of_run(asker.run.id)}"
    first, *more = batches.split(groups, most=outside.commit_bytes)
    if not more:
        try:
            made = outside.repository.commit(report.branch, first, message=message)
        except Permanent as error:
            if error.reason != "gitlab-forbidden":
                raise
        else:
            return _noted(replace(report, outcome=Outcome.MADE, commit=made), asker, outside)
    report = replace(report, outcome=Outcome.PROPOSED)
    proposal = _open(report, load, outside) or _proposed(report, [first, *more], message, head, asker, outside)
    return replace(report, iid=proposal.iid, url=proposal.url)


def _earlier(report: Forced, head: str, asker: Asker, outside: Outside) -> Forced | None:
    """What an earlier delivery has committed, if that is the newest commit: it may have died before it told."""
    repository = outside.repository
    before = next(islice(repository.line(head), 1, 2), None)
    commits = repository.compare(before, head).commits if before else ()
    if not any(each.sha == head and trailers.run_of(each.message) == asker.run.id for each in commits):
        return None
    titles = sorted(titles_of(repository.touched(head)[0]))
    changed = tuple((title, "what Git had stays in its history") for title in titles)
    return replace(report, outcome=Outcome.MADE, commit=head, changed=changed)


def _noted(report: Forced, asker: Asker, outside: Outside) -> Forced:
    """The note on the commit says what gave way; another delivery finds that it is there."""
    mark = note.marker(report.branch, kind=f"forced-{asker.run.id}")
    place = OnCommit(report.commit)
    reserve = outside.in_reserve()
    try:
        if own_note(place, mark, reserve.repository) is None:
            answering.write(place, mark, force_report.answer(report, first_line=mark), reserve.repository)
    except Permanent as error:
        return replace(report, untold=(error.reason,))
    return report


def _open(report: Forced, load: Load, outside: Outside) -> Proposal | None:
    """An open merge request of ours that brings the same."""
    repository = outside.repository
    own = repository.own_id()
    for each in repository.proposals(target=report.branch, state="opened"):
        ours = each.author == own and each.source_branch.startswith(_prefix(report))
        if ours and each.head and not _groups(load, each.head, outside):
            return each
    return None


def _proposed(
    report: Forced,
    commits: Sequence[Sequence[FileAction]],
    message: str,
    head: str,
    asker: Asker,
    outside: Outside,
) -> Proposal:
    """Upon a branch that is named after the run; one that a dead run has left is begun anew."""
    repository, name = outside.repository, f"{_prefix(report)}{asker.run.id}"
    repository.delete_branch(name)
    start: str | None = head
    for actions in commits:
        outside.deadline.check()
        repository.commit(name, actions, message=message, start=start)
        start = None
    title = f"Force push from AIC: {report.workspace}"
    text = force_report.answer(report, first_line=f"<!-- aic-force-push {asker.run.id} -->")
    return repository.propose(name, report.branch, title=title, description=text)


def _prefix(report: Forced) -> str:
    return f"{BRANCHES}{slug(report.workspace)}/"
