"""What a GitLab project begins with: the files of its branches, and how these and its labels are kept.

Decides what of it a branch lacks, and what people have otherwise.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from . import labels, mapping
from .errors import Refused
from .gitlab import FileAction, Protection
from .layout import CODE_FOLDER, CONFIG_FOLDER, MAPPING_FILE

DEVELOPER, MAINTAINER = 30, 40
CI_FILE, READ_ME = ".gitlab-ci.yml", "README.md"
FOLDERS = (CONFIG_FOLDER, CODE_FOLDER)
LABELS: Sequence[tuple[str, str, str]] = (
    (labels.DELETE, "#d9534f", "Merging this may take pipelines out of Git; the service asks for it"),
)
"""Name, colour and description."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A role of the Git flow: its branch, and the workspace that this is deployed to."""

    role: str
    branch: str
    workspace: str

    @property
    def merge(self) -> int:
        """The level that merges: what goes to production, maintainers decide."""
        return MAINTAINER if self.role == "production" else DEVELOPER


@dataclass(frozen=True, slots=True)
class Include:
    """CI files of another project that run in this one; without `ref` those of its default branch."""

    project: str
    files: tuple[str, ...]
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """What a commit has of the files that are wanted, and which of the folders."""

    files: Mapping[str, bytes]
    folders: frozenset[str]


NO_BRANCH = Branch({}, frozenset())


def files(project: str, seats: Sequence[Seat], include: Include | None) -> Mapping[str, bytes]:
    """Path to content; the mapping file is one that can be read, else this raises Refused `mapping-invalid`."""
    map_text = _mapping_text(seats)
    mapping.parse(map_text)
    found = {MAPPING_FILE: map_text, READ_ME: _read_me(project, seats).encode()}
    return found if include is None else {**found, CI_FILE: _ci_text(include).encode()}


def missing(there: Branch, wanted: Mapping[str, bytes]) -> tuple[FileAction, ...]:
    """What makes the branch complete: files that it lacks, and a file that keeps each folder that it lacks."""
    lacking = {path: data for path, data in sorted(wanted.items()) if path not in there.files}
    keeping = {f"{folder}/.gitkeep": b"" for folder in FOLDERS if folder not in there.folders}
    return tuple(FileAction("create", path, data) for path, data in {**lacking, **keeping}.items())


def differing(there: Branch, wanted: Mapping[str, bytes], seats: Sequence[Seat]) -> Iterator[tuple[str, str]]:
    """The files of the default branch that people have otherwise, each with what is to be said of it."""
    for path, data in sorted(wanted.items()):
        found = there.files.get(path, data)
        if path == MAPPING_FILE:
            yield from ((path, sentence) for sentence in _mapped_otherwise(found, seats))
        elif found != data:
            yield path, "it has another content, and was left as it is"


def unlike(there: Branch, model: Mapping[str, bytes], default: str) -> Iterator[tuple[str, str]]:
    """The same of another branch, which is to be as the default one is."""
    for path, data in sorted(model.items()):
        if there.files.get(path, data) != data:
            yield path, f"it is another one than on `{default}`, and was left as it is"


def protected(seat: Seat, rules: Sequence[Protection]) -> tuple[bool, str]:
    """Whether a rule covers the branch, and what is to be said of one that people have otherwise.

    A second rule beside a pattern that covers it would let in whom the pattern keeps out: GitLab takes the mildest.
    """
    exact = next((each for each in rules if each.name == seat.branch), None)
    if exact is not None:
        same = exact.push == {MAINTAINER} and exact.merge == {seat.merge}
        return True, "" if same else f"who may push and merge is set otherwise: {_levels(exact)}"
    pattern = next((each for each in rules if _covers(each.name, seat.branch)), None)
    return pattern is not None, f"`{pattern.name}` covers it: {_levels(pattern)}" if pattern else ""


def _covers(pattern: str, branch: str) -> bool:
    """Stars alone have a meaning."""
    first, *parts = pattern.split("*")
    if not parts:
        return pattern == branch
    *inner, last = parts
    if len(branch) < len(first) + len(last) or not (branch.startswith(first) and branch.endswith(last)):
        return False
    rest = branch[len(first) : len(branch) - len(last)]
    for part in inner:
        _, found, rest = rest.partition(part) if part else ("", "*", rest)
        if not found:
            return False
    return True


def _levels(rule: Protection) -> str:
    push, merge = (", ".join(map(str, sorted(levels))) or "by name" for levels in (rule.push, rule.merge))
    return f"push {push}, merge {merge}"


def _mapped_otherwise(data: bytes, seats: Sequence[Seat]) -> Iterator[str]:
    try:
        found = mapping.parse(data)
    except Refused as error:
        yield f"it can't be used: {error.detail}"
        return
    for seat in seats:
        workspace = found.exact.get(seat.branch)
        if workspace != seat.workspace:
            now = f"to `{workspace}`" if workspace else "to nothing"
            yield f"it maps `{seat.branch}` {now}, not to `{seat.workspace}`"
        elif found.branch_of_role(seat.role) != seat.branch:
            yield f"`{seat.branch}` has not the role `{seat.role}` in it"


def _mapping_text(seats: Sequence[Seat]) -> bytes:
    """JSON's texts are YAML's too, whatever is in them."""
    lines = [
        "# Which branch is deployed to which workspace of AIC. Only the file on the default branch is read.",
        "mapping:",
        *(f"  {json.dumps(each.branch)}: {json.dumps(each.workspace, ensure_ascii=False)}" for each in seats),
        "roles:",
        *(f"  {each.role}: {json.dumps(each.branch)}" for each in seats),
    ]
    return ("\n".join(lines) + "\n").encode()


def _ci_text(include: Include) -> str:
    ref = [f"    ref: {json.dumps(include.ref)}"] if include.ref else []
    lines = [
        "# The scanners that run in every project.",
        "include:",
        f"  - project: {json.dumps(include.project)}",
        *ref,
        "    file:",
        *(f"      - {json.dumps(each)}" for each in include.files),
    ]
    return "\n".join(lines) + "\n"


def _read_me(project: str, seats: Sequence[Seat]) -> str:
    rows = [f"| {each.role} | `{each.branch}` | {_cell(each.workspace)} |" for each in seats]
    return "\n".join(
        [
            f"# {project.rpartition('/')[2]}",
            "",
            "The pipelines of these AIC workspaces. What is merged into a branch is deployed to its workspace; what",
            "people change in AIC comes back by a commit or a merge request.",
            "",
            "| role | branch | workspace |",
            "| --- | --- | --- |",
            *rows,
            "",
            "| path | content |",
            "| --- | --- |",
            f"| `{CONFIG_FOLDER}/` | a file for each pipeline: this is what is deployed |",
            f"| `{CODE_FOLDER}/` | the scripts and SQL in it, to be read and reviewed |",
            f"| `{MAPPING_FILE}` | which branch goes to which workspace; it counts on the default branch |",
            "",
        ]
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
