"""One GitLab project as the flows see it."""

from ...deadline import Deadline
from .commits import Commits
from .connection import GitlabConnection
from .conversations import Conversations
from .files import Files
from .project import OpenProject
from .records import Records


class GitlabRepository(Files, Commits, Records, Conversations):
    """Implements `ports.Repository` for one run.

    `path` is the project's full path; its `number` (id), where known, is used instead since it survives renames.
    Errors: Permanent `gitlab-unauthorized`, `gitlab-forbidden`, `gitlab-not-found`, `gitlab-refused`,
    `gitlab-redirect`, `note-refused`, `url-refused`; Transient `gitlab-busy`, `gitlab-unavailable`,
    `gitlab-odd-answer`, `answer-too-big`, `deadline`; Refused `tree-unusual`.
    """

    def __init__(
        self,
        connection: GitlabConnection,
        path: str,
        *,
        deadline: Deadline,
        number: int | None = None,
    ) -> None:
        project = OpenProject(connection, path if number is None else number, deadline=deadline)
        super().__init__(project)

    def own_id(self) -> int:
        """The id of the token's user; only what this user wrote is believed."""
        return self._project.own_id()
