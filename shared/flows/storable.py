"""Which pipelines may not go to Git, and why."""

import json
from collections.abc import Mapping

from ..domain import files
from ..domain.errors import Refused
from ..domain.titles import Titles


def withheld(configs: Mapping[str, bytes], titles: Titles) -> Mapping[str, str]:
    """Title to config file → by title a sentence why it can't be stored, which never quotes what the file holds."""
    found = {title: _why_not(title, file, titles) for title, file in configs.items()}
    return {title: why for title, why in found.items() if why}


def _why_not(title: str, file: bytes, titles: Titles) -> str:
    try:
        files.files_of(title, json.loads(file), titles=titles)
    except Refused as error:
        return error.detail
    return ""
