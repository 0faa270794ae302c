"""A deploy that failed its tests goes back: as a rollback does, and only what nobody has changed again since."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from ..domain import gate_note
from ..domain.errors import Permanent, Refused
from ..domain.gate_report import Gated
from ..domain.gitlab import Deployment
from ..domain.layout import CONFIG_FOLDER, config_path
from ..domain.messages.command import Rollback
from ..domain.run import Run
from .answering import Asker
from .outside import Outside
from .rollback import take_back

_NEWER = "a newer version of it was merged since"
_FIRST = "nothing was live before this deploy that could be brought back"


def taken_back(told: Gated, deployment: Deployment, asker: Asker, outside: Outside) -> Gated:
    """The same with the merge request that takes it back, or with the reason why nothing could be taken back."""
    if not told.before:
        return replace(told, left_out=tuple((title, _FIRST) for title in told.titles))
    try:
        return _taken_back(told, _own_run(deployment, asker), outside)
    except (Refused, Permanent) as error:
        return replace(told, reason=error.reason, detail=error.detail)


def _taken_back(told: Gated, asker: Asker, outside: Outside) -> Gated:
    repository = outside.repository
    head = repository.head(told.branch)
    if head is None:
        raise Refused("branch-missing", f"GitLab has no branch `{told.branch}`")
    then, now = repository.tree(told.commit, CONFIG_FOLDER), repository.tree(head, CONFIG_FOLDER)
    going = tuple(title for title in told.titles if _same(title, then, now))
    newer = tuple((title, _NEWER) for title in told.titles if title not in going)
    if not going:
        return replace(told, left_out=newer)
    wanted = Rollback(
        project=told.project,
        branch=told.branch,
        to=told.before,
        pipelines=going,
        now=True,
        confirm=told.workspace,
    )
    done = take_back(wanted, asker, outside, why=gate_note.why(told))
    return replace(
        told,
        iid=done.iid,
        returned=done.titles,
        left_out=(*done.left_out, *newer),
        reason=done.reason,
        detail=done.detail if done.reason else "",
    )


def _same(title: str, then: Mapping[str, str], now: Mapping[str, str]) -> bool:
    return then.get(config_path(title)) == now.get(config_path(title))


def _own_run(deployment: Deployment, asker: Asker) -> Asker:
    """Named after the deployment, so that two messages of one failure lead to one branch."""
    named = hashlib.sha256(f"deployment {deployment.id}".encode()).hexdigest()[:8]
    return replace(asker, run=Run(named, datetime.fromisoformat(deployment.created)), by="", by_hand=False)
