"""Whether a commit's `.gitlab-ci.yml` makes a pipeline. Its jobs are looked at, never run."""

import yaml

from emulators.gitlab.project import Project

FILE = ".gitlab-ci.yml"
_NO_JOBS = frozenset({
    "after_script", "before_script", "cache", "default", "image", "include", "pages", "services", "spec", "stages",
    "types", "variables", "workflow",
})  # fmt: skip


def problem(project: Project, sha: str) -> str:
    """GitLab's reason why there is no pipeline; empty when there is one."""
    text = project.repository.blob(sha, FILE)
    if text is None:
        return "Missing CI config file" if project.settings.switch("require_ci_config") else ""
    try:
        config = yaml.safe_load(text)
    except yaml.YAMLError:
        return "Invalid configuration format"
    if not isinstance(config, dict):
        return "Invalid configuration format"
    visible = [name for name in config if name not in _NO_JOBS and not str(name).startswith(".")]
    return "" if visible or "include" in config else "jobs config should contain at least one visible job"
