"""Git LFS as the API has it: large content beside the repository, and a pointer to it within."""

import hashlib
import re

from emulators.gitlab.project import Project

_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*?oid sha256:([0-9a-f]+)\nsize \d+\n")


def pointer(content: bytes) -> bytes:
    """The text that stands for the content in git."""
    oid = hashlib.sha256(content).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n".encode()


def oid_of(stored: bytes) -> str | None:
    """The sha256 that a pointer names; None for anything else."""
    found = _POINTER.fullmatch(stored)
    return found[1].decode() if found else None


def content(project: Project, stored: bytes) -> bytes | None:
    """What a pointer stands for; None for other content, and for an object that nobody has stored."""
    oid = oid_of(stored)
    return project.lfs.get(oid) if oid else None


def tracks(project: Project, sha: str | None, path: str) -> bool:
    """Whether `.gitattributes` of the commit gives the path to LFS."""
    if sha is None or project.attributes.get("lfs_enabled") is False:
        return False
    return project.repository.attribute(sha, path, name="filter") == "lfs"


def stored(project: Project, fresh: bytes) -> bytes:
    """Keeps the content and gives the pointer to put into git."""
    project.lfs[hashlib.sha256(fresh).hexdigest()] = fresh
    return pointer(fresh)
