"""What somebody typed into AIC and a deploy is in conflict with is kept on a side branch, before anybody is told."""

from collections.abc import Mapping
from functools import partial

from ..domain.errors import Permanent, Refused, ServiceError, Transient
from ..domain.keeping import Keeping, Kept
from ..domain.layout import CONFIG_FOLDER, config_file
from ..domain.plan import Action, Decision, Live, Plan
from ..domain.titles import known
from ..ports.aic import Workspace
from . import scene, storable
from .draft import Parcel
from .outside import Moved, Outside
from .pace import all_of
from .park import park
from .scene import Scene
from .side import Anchor
from .target import Order
from .versions import live_content

Config = Mapping[str, object]


def keep(made: Plan, order: Order, seen: Scene, *, workspace: Workspace, outside: Outside) -> Keeping:
    """The edits that the plan is in conflict with; one that can't be kept never hides the conflict.

    Raises Moved where AIC, the branch or its record went on, Transient while another delivery may keep them.
    """
    conflicts = made.of(Action.CONFLICT)
    if not conflicts:
        return Keeping()
    why: ServiceError
    try:
        return _kept(conflicts, order, seen, workspace=workspace, outside=outside)
    except Moved:
        raise
    except Transient as error:
        if not order.final:
            raise
        why = error
    except (Refused, Permanent) as error:
        why = error
    return Keeping(withheld={each.title: str(why) for each in conflicts})


def _kept(
    conflicts: tuple[Decision, ...], order: Order, seen: Scene, *, workspace: Workspace, outside: Outside
) -> Keeping:
    configs = _read_again(conflicts, workspace, outside)
    titles = known(outside.repository.tree(seen.head, CONFIG_FOLDER), live=configs)
    stored, unfit = _stored(configs)
    fit = storable.sort(stored.items(), titles, outside.repository)
    withheld = {**unfit, **fit.withheld}
    parcels = [Parcel(title, files) for title, files in fit.files.items()]
    anchor = Anchor(order.request.project, seen.branch, seen.target.workspace, seen.head, seen.base)
    still = partial(scene.still, seen, outside)
    parked = park(parcels, anchor, titles=titles, still=still, run=order.run, outside=outside) if parcels else {}
    return Keeping({title: Kept(each.commit, each.iid, each.closed) for title, each in parked.items()}, withheld)


def _stored(configs: Mapping[str, Config]) -> tuple[Mapping[str, bytes], Mapping[str, str]]:
    """The config files, and why some can't be made."""
    stored: dict[str, bytes] = {}
    unfit: dict[str, str] = {}
    for title, config in configs.items():
        try:
            stored[title] = config_file(config)
        except Refused as error:
            unfit[title] = error.detail
    return stored, unfit


def _read_again(conflicts: tuple[Decision, ...], workspace: Workspace, outside: Outside) -> Mapping[str, Config]:
    """What is live now, with all that AIC keeps beside the content."""
    lives = [(each.title, each.versions.live) for each in conflicts]
    found: dict[str, Config] = {}
    for wave in outside.pace.waves([(title, live) for title, live in lives if live]):
        configs = all_of(outside.together, lambda each: _read(*each, workspace, outside), wave, width=len(wave))
        found |= {title: config for (title, _), config in zip(wave, configs, strict=True)}
    return found


def _read(title: str, live: Live, workspace: Workspace, outside: Outside) -> Config:
    """Raises Moved if it isn't any more what was decided on."""
    outside.deadline.check()
    config = workspace.read(live.id)
    now = None if config is None else live_content(title, config)
    if config is None or now != live.content or now.title not in (None, title):
        raise Moved(f"`{title}` was changed in AIC before it could be kept")
    return config
