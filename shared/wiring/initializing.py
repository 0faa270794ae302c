"""What the making of a GitLab project is made of."""

from ..adapters.gitlab.premises import GitlabPremises, HookSecrets
from ..domain.groundwork import Include
from ..domain.messages.initializing import InitializeRepository
from ..domain.told import Told
from ..flows.answering import Asker
from ..flows.initializing import initialize_repository
from ..flows.outside import Outside
from ..flows.site import Furnishing
from ..projects import ProjectSettings
from .ground import Ground


def run(parameters: InitializeRepository, ground: Ground, asker: Asker, outside: Outside) -> Told:
    """Raises what the flow raises."""
    project = ground.project(parameters.project)
    premises = GitlabPremises(
        ground.gitlab(project),
        project.gitlab_project,
        deadline=outside.deadline,
        number=project.gitlab_project_id,
        secrets=lambda: _secrets(project, ground),
    )
    done = initialize_repository(
        parameters, _furnishing(project, ground), asker=asker, premises=premises, outside=outside
    )
    return done.told()


def _furnishing(project: ProjectSettings, ground: Ground) -> Furnishing:
    url, scanners = ground.settings.webhook_url, project.scanners
    include = None if scanners is None else Include(scanners.project, scanners.files, scanners.ref or "")
    numbered = project.gitlab_project_id is not None
    return Furnishing(f"{url}/" if url else "", include, numbered, tested=bool(project.gates))


def _secrets(project: ProjectSettings, ground: Ground) -> HookSecrets:
    """The newest value of each; where there is none the hook goes without."""
    named = project.secrets
    token, signing = (
        next(iter(ground.values(each)), "") for each in (named.gitlab_webhook_token, named.gitlab_signing_token)
    )
    return HookSecrets(token, signing)
