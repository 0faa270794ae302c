"""Giving up: what the journals of unfinished runs say they wrote is put back, where it still stands."""

from collections.abc import Collection, Iterable, Sequence

from ..domain import content
from ..domain.content import Content
from ..domain.errors import ServiceError
from ..domain.journal import Entry
from ..domain.layout import config_path
from ..domain.report import Taken, Undone
from ..ports import Workspace
from . import listing
from .outside import Moved, Outside
from .pace import all_of
from .versions import live_content
from .write import replace_content


def put_back(
    entries: Sequence[Entry], workspace: str, outside: Outside, *, told_already: Collection[str] = ()
) -> tuple[Undone, ...]:
    """One row for each pipeline of the entries (newest first) that had been written.

    Those in `told_already` are known to have been edited by somebody and are not told again for that.
    Never raises for a pipeline that can't be put back: it is `STUCK`, and the others go on.
    """
    chains: dict[str, list[Entry]] = {}
    for entry in entries:
        chains.setdefault(entry.title, []).append(entry)
    if not chains:
        return ()
    try:
        opened = outside.open_workspace(workspace)
    except ServiceError:
        return tuple(Undone(title, Taken.STUCK) for title in chains)
    done: list[Undone] = []
    for wave in outside.pace.waves(list(chains.values())):
        done += all_of(outside.together, lambda chain: _one(chain, opened, outside), wave, width=len(wave))
    known = {Undone(title, Taken.EDITED) for title in told_already}
    return tuple(undone for undone in done if undone.taken is not Taken.NOT_WRITTEN and undone not in known)


def stuck(undone: Iterable[Undone]) -> bool:
    """Whether something of ours could be put back by trying again."""
    return any(each.taken is Taken.STUCK for each in undone)


def left(undone: Iterable[Undone]) -> frozenset[str]:
    """Titles of which something of the unfinished deploy still runs: stuck, or created, which AIC can't take back."""
    return frozenset(each.title for each in undone if each.taken in (Taken.STUCK, Taken.CREATED))


def _one(chain: list[Entry], workspace: Workspace, outside: Outside) -> Undone:
    title = chain[0].title
    try:
        return Undone(title, _taken(chain, workspace, outside))
    except ServiceError:
        return Undone(title, Taken.STUCK)


def _taken(chain: list[Entry], workspace: Workspace, outside: Outside) -> Taken:
    job_id = next((entry.job_id for entry in chain if entry.job_id is not None), None)
    if job_id is None:
        return _of_creation(chain, workspace, outside)
    config = workspace.read(job_id)
    if config is None:
        return Taken.EDITED
    digest = live_content(chain[0].title, config).digest
    wanted, first = _traced_back(chain, digest)
    if first is None:
        unwritten = any(digest == entry.digest_before for entry in chain)
        return Taken.NOT_WRITTEN if unwritten else Taken.EDITED
    if wanted == digest:
        return Taken.NOT_WRITTEN
    if first.before is None:
        return Taken.CREATED
    return _put_back(job_id, first, digest, workspace, outside)


def _of_creation(chain: list[Entry], workspace: Workspace, outside: Outside) -> Taken:
    """Whether one of the pipelines of that title, if there are any, is what was to be created."""
    title, digests = chain[0].title, {entry.digest_after for entry in chain}
    first = listing.read(workspace, outside, may_be_empty=False)
    if first.absent(title):
        second = listing.read(workspace, outside, may_be_empty=False)
        listing.prove_absent([title], first, second, workspace)
        return Taken.NOT_WRITTEN
    found = [config for job_id in first.ids[title] if (config := workspace.read(job_id))]
    ours = any(live_content(title, config).digest in digests for config in found)
    return Taken.CREATED if ours else Taken.EDITED


def _traced_back(chain: list[Entry], live: str) -> tuple[str | None, Entry | None]:
    """From what is live, through the writes that led there, to what stood before the first of them."""
    wanted: str | None = live
    first = None
    for entry in chain:
        if entry.digest_after == wanted:
            wanted, first = entry.digest_before, entry
    return wanted, first


def _put_back(job_id: str, first: Entry, ours: str, workspace: Workspace, outside: Outside) -> Taken:
    """The pre-image is fetched first, so that the read that guards it comes right before the write."""
    data = outside.repository.content(config_path(first.title), first.before or "")
    if data is None:
        return Taken.STUCK
    before = content.of_file(data)
    config = workspace.read(job_id)
    live = None if config is None else live_content(first.title, config)
    if live is None or live.digest != ours or live.title not in (None, first.title):
        return Taken.EDITED
    return _found(live, before, job_id, first.title, workspace, outside)


def _found(live: Content, before: Content, job_id: str, title: str, workspace: Workspace, outside: Outside) -> Taken:
    try:
        found = replace_content(job_id, title, before=live, after=before, workspace=workspace, outside=outside)
    except Moved:
        return Taken.EDITED
    if found == before:
        return Taken.PUT_BACK
    return Taken.STUCK if found == live else Taken.EDITED
