"""What the page of a pipeline shows."""

from emulators.gitlab.pages.reviews import Page
from emulators.gitlab.project import Project
from emulators.gitlab.records import numbered


def page(project: Project, number: str) -> Page | None:
    """Its state and every status in it, those that were tried again too."""
    wanted = numbered(number)
    found = next((one for one in project.pipelines if one["id"] == wanted), None)
    if found is None:
        return None
    rows = [row for row in project.statuses if row["pipeline_id"] == wanted]
    return "pipeline.html", {"pipeline": found, "statuses": rows}
