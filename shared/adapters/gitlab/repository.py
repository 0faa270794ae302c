"""One GitLab project as the flows see it."""

from ...deadline import Deadline
from .archives import Archives
from .automation import Automation
from .connection import GitlabConnection
from .conversations import Conversations
from .project import OpenProject
from .proposals import Proposals
from .records import Records
from .writing import Writing


class GitlabRepository(Archives, Proposals, Writing, Records, Conversations, Automation):
    """Implements `ports.Repository` for one run.

    `path` is the project's full path; its `number` (id), where known, is used instead since it survives renames.
    Errors: Permanent `gitlab-unauthorized`, `gitlab-forbidden`, `gitlab-not-found`, `gitlab-refused`,
    `gitlab-redirect`, `commit-refused`, `merge-refused`, `note-refused`, `url-refused`; Transient `gitlab-busy`,
    `gitlab-outdated`, `gitlab-unavailable`, `gitlab-odd-answer`, `answer-too-big`, `deadline`; Refused `tree-unusual`,
    `config-too-big`, `user-unknown`.
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
