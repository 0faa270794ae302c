"""GitLab in the flows' words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from ..domain.gitlab import (
    AS_IT_COMES,
    Care,
    Changes,
    CiJob,
    CiPipeline,
    Commit,
    Deployment,
    FileAction,
    Hook,
    Issue,
    MergeRequest,
    Note,
    OnMergeRequest,
    Place,
    Proposal,
    Status,
    StoredFile,
    Token,
)


class Repository(Protocol):
    """One GitLab project, seen with the service's own token."""

    def own_id(self) -> int:
        """The id of the token's user; only what this user wrote is believed."""

    def head(self, branch: str) -> str | None:
        """The full sha of the branch's newest commit, None where there is no such branch."""

    def file(self, path: str, ref: str) -> StoredFile | None:
        """The file with the sha of the last commit that touched it; ref `HEAD` is the default branch."""

    def content(self, path: str, commit: str) -> bytes | None:
        """The bytes of the file at that commit, None where it is absent there."""

    def compare(self, base: str, head: str) -> Changes:
        """The commits reachable from head but not from base, and the paths that differ between the two."""

    def touched(self, commit: str) -> tuple[tuple[str, ...], bool]:
        """The paths that the commit changed against its first parent, and whether the list is complete."""

    def tree(self, commit: str, folder: str) -> Mapping[str, str]:
        """Every file below the folder, path to blob id; empty where the folder is absent."""

    def last_touched(self, path: str, commit: str) -> str | None:
        """The last commit that touched the file as seen at `commit` (a sha or a branch), None where it is absent."""

    def archive(self, commit: str, folder: str, *, seconds: float | None = None) -> Iterator[tuple[str, bytes]]:
        """Every plain file below the folder, path and bytes, of LFS files the pointer; one is in memory at a time.

        One request, of which GitLab allows five a minute; whoever can do without gives it so many `seconds`. A caller
        that hasn't reached the end knows nothing of what is absent.
        """

    def commit(self, branch: str, actions: Sequence[FileAction], *, message: str, start: str | None = None) -> str:
        """All actions as one commit upon the branch, or upon `start` as a branch that must be new; its sha. Sent once.

        Transient `gitlab-outdated`: a file or the branch is not as the actions say, nothing was done, look again.
        Permanent `gitlab-forbidden`: not onto this branch. Permanent `commit-refused`: not like this.
        """

    def delete_branch(self, branch: str) -> None:
        """Deletes the branch; fine if it is gone. An open merge request from it is closed thereby."""

    def branch_names(self, prefix: str) -> tuple[str, ...]:
        """The branches that begin so, in order; half a minute old, so only good for tidying up."""

    def is_ancestor(self, commit: str, of: str) -> bool:
        """Whether `commit` can be reached from `of`; a commit that is gone is nobody's ancestor."""

    def path_commits(self, path: str, commit: str, *, first_parent: bool) -> Iterator[str]:
        """The commits that GitLab lists for the path, newest first; asked page by page as they are consumed."""

    def line(self, commit: str) -> Iterator[str]:
        """The commit and its first parents, newest first: what the tip of the branch has been; page by page."""

    def deployments(self, environment: str) -> Iterator[Deployment]:
        """Newest first; asked page by page as they are consumed."""

    def open_deployment(self, environment: str, *, branch: str, commit: str, status: str) -> Deployment:
        """Records a deployment, status `running` or a final one."""

    def end_deployment(self, deployment: Deployment, status: str) -> None:
        """Sets a running deployment to `success`, `failed` or `canceled`."""

    def fail_deployment(self, deployment: Deployment) -> None:
        """Sets one that was a success to `failed`; fine if it is so already."""

    def statuses(self, commit: str, *, branch: str, name: str) -> tuple[Status, ...]:
        """All commit statuses of that name and branch, older ones too, newest first, whoever wrote them."""

    def post_status(self, commit: str, *, branch: str, name: str, state: str, description: str) -> None:
        """Sets a commit status; one that is already so stays as it is."""

    def merged(self, branch: str, *, since: str | None = None) -> Iterator[MergeRequest]:
        """Merge requests that were merged into the branch, last updated first, page by page.

        `since` (ISO 8601) leaves out those that were last updated before.
        """

    def merge_request_commits(self, iid: int) -> tuple[Commit, ...]:
        """The commits that the merge request brought."""

    def proposals(self, *, target: str, state: str, source: str | None = None) -> Iterator[Proposal]:
        """Merge requests into the branch, opened last first, page by page; state opened, closed, merged or all."""

    def proposal(self, iid: int) -> Proposal | None:
        """The merge request of that number, of whatever state; None where there is none."""

    def merge_result(self, iid: int) -> str | None:
        """The commit that merging the open merge request now would make, upon its target; it is on no branch.

        None where GitLab can't merge it by itself, or where it brings no commit.
        """

    def propose(self, source: str, target: str, *, title: str, description: str, care: Care = AS_IT_COMES) -> Proposal:
        """Opens a merge request that takes its source branch with it. Sent once.

        Transient `gitlab-busy` where these two branches have an open one already. Refused `user-unknown`.
        """

    def edit_proposal(
        self,
        iid: int,
        *,
        title: str | None = None,
        description: str | None = None,
        care: Care = AS_IT_COMES,
        close: bool = False,
    ) -> None:
        """Replaces what is given, adds labels; closes it if it is open. Refused `user-unknown`."""

    def accept(self, iid: int, *, head: str) -> str:
        """Merges it, if its newest commit still is `head`, and gives the target's new commit; again is fine.

        Transient `gitlab-outdated`: its newest commit is another. Permanent `merge-refused`: it can't be merged.
        """

    def hooks(self) -> tuple[Hook, ...]:
        """The project's web hooks; Permanent `gitlab-forbidden` where the token's user may not see them."""

    def token(self) -> Token:
        """The very token that the service uses."""

    def access(self) -> int:
        """The level of the token's user in the project, as GitLab counts: 30 for a developer, 40 for a maintainer."""

    def start_pipeline(self, branch: str, *, variables: Mapping[str, str] | None = None) -> int:
        """Starts a CI pipeline on the branch; its id. Sent once.

        Permanent `gitlab-refused` where the project has no CI, or lets the token's user set no variables.
        """

    def started_pipelines(self, branch: str, *, since: str) -> Iterator[int]:
        """The ids of pipelines that were started on the branch by the API, newest first; page by page.

        `since` (ISO 8601) leaves out those that were last updated before.
        """

    def ci_pipeline(self, number: int) -> CiPipeline | None:
        """The pipeline of that id; None where there is none."""

    def ci_variables(self, number: int) -> Mapping[str, str] | None:
        """What it was started with; None where it is gone, or somebody else's so that the token's user may not know."""

    def ci_jobs(self, pipeline: CiPipeline) -> tuple[CiJob, ...]:
        """Its jobs, and the statuses that hang in it: the newest of each name."""

    def cancel_pipeline(self, number: int) -> None:
        """Cancels what is unfinished in it; fine if nothing is, or if it is gone."""

    def issue(self, iid: int) -> Issue | None:
        """The issue of that number, of whatever state; None where there is none, or none that may be seen."""

    def notes(self, place: Place) -> Iterator[Note]:
        """The notes of a merge request, commit or issue, newest first."""

    def write_note(self, place: Place, body: str, *, replaces: Note | None) -> Note:
        """Writes a new note, or replaces the body of one of our own."""

    def delete_note(self, place: OnMergeRequest, note: Note) -> None:
        """Deletes one of our own; fine if it is gone."""
