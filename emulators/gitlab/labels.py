"""Labels: here a label is its name, and everything else about it follows from that."""

import zlib

from emulators.gitlab.project import Record


def label_json(name: str) -> Record:
    """The label as web hooks show it."""
    return {
        "id": 1 + zlib.crc32(name.encode()) % 1_000_000,
        "title": name,
        "color": "#6699cc",
        "project_id": None,
        "created_at": "2026-01-01 00:00:00 UTC",
        "updated_at": "2026-01-01 00:00:00 UTC",
        "template": False,
        "description": None,
        "type": "ProjectLabel",
        "group_id": None,
    }


def changed(present: list[str], *, replaced: list[str] | None, added: list[str], removed: list[str]) -> list[str]:
    """The names after an edit: all replaced, or some added and some removed."""
    names = list(present if replaced is None else replaced)
    names += [name for name in added if name not in names]
    return [name for name in names if name not in removed]
