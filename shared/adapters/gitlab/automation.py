"""What a GitLab project does by itself: web hooks and CI pipelines."""

from collections.abc import Mapping

from ...domain.gitlab import Hook, Token
from . import shapes
from .project import Part


class Automation(Part):
    """That part of `ports.Repository` which looks after hooks and starts pipelines."""

    def hooks(self) -> tuple[Hook, ...]:
        """The project's web hooks; Permanent `gitlab-forbidden` where the token's user may not see them."""
        return tuple(self._project.pages(self._project.api.hooks.path, {}, shape=shapes.hook))

    def token(self) -> Token:
        """The very token that the service uses; a GitLab that doesn't know the question is Permanent."""
        return self._project.read("token", lambda: _token(self._project.get("/personal_access_tokens/self")))

    def access(self) -> int:
        """The higher of the user's levels in the project and in its group; 0 where it has none."""
        path = f"/projects/{self._project.api.encoded_id}"
        return self._project.read("project", lambda: _level(self._project.get(path)))

    def start_pipeline(self, branch: str) -> int:
        """Starts a CI pipeline on the branch; its id. Sent once; Permanent `gitlab-refused` where there is no job."""
        create = self._project.api.pipelines.create
        return self._project.write(
            "start_pipeline", lambda: shapes.field(create({"ref": branch}).attributes, "id", int)
        )


def _token(row: object) -> Token:
    scopes = tuple(shapes.texts(row, "scopes"))
    return Token(shapes.field(row, "id", int), shapes.field(row, "name", str), shapes.text(row, "expires_at"), scopes)


def _level(row: object) -> int:
    given = row.get("permissions") if isinstance(row, Mapping) else None
    parts = [given.get(key) for key in ("project_access", "group_access")] if isinstance(given, Mapping) else []
    return max((shapes.field(each, "access_level", int) for each in parts if each), default=0)
