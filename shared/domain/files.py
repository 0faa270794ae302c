"""A pipeline → all of its files in a repository."""

from collections.abc import Mapping

from .code import code_files
from .errors import Refused
from .layout import config_file, config_path
from .titles import Titles, unstorable


def files_of(title: str, job_config: Mapping[str, object], *, titles: Titles) -> Mapping[str, bytes]:
    """Path to content: the config and the code of the tasks, each path below `config/` or `code/`.

    Raises Refused `title-unstorable`, `config-invalid` or `config-too-big`, each for this pipeline alone.
    """
    if reason := unstorable(title, titles=titles):
        raise Refused("title-unstorable", reason)
    return {config_path(title): config_file(job_config), **code_files(title, job_config, titles=titles)}
