"""Hotfixes that production got and nobody has brought back: staging and development are asked to take them on."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from ..domain import note, posting, route
from ..domain.gitlab import MergeRequest, OnMergeRequest
from ..domain.layout import CONFIG_FOLDER, titles_of
from ..domain.mapping import Mapping
from ..domain.markdown import code
from ..domain.messages.promotion import Promote
from ..domain.sweep_report import Back
from . import asking
from .journals import own_note
from .outside import Outside

_SINCE = timedelta(days=1)
"""A sweep that was off for longer leaves it to people: `promote` from production does the same by hand."""
_PREFIX = f"{route.HOTFIX.kind}/"
_ROLES = ("staging", "development")


def ask(
    project: str, mapping: Mapping, *, allowed: Collection[str], request_id: str, outside: Outside
) -> tuple[Back, ...]:
    """Those that were asked for now; each is asked for once, which a note on its merge request remembers.

    One request where there was no hotfix of late, and one more for each that there was.
    """
    production = mapping.branch_of_role("production")
    targets = _targets(mapping, allowed, but=production)
    if production is None or mapping.exact.get(production) not in allowed or not targets:
        return ()
    since = (datetime.fromtimestamp(outside.clock.now(), UTC) - _SINCE).isoformat()
    backs = []
    for merged in outside.repository.merged(production, since=since):
        if merged.source_branch.startswith(_PREFIX) and not _is_told(merged, outside):
            titles = _titles(merged, production, mapping, outside)
            for role in targets if titles else ():
                wanted = Promote(
                    project=project,
                    origin="production",
                    to=role,
                    ticket=merged.source_branch.removeprefix(_PREFIX),
                    pipelines=titles,
                )
                asking.for_promotion(wanted, origin=posting.SWEEP, request_id=request_id, outside=outside)
            backs += _told(merged, tuple(targets.values()), titles, outside)
    return tuple(backs)


def _targets(mapping: Mapping, allowed: Collection[str], *, but: str | None) -> dict[str, str]:
    """Role to branch; two roles of one branch are asked once."""
    found: dict[str, str] = {}
    for role in _ROLES:
        branch = mapping.branch_of_role(role)
        if branch is not None and branch not in (but, *found.values()) and mapping.exact.get(branch) in allowed:
            found[role] = branch
    return found


def _titles(merged: MergeRequest, production: str, mapping: Mapping, outside: Outside) -> tuple[str, ...]:
    """The pipelines that its commits touched; one that production has no more doesn't go back."""
    repository, found = outside.repository, frozenset[str]()
    for each in repository.merge_request_commits(merged.iid):
        outside.deadline.check()
        found |= titles_of(repository.touched(each.sha)[0])
    head = repository.head(production)
    there = titles_of(tuple(repository.tree(head, CONFIG_FOLDER))) if head else frozenset[str]()
    return tuple(sorted(title for title in found & there if not mapping.ignored(title)))


def _mark(merged: MergeRequest) -> str:
    return note.marker(merged.source_branch, kind="back-merge")


def _is_told(merged: MergeRequest, outside: Outside) -> bool:
    return own_note(OnMergeRequest(merged.iid), _mark(merged), outside.repository) is not None


def _told(merged: MergeRequest, targets: Collection[str], titles: Collection[str], outside: Outside) -> list[Back]:
    if not titles:
        return []
    places, what = (" and ".join(map(code, targets)), ", ".join(map(code, titles)))
    text = (
        f"### ↩️ A hotfix goes back\n\nMerge requests bring {what} to {places} as well, so that the next release does "
        "not undo it. A pipeline that was changed there meanwhile is left out and shown with both versions: there, or "
        "where nothing else goes back on the newest commit of production's branch."
    )
    outside.repository.write_note(OnMergeRequest(merged.iid), f"{_mark(merged)}\n\n{text}", replaces=None)
    return [Back(merged.iid, tuple(targets))]
