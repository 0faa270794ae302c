"""The files of one pipeline as a commit has them, as people read them."""

from ..domain.layout import code_folder, config_path
from ..ports.gitlab import Repository


def of(title: str, commit: str, repository: Repository) -> dict[str, str]:
    """Path to text, config and code, as far as it is UTF-8; empty where there is no such pipeline."""
    paths = [config_path(title), *repository.tree(commit, code_folder(title))]
    data = ((path, repository.content(path, commit)) for path in paths)
    return {path: each.decode(errors="replace") for path, each in data if each is not None}
