"""A whole workspace as AIC has it: listed, each pipeline read, listed again."""

import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ..domain import content
from ..domain.content import Content
from ..domain.errors import Refused, Transient
from ..domain.layout import written
from ..ports.aic import Workspace
from . import listing
from .listing import Listing
from .outside import Outside

WIDTH = 16
"""Many more in parallel make AIC answer 200 with nothing in it; the pace narrows it where even these do."""
PASSES = 2
"""How often a pipeline is asked for, beyond the attempts of each request: the second time at a narrower pace."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline as AIC gave it. `packed` is the config file that Git would hold of it, compressed.

    Whether Git may hold it is looked at where it is stored: most are there already.
    """

    id: str
    content: Content
    packed: bytes

    @property
    def file(self) -> bytes:
        """The config file."""
        return zlib.decompress(self.packed)


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a workspace holds, by title: what was read, what could not be (with the reason), and titles that AIC has
    several times (with their ids). `titles` are all that AIC lists, also beside those that were asked for; a title that
    is not among them is proven to be absent.
    """

    found: Mapping[str, Pipeline]
    unreadable: Mapping[str, str]
    twins: Mapping[str, tuple[str, ...]]
    titles: frozenset[str]


def read(workspace: Workspace, outside: Outside, *, only: Collection[str] | None, may_be_empty: bool) -> Inventory:
    """The pipelines, or of them those in `only`; raises Transient `aic-list-empty`, and what is final for all.

    One that AIC lists in one of two lists only, under two ids, or under another title than its own, is unreadable: it
    was being changed, and the next run sees it as it then is.
    """
    first = listing.read(workspace, outside, may_be_empty=may_be_empty)
    answers = _answers(_single(first, only), workspace, outside)
    second = listing.read(workspace, outside, may_be_empty=may_be_empty)
    late = {title: job_id for title, job_id in _single(second, only).items() if first.absent(title)}
    answers |= _answers(late, workspace, outside)
    listed = first.ids.keys() | second.ids.keys()
    wanted = [title for title in listed if only is None or title in only]
    twins = {title: second.twins(title) or first.twins(title) for title in wanted}
    found, unreadable = dict[str, Pipeline](), dict[str, str]()
    for title in sorted(title for title in wanted if not twins[title]):
        _sort(title, answers[title], second.ids.get(title, ()), found=found, unreadable=unreadable)
    absent = {title for title, ids in twins.items() if not ids and title not in found and title not in unreadable}
    several = {title: ids for title, ids in twins.items() if ids}
    return Inventory(found, unreadable, several, frozenset(listed) - absent)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What AIC said of one id; `pipeline` is None for a 404, and where `trouble` says why there is none."""

    id: str
    pipeline: Pipeline | None = None
    trouble: str = ""


def _single(listed: Listing, only: Collection[str] | None) -> dict[str, str]:
    return {title: ids[0] for title, ids in listed.ids.items() if len(ids) == 1 and (only is None or title in only)}


def _answers(wanted: Mapping[str, str], workspace: Workspace, outside: Outside) -> dict[str, _Answer]:
    """By title; raises the first error that another attempt can't help."""
    answers: dict[str, _Answer] = {}
    for _ in range(PASSES):
        missing = {title: each for title, each in wanted.items() if title not in answers or answers[title].trouble}
        answers |= dict(_asked(missing.items(), workspace, outside))
    return answers


def _asked(wanted: Iterable[tuple[str, str]], workspace: Workspace, outside: Outside) -> Iterable[tuple[str, _Answer]]:
    each = list(wanted)
    results = outside.together.map(lambda pair: _ask(*pair, workspace, outside), each, width=WIDTH)
    for (title, job_id), result in zip(each, results, strict=True):
        if isinstance(result, Transient):
            outside.deadline.check()
            yield title, _Answer(job_id, trouble=result.detail or result.reason)
        elif isinstance(result, Exception):
            raise result
        else:
            yield title, result


def _ask(title: str, job_id: str, workspace: Workspace, outside: Outside) -> _Answer:
    with outside.pace.turn():
        outside.deadline.check()
        config = workspace.read(job_id)
    if config is None:
        return _Answer(job_id)
    try:
        found, file = content.of_job(config), written(config)
    except Refused as error:
        return _Answer(job_id, trouble=error.detail)
    if found.title not in (None, title):
        return _Answer(job_id, trouble="it was renamed while it was being read")
    return _Answer(job_id, Pipeline(job_id, found, zlib.compress(file, 1)))


def _sort(
    title: str,
    answer: _Answer,
    now: tuple[str, ...],
    *,
    found: dict[str, Pipeline],
    unreadable: dict[str, str],
) -> None:
    """By what the second list says of it: absence needs both lists, or one and a 404."""
    if now == (answer.id,) and answer.pipeline is not None:
        found[title] = answer.pipeline
    elif now or answer.pipeline is not None:
        unreadable[title] = answer.trouble or "AIC was changing its list while it was being read"
    elif answer.trouble:
        unreadable[title] = answer.trouble
