"""Pipelines that are started by hand: made for a branch or tag, cancelled, tried again. Nothing runs in them.

A pipeline stays pending until the control plane finishes it, as if its only job waited for a runner.
"""

from collections import Counter
from collections.abc import Sequence

from emulators.gitlab import ci_config, pipelines
from emulators.gitlab.access import level_of, may_merge
from emulators.gitlab.acts import Act
from emulators.gitlab.errors import ApiError, forbidden, invalid, message
from emulators.gitlab.parameters import Params
from emulators.gitlab.project import Record
from emulators.gitlab.project_json import attribute
from emulators.gitlab.protection import ADMIN, DEVELOPER, MAINTAINER, OWNER
from emulators.gitlab.status_machine import FINAL

_KINDS = ("env_var", "file")
_LEAST = {"no_one_allowed": ADMIN + 1, "owner": OWNER, "maintainer": MAINTAINER, "developer": DEVELOPER}


def start(act: Act, *, ref: str, given: Sequence[Record]) -> Record:
    """A pending pipeline of the newest commit of `ref`; what GitLab can't run is a 400 with its reasons."""
    _require_developer(act)
    with act.project.lock:
        sha = act.project.repository.named(ref)
        if sha is None:
            raise _refused("Reference not found")
        if act.project.repository.branch(ref) and not may_merge(act.world, act.project, ref, user=act.user):
            raise _refused(
                f"You do not have sufficient permission to run a pipeline on '{ref}'. "
                "Please select a different branch or contact your administrator for assistance."
            )
        if problem := _repeated(given) or _forbidden(act, given) or ci_config.problem(act.project, sha):
            raise _refused(problem)
        pipeline = pipelines.add(act, sha=sha, ref=ref, source="api")
        pipeline.update(tag=act.project.repository.branch(ref) is None, _jobs="pending", _variables=list(given))
        pipeline["_job_id"] = act.next_id("status")
        pipelines.enter(act, pipeline, status="pending")
        return pipeline


def cancel(act: Act, pipeline: Record) -> None:
    """Whatever is unfinished in it is cancelled; one that has ended stays as it is."""
    _require_developer(act)
    with act.project.lock:
        if pipeline["status"] not in FINAL:
            pipelines.end_statuses(act.project, pipeline, status="canceled", now=act.now())
            pipelines.enter(act, pipeline, status="canceled")


def retry(act: Act, pipeline: Record) -> None:
    """Its own jobs wait again if they failed or were cancelled; what came from outside stays as it is."""
    _require_developer(act)
    with act.project.lock:
        if pipeline["_jobs"] in {"failed", "canceled"}:
            pipeline["_jobs"] = "pending"
            pipelines.enter(act, pipeline, status="pending")


def variables(given: Params) -> list[Record]:
    """The variables of a request as documents."""
    wanted = given.get("variables") or []
    if not isinstance(wanted, list) or not all(isinstance(one, dict) and one.get("key") for one in wanted):
        raise invalid("variables is invalid")
    if any(one.get("variable_type", _KINDS[0]) not in _KINDS for one in wanted):
        raise invalid("variables[variable_type] does not have a valid value")
    return [
        {
            "variable_type": one.get("variable_type", _KINDS[0]),
            "key": str(one["key"]),
            "value": str(one.get("value", "")),
            "raw": False,
        }
        for one in wanted
    ]


def _require_developer(act: Act) -> None:
    if level_of(act.world, act.project, act.user) < DEVELOPER:
        raise forbidden()


def _forbidden(act: Act, given: Sequence[Record]) -> str:
    """Projects that GitLab makes today let nobody set variables, unless somebody has changed that."""
    least = _LEAST[str(attribute(act.project, "ci_pipeline_variables_minimum_override_role"))]
    may = not given or level_of(act.world, act.project, act.user) >= least
    return "" if may else "Insufficient permissions to set pipeline variables"


def _repeated(given: Sequence[Record]) -> str:
    twice = [key for key, count in Counter(one["key"] for one in given).items() if count > 1]
    return f"Duplicate variable name{'s' if len(twice) > 1 else ''}: {', '.join(twice)}" if twice else ""


def _refused(reason: str) -> ApiError:
    return message(400, {"base": [reason]})
