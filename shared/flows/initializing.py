"""A GitLab project is made or completed, told top to bottom: the project, its branches, who may what, its hook.

Each thing is looked for first and made once; what is there stays as it is. So a delivery after a crash goes on where
the one before ended, and one that finds everything makes nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from ..domain import groundwork, groundwork_report
from ..domain.answer import Outcome
from ..domain.errors import Permanent
from ..domain.gitlab import Hook
from ..domain.groundwork import LABELS, MAINTAINER, Seat
from ..domain.groundwork_report import Founded, Item, State
from ..domain.messages.initializing import InitializeRepository
from ..ports.premises import Premises
from . import target
from .answering import Asker, announced, answered
from .outside import Outside
from .site import Furnishing, Site, failed
from .site_branches import branches

WORKFLOW = "initialize_repository"
_EVENTS = {False: ("merge_requests_events",), True: ("merge_requests_events", "pipeline_events")}
"""What the hook tells of, by whether deploys are tested; in the order of their names."""


def initialize_repository(
    request: InitializeRepository, furnishing: Furnishing, *, asker: Asker, premises: Premises, outside: Outside
) -> Founded:
    """Makes what is missing and names what differs; raises Transient while another delivery may do better."""
    begun = Founded(WORKFLOW, Outcome.REFUSED, request.project, by=asker.by)
    find = partial(_founded, begun, request, furnishing, asker, premises, outside)
    done = answered(begun, find, groundwork_report.answer, asker=asker, outside=outside)
    told = () if request.dry_run else announced(groundwork_report.news(done), asker, outside.in_reserve())
    return replace(done, untold=done.untold + told)


def _founded(
    begun: Founded,
    request: InitializeRepository,
    furnishing: Furnishing,
    asker: Asker,
    premises: Premises,
    outside: Outside,
) -> Founded:
    seats = tuple(Seat(*each) for each in request.roles.seats())
    for seat in seats:
        target.check_allowed(seat.workspace, asker.allowed)
    wanted = groundwork.files(request.project, seats, furnishing.include)
    site = Site(request.project, seats, furnishing, request.dry_run, asker.run.id, premises, outside)
    default, made = _project(site)
    site = replace(site, there=default is not None or not site.dry_run)
    base = default if default and outside.repository.head(default) else seats[0].branch
    items = [made, *branches(site, base, wanted), *_protections(site), *_labels(site), *_hook(site)]
    return _ended(replace(begun, branch=base if site.there else "", items=tuple(items)))


def _ended(report: Founded) -> Founded:
    """What could not be made is what counts most."""
    for state, outcome in (
        (State.FAILED, Outcome.FAILED),
        (State.MADE, Outcome.MADE),
        (State.PLANNED, Outcome.PLANNED),
    ):
        found = report.of(state)
        if found:
            reason, detail = (found[0].reason, f"{found[0].what}: {found[0].said}") if found[0].reason else ("", "")
            return replace(report, outcome=outcome, reason=reason, detail=detail)
    return replace(report, outcome=Outcome.NOTHING)


def _project(site: Site) -> tuple[str | None, Item]:
    """Its default branch; None where there was no project. Without one nothing else can be made."""
    what, default = f"project `{site.project}`", site.premises.default_branch()
    if default is not None:
        first = site.seats[0]
        differs = default not in ("", first.branch)
        said = f"its default branch is `{default}`, not that of {first.role}, `{first.branch}`"
        return default, Item(what, State.DIFFERS, said) if differs else Item(what, State.THERE)
    if site.furnishing.numbered:
        detail = "the settings name it by `gitlab_project_id`, and GitLab has no project of that number"
        raise Permanent("gitlab-not-found", detail)
    if not site.dry_run:
        site.premises.create(default=site.seats[0].branch)
    return None, Item(what, State.PLANNED if site.dry_run else State.MADE)


def _protections(site: Site) -> Iterator[Item]:
    try:
        rules = tuple(site.premises.protections()) if site.there else ()
    except Permanent as error:
        yield failed("protection", error)
        return
    for seat in site.seats:
        what = f"protection of `{seat.branch}`"
        covered, said = groundwork.protected(seat, rules)
        if covered:
            yield Item(what, State.DIFFERS if said else State.THERE, said)
        else:
            yield site.make(what, partial(site.premises.protect, seat.branch, push=MAINTAINER, merge=seat.merge))


def _labels(site: Site) -> Iterator[Item]:
    known = site.premises.labels() if site.there else ()
    for name, color, description in LABELS:
        what = f"label `{name}`"
        if name in known:
            yield Item(what, State.THERE)
        else:
            make = partial(site.premises.create_label, name, color=color, description=description)
            yield site.make(what, make)


def _hook(site: Site) -> Iterator[Item]:
    what, url = "hook", site.furnishing.hook
    if not url:
        yield Item(what, State.DIFFERS, "not looked at: the settings have no `WEBHOOK_URL`; add it by hand")
        return
    try:
        found = _hooks(site)
    except Permanent as error:
        yield failed(what, error)
        return
    if found:
        said = _otherwise(found, tested=site.furnishing.tested)
        yield Item(what, State.DIFFERS if said else State.THERE, said or _guarded(found[0]))
        return
    made = site.make(what, partial(_add_hook, site))
    yield replace(made, said=_guarded(_hooks(site)[0])) if made.state is State.MADE else made


def _hooks(site: Site) -> Sequence[Hook]:
    """Those that lead to the webhook, the oldest first."""
    ours = site.furnishing.hook.rstrip("/")
    found = site.outside.repository.hooks() if site.there else ()
    return sorted((each for each in found if each.url.rstrip("/") == ours), key=lambda each: each.id)


def _add_hook(site: Site) -> None:
    """GitLab takes any number of them: of two runs that overlap, the one that came second takes its own away."""
    made = site.premises.add_hook(site.furnishing.hook, pipelines=site.furnishing.tested)
    if _hooks(site)[0].id < made.id:
        site.premises.delete_hook(made.id)


def _guarded(hook: Hook) -> str:
    """GitLab never shows the secrets themselves; an older one keeps no key to sign with, and doesn't say so."""
    return "it is signed" if hook.signs else "it shows its secret token; it is not signed"


def _otherwise(found: Sequence[Hook], *, tested: bool) -> str:
    first, *more = found
    said = []
    if more:
        said.append(f"there are {len(found)} of them")
    if first.events != _EVENTS[tested]:
        said.append(f"it doesn't tell of merge requests{' and pipelines' if tested else ''} alone")
    if not first.verifies:
        said.append("GitLab doesn't check the webhook's certificate")
    if first.disabled:
        said.append("GitLab has disabled it")
    return "; ".join(said)
