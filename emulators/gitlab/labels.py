"""Labels of a project; merge requests and issues hold their names, and naming an unknown one makes it."""

from collections.abc import Iterable

from emulators.gitlab.project import Project, Record
from emulators.gitlab.records import hook_time
from emulators.gitlab.world import World

COLOR = "#6699cc"


def ensure(world: World, project: Project, names: Iterable[str]) -> None:
    """Makes the labels that the project does not have yet."""
    with project.lock:
        for name in names:
            if find(project, name) is None:
                create(world, project, name, color=COLOR)


def create(world: World, project: Project, name: str, *, color: str, description: str | None = None) -> Record:
    """A new label, whose document is kept as the API shows it."""
    label: Record = {
        "id": world.next_id("label"),
        "name": name,
        "color": color,
        "text_color": "#FFFFFF",
        "description": description,
        "description_html": description or "",
        "archived": False,
        "subscribed": False,
        "priority": None,
        "is_project_label": True,
        "_created_at": world.clock().isoformat(),
    }
    project.labels.append(label)
    return label


def find(project: Project, name: str) -> Record | None:
    return next((label for label in project.labels if label["name"] == name), None)


def rename(project: Project, *, old: str, new: str | None) -> None:
    """Everywhere the label is used; None takes it away."""
    for record in (*project.merge_requests, *project.issues):
        names = record["labels"]
        record["labels"] = [new if name == old else name for name in names if name != old or new]


def details(project: Project, names: Iterable[str]) -> list[Record]:
    """The labels as lists show them on demand."""
    kept = ("id", "name", "color", "text_color", "description", "description_html", "archived")
    found = [find(project, name) for name in names]
    return [{key: label[key] for key in kept} for label in found if label]


def hook_json(project: Project, name: str) -> Record:
    """The label as web hooks show it."""
    label = find(project, name) or {}
    made = hook_time(label.get("_created_at"))
    return {
        "id": label.get("id"),
        "title": name,
        "color": label.get("color", COLOR),
        "project_id": project.id,
        "created_at": made,
        "updated_at": made,
        "template": False,
        "description": label.get("description"),
        "type": "ProjectLabel",
        "group_id": None,
    }


def changed(present: list[str], *, replaced: list[str] | None, added: list[str], removed: list[str]) -> list[str]:
    """The names after an edit: all replaced, or some added and some removed."""
    names = list(present if replaced is None else replaced)
    names += [name for name in added if name not in names]
    return [name for name in names if name not in removed]
