"""What the pages of commits, branches and files show."""

from itertools import islice

from emulators.gitlab import notes
from emulators.gitlab.pages.reviews import Page
from emulators.gitlab.project import Project
from emulators.gitlab.statuses import of_commit

_SHOWN = 20


def page(project: Project, name: str) -> Page | None:
    """One commit with its statuses, comments and changes."""
    git = project.repository
    sha = git.resolve(name)
    if sha is None:
        return None
    commit = git.commit_of(sha)
    return "commit.html", {
        "commit": commit,
        "statuses": of_commit(project, sha, every=False),
        "notes": notes.of(project, notes.commit_target(sha)),
        "files": git.diff(commit.parents[0] if commit.parents else None, sha),
    }


def branch_page(project: Project, name: str) -> Page | None:
    """A branch, tag or commit with its newest commits and all its files."""
    git = project.repository
    sha = git.resolve(name)
    if sha is None:
        return None
    return "tree.html", {
        "name": name,
        "sha": sha,
        "commits": list(islice(git.log([sha]), _SHOWN)),
        "files": [entry for entry in git.entries(sha, recursive=True) or () if entry.kind != "tree"],
    }


def file_page(project: Project, name: str) -> Page | None:
    """One file; `name` is a ref and a path, of which the ref may have slashes of its own."""
    git, parts = project.repository, name.split("/")
    for end in range(1, len(parts)):
        ref, path = "/".join(parts[:end]), "/".join(parts[end:])
        sha = git.resolve(ref)
        content = git.blob(sha, path) if sha else None
        if content is not None:
            return "file.html", {"ref": ref, "path": path, "text": content.decode("utf-8", "replace")}
    return None
