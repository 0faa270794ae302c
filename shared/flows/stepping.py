"""A team's own step, told top to bottom: what was captured is read, given to it, checked, and committed upon it.

The capture stays as it is, in a commit of its own: so Git has what AIC runs, and a deploy may bring the change there.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ..domain import batches, content, posting, step, trailers
from ..domain.capture import Mode
from ..domain.counting import pipelines
from ..domain.errors import Refused
from ..domain.gitlab import FileAction
from ..domain.layout import CONFIG_FOLDER, config_path
from ..domain.messages.deploy import DeployRequest
from ..domain.run import Run
from ..domain.titles import known
from ..ports.step import Step
from . import asking, storable
from .draft import Parcel, code_at, draft
from .outside import Outside


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the step is taken: the branch that captures of the workspace go onto, and how they do."""

    project: str
    branch: str
    mode: Mode
    run: Run
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class _Change:
    """What the step would change upon the commit, by title."""

    head: str
    files: Mapping[str, bytes] = field(repr=False)


def take(made_by: Step, titles: Collection[str], stage: Stage, outside: Outside) -> tuple[str, ...]:
    """The pipelines that it changed, or would change in a dry run; they are committed, and their deploy is asked for.

    Raises Refused `step-refused` for a result that may not go to Git, and what the step raises: nothing is done then.
    """
    change = _change(made_by, titles, stage, outside)
    if not change.files or stage.dry_run:
        return tuple(change.files)
    if stage.mode is not Mode.COMMIT:
        detail = f"captures come to `{stage.branch}` by merge request: a step needs `snapshot: commit` there"
        raise Refused("step-refused", detail)
    groups = _groups(change, outside)
    count = pipelines(len(change.files))
    message = f"Take the step {made_by.name} for {count} [skip ci]\n\n{trailers.of_run(stage.run.id)}"
    for actions in batches.split(groups, most=outside.commit_bytes):
        outside.deadline.check()
        outside.repository.commit(stage.branch, actions, message=message)
    request = DeployRequest(project=stage.project, branch=stage.branch)
    asking.for_deploy(request, origin=posting.CAPTURE, request_id=f"step-{stage.run.id}", outside=outside)
    return tuple(change.files)


def _change(made_by: Step, titles: Collection[str], stage: Stage, outside: Outside) -> _Change:
    head = outside.repository.head(stage.branch)
    if head is None:
        raise Refused("branch-missing", f"GitLab has no branch `{stage.branch}`")
    read = {title: outside.repository.content(config_path(title), head) for title in sorted(titles)}
    given = {title: content.parse(data) for title, data in read.items() if data is not None}
    made = step.checked(given, made_by.apply(given))
    step.settled(made, step.checked(made, made_by.apply(made)))
    return _Change(head, step.changed(given, made))


def _groups(change: _Change, outside: Outside) -> Sequence[Sequence[FileAction]]:
    """Files and code of what it changed, looked at as a capture is: titles, sizes, secrets."""
    configs = outside.repository.tree(change.head, CONFIG_FOLDER)
    have = {**configs, **code_at(change.head, tuple(change.files), outside)}
    titles = known(have)
    stored = storable.sort(change.files.items(), titles, outside.repository)
    for title, why in sorted(stored.withheld.items()):
        raise step.withheld(title, why)
    parcels = [Parcel(title, files) for title, files in sorted(stored.files.items())]
    return tuple(draft(parcels, change.head, have=have, titles=titles, outside=outside))
