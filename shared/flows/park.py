"""Captures that people decide on: committed onto a side branch of the workspace, shown by one merge request."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..domain import batches, content, trailers
from ..domain.content import Content
from ..domain.errors import Refused, Transient
from ..domain.gitlab import FileAction
from ..domain.layout import CONFIG_FOLDER, config_path
from ..domain.run import Run
from ..domain.titles import Titles
from . import side
from .describe import describe
from .draft import Parcel, code_at, draft
from .outside import Moved, Outside
from .side import Anchor, Side


@dataclass(frozen=True, slots=True)
class Parked:
    """Where a capture is: `commit` holds it, the merge request shows it, unless somebody `closed` that."""

    commit: str
    iid: int
    url: str
    closed: bool = False


def park(
    parcels: Sequence[Parcel],
    anchor: Anchor,
    *,
    titles: Titles,
    still: Callable[[], bool],
    run: Run,
    outside: Outside,
) -> Mapping[str, Parked]:
    """By title; what is parked already stays where it is. `titles` are those of Git and AIC.

    `still` is asked before anything is written; raises Moved where the branch or its record went on meanwhile.
    """
    parked: dict[str, Parked] = {}
    left = list(parcels)
    fitting: list[Side] = []
    stale: list[Side] = []
    for each in side.opened(anchor, outside):
        left = _taken(left, each, parked, outside)
        wanted = {parcel.title for parcel in parcels}
        (fitting if side.fits(each, anchor, wanted, outside) else stale).append(each)
    for each in side.closed(anchor, outside) if left else ():
        left = _taken(left, each, parked, outside)
    if not (left or fitting):
        return parked
    seen = {each.name for each in stale}
    chosen = fitting[0] if fitting else side.fresh(anchor, outside, seen=seen)
    if left:
        chosen = _stored(left, chosen, anchor, titles=titles, still=still, run=run, outside=outside)
    if not side.told(chosen):
        chosen = _shown(chosen, anchor, still=still, run=run, outside=outside)
    shown = {each.iid for each in parked.values()}
    _retire([each for each in stale if each.proposal and each.proposal.iid not in shown], chosen, outside)
    return {**parked, **{parcel.title: _parked(chosen, chosen.tip) for parcel in left}}


def commit(
    branch: str, actions: Sequence[FileAction], anchor: Anchor, *, start: str | None, run: Run, outside: Outside
) -> str:
    """A captured commit, whose trailers later runs go by; raises Moved where its guards do not hold."""
    text = f"Capture {anchor.workspace} from AIC [skip ci]\n\n{trailers.make(anchor.workspace, run=run.id)}"
    try:
        return outside.repository.commit(branch, actions, message=text, start=start)
    except Transient as error:
        if error.reason != "gitlab-outdated":
            raise
        raise Moved(error.detail) from None


def _taken(left: Iterable[Parcel], where: Side, parked: dict[str, Parked], outside: Outside) -> list[Parcel]:
    """What one of our commits there has not captured yet."""
    missing = []
    for parcel in left:
        commit = _holder(parcel, where, outside)
        if commit is None:
            missing.append(parcel)
        else:
            parked[parcel.title] = _parked(where, commit)
    return missing


def _holder(parcel: Parcel, where: Side, outside: Outside) -> str | None:
    """Where nobody else committed the newest capture counts; where people went on, any that they have seen."""
    path = config_path(parcel.title)
    wanted = _content(parcel.files.get(path))
    for commit in where.captures[-1:] if where.alone else reversed(where.captures):
        outside.deadline.check()
        if _content(outside.repository.content(path, commit)) == wanted:
            return commit
    return None


def _content(data: bytes | None) -> Content | str | None:
    try:
        return None if data is None else content.of_file(data)
    except Refused as error:
        return error.reason  # equal to no content


def _stored(
    parcels: Sequence[Parcel],
    chosen: Side,
    anchor: Anchor,
    *,
    titles: Titles,
    still: Callable[[], bool],
    run: Run,
    outside: Outside,
) -> Side:
    repository = outside.repository
    tip = chosen.tip
    named = {title for parcel in parcels for title in parcel.titles}
    have = {**repository.tree(tip, CONFIG_FOLDER), **code_at(tip, named, outside)}
    groups = draft(parcels, tip, have=have, titles=titles, outside=outside)
    for actions in batches.split(groups, most=outside.commit_bytes):
        _check(still)
        start = chosen.cut if tip == chosen.cut else None
        tip = commit(chosen.name, actions, anchor, start=start, run=run, outside=outside)
    return replace(chosen, tip=tip)


def _shown(chosen: Side, anchor: Anchor, *, still: Callable[[], bool], run: Run, outside: Outside) -> Side:
    """Its merge request says what all of the branch comes to."""
    repository, proposal = outside.repository, chosen.proposal
    text = describe(chosen, anchor, run, outside)
    if proposal is not None:
        repository.edit_proposal(proposal.iid, description=text)
        return chosen
    _check(still)
    title = f"Changes made in AIC: {anchor.workspace}"
    return replace(chosen, proposal=repository.propose(chosen.name, anchor.branch, title=title, description=text))


def _retire(stale: Iterable[Side], chosen: Side, outside: Outside) -> None:
    """Closes a merge request whose captures are all older than those of the new one; its branch stays.

    So does what other people put there.
    """
    for old in stale:
        if old.alone and old.proposal and side.captured(old, outside) <= side.captured(chosen, outside):
            link = f"Replaced by !{chosen.proposal.iid if chosen.proposal else 0}: what is live has moved on."
            text = f"{old.proposal.description}\n\n{link}"
            outside.repository.edit_proposal(old.proposal.iid, description=text, close=True)


def _parked(where: Side, commit: str) -> Parked:
    proposal = where.proposal
    assert proposal is not None  # noqa: S101 - what is parked is shown
    return Parked(commit, proposal.iid, proposal.url, closed=proposal.state == "closed")


def _check(still: Callable[[], bool]) -> None:
    if not still():
        raise Moved("the branch or its record moved on before a capture")
