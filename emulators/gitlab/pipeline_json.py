"""A pipeline as the REST API shows it: in a list, and by itself."""

from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import parsed, public

_LISTED = (
    "id", "iid", "project_id", "sha", "ref", "status", "source", "created_at", "updated_at", "web_url", "name",
)  # fmt: skip
_LABELS = {"success": "passed"}


def listed(pipeline: Record) -> Record:
    """One row of a list."""
    return {key: pipeline[key] for key in _LISTED}


def single(project: Project, pipeline: Record) -> Record:
    """The whole document."""
    status, shown = pipeline["status"], label(pipeline)
    return public(pipeline) | {
        "committed_at": None,
        "duration": seconds(pipeline),
        "queued_duration": None,
        "archived": False,
        "detailed_status": {
            "icon": f"status_{status}",
            "text": shown.title(),
            "label": shown,
            "group": status,
            "tooltip": shown,
            "has_details": True,
            "details_path": f"/{project.path}/-/pipelines/{pipeline['id']}",
        },
    }


def label(pipeline: Record) -> str:
    """The state as people read it: a success has passed."""
    return _LABELS.get(pipeline["status"], str(pipeline["status"]))


def seconds(pipeline: Record) -> int | None:
    """How long it took, once it has ended."""
    if pipeline["finished_at"] is None:
        return None
    return round((parsed(pipeline["finished_at"]) - parsed(pipeline["created_at"])).total_seconds())
