"""Giving up: what the journals of unfinished runs say they wrote is put back, where it still stands."""

from collections.abc import Collection, Iterable, Sequence

from ..domain import content, journal
from ..domain.errors import ServiceError
from ..domain.journal import Entry
from ..domain.layout import config_path
from ..domain.report import Taken, Undone
from ..ports.aic import Workspace
from . import listing, put
from .outside import Moved, Outside
from .pace import all_of
from .put import Version
from .versions import live_content

_Stand = tuple[str, str | None]
"""The title and the digest of what a pipeline is at one moment."""


def put_back(
    entries: Sequence[Entry], workspace: str, outside: Outside, *, told_already: Collection[str] = ()
) -> tuple[Undone, ...]:
    """One row for each pipeline of the entries (newest first) that had been written.

    Those in `told_already` are known to have been edited by somebody and are not told again for that.
    Never raises for a pipeline that can't be put back: it is `STUCK`, and the others go on.
    """
    chains = journal.chains(entries)
    if not chains:
        return ()
    try:
        opened = outside.open_workspace(workspace)
    except ServiceError:
        return tuple(Undone(chain[0].title, Taken.STUCK) for chain in chains)
    done: list[Undone] = []
    for wave in outside.pace.waves(chains):
        done += all_of(outside.together, lambda chain: _one(chain, opened, outside), wave, width=len(wave))
    known = {Undone(title, Taken.EDITED) for title in told_already}
    return tuple(undone for undone in done if undone.taken is not Taken.NOT_WRITTEN and undone not in known)


def stuck(undone: Iterable[Undone]) -> bool:
    """Whether something of ours could be put back by trying again."""
    return any(each.taken is Taken.STUCK for each in undone)


def left(undone: Iterable[Undone]) -> frozenset[str]:
    """Titles of which something of the unfinished deploy still runs: stuck, or created, which AIC can't take back."""
    return frozenset(each.title for each in undone if each.taken in (Taken.STUCK, Taken.CREATED))


def _one(chain: Sequence[Entry], workspace: Workspace, outside: Outside) -> Undone:
    title = chain[0].title
    try:
        return Undone(title, _taken(chain, workspace, outside))
    except ServiceError:
        return Undone(title, Taken.STUCK)


def _taken(chain: Sequence[Entry], workspace: Workspace, outside: Outside) -> Taken:
    job_id = next((entry.job_id for entry in chain if entry.job_id is not None), None)
    if job_id is None:
        return _of_creation(chain, workspace, outside)
    title = _title(chain, job_id, workspace, outside)
    config = workspace.read(job_id)
    if config is None:
        return Taken.EDITED
    now = (title, live_content(title, config).digest)
    wanted, first = _traced_back(chain, now)
    if first is None:
        unwritten = any(now == (entry.title_before, entry.digest_before) for entry in chain)
        return Taken.NOT_WRITTEN if unwritten else Taken.EDITED
    if wanted == now:
        return Taken.NOT_WRITTEN
    if first.before is None:
        return Taken.CREATED
    return _put_back(job_id, first, now, workspace, outside)


def _title(chain: Sequence[Entry], job_id: str, workspace: Workspace, outside: Outside) -> str:
    """What AIC calls it now; it is only asked where a run may have changed that."""
    if not any(entry.was for entry in chain):
        return chain[0].title
    return listing.read(workspace, outside, may_be_empty=False).title_of(job_id) or ""


def _of_creation(chain: Sequence[Entry], workspace: Workspace, outside: Outside) -> Taken:
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


def _traced_back(chain: Sequence[Entry], now: _Stand) -> tuple[_Stand, Entry | None]:
    """From what is live, through the writes that led there, to what stood before the first of them."""
    wanted, first = now, None
    for entry in chain:
        if (entry.title, entry.digest_after) == wanted:
            wanted, first = (entry.title_before, entry.digest_before), entry
    return wanted, first


def _put_back(job_id: str, first: Entry, ours: _Stand, workspace: Workspace, outside: Outside) -> Taken:
    """The pre-image is fetched first, so that the read that guards it comes right before the write."""
    title, digest = ours
    data = outside.repository.content(config_path(first.title_before), first.before or "")
    if data is None or _is_taken(first.title_before, title, workspace, outside):
        return Taken.STUCK
    after = Version(first.title_before, content.of_file(data))
    config = workspace.read(job_id)
    live = None if config is None else live_content(title, config)
    if live is None or live.digest != digest or live.title not in (None, title):
        return Taken.EDITED
    before = Version(title, live)
    try:
        found = put.overwrite(job_id, before=before, after=after, workspace=workspace, outside=outside)
    except Moved:
        return Taken.EDITED
    if found == after:
        return Taken.PUT_BACK
    return Taken.STUCK if found == before else Taken.EDITED


def _is_taken(title: str, now: str, workspace: Workspace, outside: Outside) -> bool:
    """Whether another pipeline has the old title by now."""
    return title != now and not listing.read(workspace, outside, may_be_empty=False).absent(title)
