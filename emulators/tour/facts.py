"""What the chapters show and check, taken from AIC's and GitLab's own answers."""

import difflib
from collections.abc import Iterator

from emulators.stack import traffic
from emulators.stack.aic import Config
from emulators.stack.gitlab import Document
from emulators.stack.workplace import Workplace

STATUS = "aic/deploy"
ENVIRONMENT_BRANCH = "develop"


def code(config: Config) -> str:
    """The first script of a pipeline."""
    return next(
        str(task["config"]["script"])
        for stage in config["stages"]
        for task in stage["tasks"]
        if task.get("type") == "PYSPARK"
    )


def with_code(config: Config, text: str) -> Config:
    """The config, changed in place: its first script is the text."""
    task = next(task for stage in config["stages"] for task in stage["tasks"] if task.get("type") == "PYSPARK")
    task["config"]["script"] = text
    return config


def difference(before: str, after: str) -> Iterator[str]:
    """The lines in which two codes differ, with one line around them."""
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1))
    return (line for line in lines[2:] if not line.startswith("@@"))


def readable(note: Document) -> list[str]:
    """The lines of a note that people see, longer ones cut."""
    lines = [line for line in str(note["body"]).splitlines() if not line.startswith("<!--")]
    text = "\n".join(lines).strip().replace("\n\n\n", "\n\n")
    return [line if len(line) <= 160 else line[:159] + "…" for line in text.splitlines()]


def described(proposal: Document, *, most: int = 16) -> list[str]:
    """The title of a merge request, and how its description begins."""
    lines = readable({"body": proposal["description"]})
    return [str(proposal["title"]), "", *lines[:most], *(["…"] if len(lines) > most else [])]


def status(place: Workplace, commit: str) -> Document:
    """The service's status of the commit; empty where it has none."""
    return next((each for each in place.person.statuses(commit) if each["name"] == STATUS), {})


def deployment(place: Workplace) -> Document:
    """The newest deployment record of the workspace."""
    found = place.person.deployments(place.site.environment(ENVIRONMENT_BRANCH))
    return found[0] if found else {}


def record_lines(place: Workplace, commit: str) -> list[str]:
    """Deployment record and commit status, one line each."""
    record, posted = deployment(place), status(place, commit)
    return [
        f"deployment {record.get('iid')} of {place.site.environment(ENVIRONMENT_BRANCH)}: {record.get('status')}, "
        f"commit {str(record.get('sha'))[:8]}",
        f"commit status {STATUS}: {posted.get('status')}, “{posted.get('description')}”",
    ]


def landed(merged: Document) -> str:
    """The commit that a merge made on the target branch."""
    return str(merged["merge_commit_sha"] or merged["squash_commit_sha"] or merged["sha"])


def written(place: Workplace) -> int:
    """Requests to AIC that could change something, since counting was restarted."""
    return traffic.writes(place.aic_url)
