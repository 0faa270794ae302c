"""What a GitLab project does by itself: web hooks and CI pipelines."""

from ...domain.gitlab import Hook
from . import shapes
from .project import Part


class Automation(Part):
    """That part of `ports.Repository` which looks after hooks and starts pipelines."""

    def hooks(self) -> tuple[Hook, ...]:
        """The project's web hooks; Permanent `gitlab-forbidden` where the token's user may not see them."""
        return tuple(self._project.pages(self._project.api.hooks.path, {}, shape=_hook))

    def start_pipeline(self, branch: str) -> int:
        """Starts a CI pipeline on the branch; its id. Sent once; Permanent `gitlab-refused` where there is no job."""
        create = self._project.api.pipelines.create
        return self._project.write(
            "start_pipeline", lambda: shapes.field(create({"ref": branch}).attributes, "id", int)
        )


def _hook(row: object) -> Hook:
    """A GitLab that doesn't disable hooks says nothing of it."""
    alert = shapes.text(row, "alert_status") or "executable"
    return Hook(shapes.field(row, "id", int), shapes.field(row, "url", str), alert != "executable")
