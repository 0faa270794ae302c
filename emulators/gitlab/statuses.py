"""Commit statuses: rows of external pipelines that go through a state machine and are never overwritten by name."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from emulators.gitlab import pipelines
from emulators.gitlab.acts import Act
from emulators.gitlab.errors import message
from emulators.gitlab.parameters import Params
from emulators.gitlab.project import Project, Record
from emulators.gitlab.status_machine import FINAL, move_status
from emulators.gitlab.user import User

LONGEST = 255
JOB = "test"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the poster of a status asks for."""

    state: str
    name: str
    ref: str | None
    pipeline: int | None
    details: Record


def wish(given: Params) -> Wish:
    """The wish in the parameters; 400 for a text that is too long or an address that is no web address."""
    details: Record = {}
    for key in ("target_url", "description", "coverage"):
        if given.get(key) is not None:
            details[key] = given[key]
    _check(details | {"ref": given.optional("ref")})
    name = given.text("name") or given.text("context") or "default"
    number = given.number("pipeline_id", 0) or None
    return Wish(str(given["state"]), name, given.optional("ref"), number, details)


def post(act: Act, *, sha: str, wanted: Wish) -> Record:
    """Moves this user's unfinished row of the name on, or starts a new row; 400 where the machine has no such way."""
    with act.project.lock:
        pipeline = pipelines.for_status(act, sha=sha, ref=wanted.ref, number=wanted.pipeline)
        row = _unfinished(act.project, pipeline, user=act.user, name=wanted.name)
        state = move_status(row["status"] if row else "created", wanted.state)
        if row is None:
            row = _create(act, pipeline, name=wanted.name)
        row.update(wanted.details)
        _enter(row, state, now=act.now())
        pipelines.refresh(act, pipeline)
        return row


def of_commit(project: Project, sha: str, *, every: bool) -> list[Record]:
    """The rows of a commit by id: the newest of each name in each pipeline, or really every one."""
    rows = [row for row in project.statuses if row["sha"] == sha and (every or not row["_retried"])]
    return rows + [_job(one) for one in project.pipelines if one["sha"] == sha and one["_jobs"]]


def _check(details: Record) -> None:
    problems = {
        key: [f"is too long (maximum is {LONGEST} characters)"]
        for key, value in details.items()
        if len(str(value or "")) > LONGEST
    }
    address = details.get("target_url")
    if address and urlsplit(str(address)).scheme not in {"http", "https"}:
        problems["target_url"] = ["is blocked: Only allowed schemes are http, https"]
    if problems:
        raise message(400, problems)


def _unfinished(project: Project, pipeline: Record, *, user: User, name: str) -> Record | None:
    """Only a pending or running row of the same name and the same user is ever moved on."""
    for row in project.statuses:
        same = row["pipeline_id"] == pipeline["id"] and row["name"] == name and row["author"]["id"] == user.id
        if same and row["status"] not in FINAL:
            return row
    return None


def _create(act: Act, pipeline: Record, *, name: str) -> Record:
    for older in act.project.statuses:
        if older["pipeline_id"] == pipeline["id"] and older["name"] == name:
            older["_retried"] = True
    row: Record = {
        "id": act.next_id("status"),
        "sha": pipeline["sha"],
        "ref": pipeline["ref"],
        "status": "created",
        "name": name,
        "target_url": None,
        "description": None,
        "created_at": act.now(),
        "started_at": None,
        "finished_at": None,
        "allow_failure": False,
        "coverage": None,
        "pipeline_id": pipeline["id"],
        "author": act.person(),
        "_retried": False,
    }
    act.project.statuses.append(row)
    return row


def _enter(row: Record, state: str, *, now: str) -> None:
    row["status"] = state
    if state == "running":
        row["started_at"] = now
    if state in FINAL:
        row["finished_at"] = now


def _job(pipeline: Record) -> Record:
    """The only job of a pipeline that was started, as GitLab shows jobs among the statuses."""
    number, state = pipeline["_job_id"], pipeline["_jobs"]
    return {
        "id": number,
        "sha": pipeline["sha"],
        "ref": pipeline["ref"],
        "status": state,
        "name": JOB,
        "target_url": f"{pipeline['web_url'].rsplit('/', 2)[0]}/jobs/{number}",
        "description": None,
        "created_at": pipeline["created_at"],
        "started_at": None,
        "finished_at": pipeline["finished_at"] if state in FINAL else None,
        "allow_failure": False,
        "coverage": None,
        "pipeline_id": pipeline["id"],
        "author": pipeline["user"],
    }
