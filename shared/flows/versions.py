"""The pipelines that a deploy looks at, each three ways: at base, at head, and live."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from ..domain import content
from ..domain.content import Content
from ..domain.errors import Refused, Transient
from ..domain.layout import CONFIG_FOLDER, config_path, titles_of
from ..domain.plan import Live, Versions, needs_history
from ..ports.aic import Workspace
from . import listing
from .history import History
from .outside import Outside
from .pace import all_of, both
from .scene import Scene
from .target import Order

_GIT_WIDTH = 8


def due(order: Order, scene: Scene, outside: Outside, *, again: Collection[str]) -> list[str]:
    """The titles to look at: named ones, else what was touched and what unfinished runs may have written.

    `again` are titles that this very run has written. Raises Refused `pipeline-ignored`.
    """
    wanted, mapping = named(order, scene), scene.target.mapping
    if wanted is not None:
        return wanted
    titles = scene.touched
    if titles is None or order.request.full:
        commits = {scene.head, scene.before} - {None}
        titles = frozenset().union(*(_configs(commit, outside) for commit in commits if commit))
    written = {title for entry in scene.entries for title in (entry.title, entry.title_before)}
    return sorted(title for title in titles | written | set(again) if not mapping.ignored(title))


def named(order: Order, scene: Scene) -> list[str] | None:
    """The titles that the request names, None where it names none; raises Refused `pipeline-ignored`."""
    asked = order.request.pipelines
    ignored = sorted(title for title in asked or () if scene.target.mapping.ignored(title))
    if ignored:
        raise Refused("pipeline-ignored", f"`{ignored[0]}` is under `ignore:` in the mapping file")
    return None if asked is None else sorted(set(asked))


def read(titles: list[str], order: Order, *, scene: Scene, workspace: Workspace, outside: Outside) -> list[Versions]:
    """Raises Transient where AIC's answers don't fit together, Refused `unknown-pipeline`."""

    def in_git() -> list[Versions]:
        return all_of(outside.together, lambda title: _in_git(title, scene, outside), titles, width=_GIT_WIDTH)

    known = beside(in_git, order, scene=scene, workspace=workspace, outside=outside)
    _check_named(order, known)
    return known


def beside(
    find: Callable[[], list[Versions]], order: Order, *, scene: Scene, workspace: Workspace, outside: Outside
) -> list[Versions]:
    """What Git has, found while AIC is listed, with what is live beside it, and whether Git ever had that."""
    may_be_empty = scene.recorded is None or order.request.confirm is not None
    in_git, first = both(outside.together, find, lambda: listing.read(workspace, outside, may_be_empty=may_be_empty))
    live = _live(in_git, first, workspace, outside)
    absent = [each.title for each in in_git if each.title not in live and (each.base or each.head)]
    if unproven := [title for title in absent if not first.twins(title)]:
        second = listing.read(workspace, outside, may_be_empty=may_be_empty)
        listing.prove_absent(unproven, first, second, workspace)
    known = [replace(each, live=live.get(each.title), twins=first.twins(each.title)) for each in in_git]
    history = History(scene, outside)
    return all_of(outside.together, lambda each: _with_history(each, history), known, width=_GIT_WIDTH)


def live_content(title: str, config: Mapping[str, object]) -> Content:
    """The content of what AIC gave; raises Transient `aic-odd-answer`: it may be a half answer."""
    try:
        return content.of_job(config)
    except Refused as error:
        raise Transient("aic-odd-answer", f"`{title}` in AIC: {error.detail}") from None


def _configs(commit: str, outside: Outside) -> frozenset[str]:
    return titles_of(tuple(outside.repository.tree(commit, CONFIG_FOLDER)))


def _in_git(title: str, scene: Scene, outside: Outside) -> Versions:
    outside.deadline.check()
    path, repository = config_path(title), outside.repository
    captured = scene.captures.get(title)
    touched = scene.touched is None or title in scene.touched if captured is None else captured.overtaken
    before = _before(scene, touched=touched) if captured is None else captured.commit
    data, old = both(
        outside.together,
        lambda: repository.content(path, scene.head),
        lambda: None if before is None else repository.content(path, before),
    )
    try:
        head = None if data is None else content.of_file(data)
    except Refused as error:
        return Versions(title, None, None, None, touched, defect=f"`{path}`: {error.detail}")
    if before is not None:
        return Versions(title, _proven(old), head, None, touched, captured=captured.commit if captured else None)
    return Versions(title, None if scene.base is None else head, head, None, touched)


def _before(scene: Scene, *, touched: bool) -> str | None:
    """The commit to ask what was deployed; None where that is the same as at head, or there is none."""
    return scene.base if touched and scene.base != scene.head else None


def _proven(data: bytes | None) -> Content | None:
    try:
        return None if data is None else content.of_file(data)
    except Refused:
        return None  # what can't be read was never proven to be live


def _live(in_git: list[Versions], first: listing.Listing, workspace: Workspace, outside: Outside) -> dict[str, Live]:
    found: dict[str, Live] = {}
    single = [each.title for each in in_git if len(first.ids.get(each.title, ())) == 1]
    for wave in outside.pace.waves(single):
        lives = all_of(
            outside.together,
            lambda title: _read(title, first.ids[title][0], workspace, outside),
            wave,
            width=outside.pace.width,
        )
        found |= {title: live for title, live in zip(wave, lives, strict=True) if live is not None}
    return found


def _read(title: str, job_id: str, workspace: Workspace, outside: Outside) -> Live | None:
    outside.deadline.check()
    config = workspace.read(job_id)
    return None if config is None else Live(job_id, live_content(title, config))


def _check_named(order: Order, known: list[Versions]) -> None:
    if order.request.pipelines is None:
        return
    for each in known:
        if each.base is None and each.head is None and each.live is None and not each.defect and not each.twins:
            raise Refused("unknown-pipeline", f"neither Git nor AIC has a pipeline `{each.title}`; check the spelling")


def _with_history(versions: Versions, history: History) -> Versions:
    if versions.live is None or versions.defect or versions.twins or not needs_history(versions):
        return versions
    return replace(versions, known=history.holder(versions.title, versions.live.content))
