"""What the layout stores can be held by a real Git, by GitLab's calls, and by a checkout; what it withholds can't."""

import os
import random
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from shared.domain import path, titles
from shared.domain.files import files_of
from shared.domain.titles import unstorable
from tests.contract.git_client import cloned
from tests.contract.gitlab_stand_in import StandIn, served
from tests.hostile_names import NAMES

PIECES = (
    ".",
    "..",
    ".git",
    "git",
    "~",
    "1",
    "~1",
    ":",
    " ",
    "\\",
    "modules",
    "attributes",
    "gi7eba",
    "gi7d29",
    "\u200c",
    "x",
    "%2e",
    "+",
)
IDENTITY = {f"GIT_{role}_{part}": "a@example.com" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}


@pytest.fixture
def gitlab(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path / "git") as stand_in:
        yield stand_in


def git(directory: Path, *arguments: str, data: bytes = b"", good: bool = True) -> str:
    """What it says; the configuration of whoever runs the tests doesn't count."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(directory), "GIT_CONFIG_NOSYSTEM": "1", **IDENTITY}
    done = subprocess.run(
        ["git", *arguments], cwd=directory, env=environment, input=data, capture_output=True, timeout=120, check=False
    )
    assert (done.returncode == 0) is good, done.stderr.decode(errors="replace")
    return done.stdout.decode().strip()


def tree_of(directory: Path, paths: Iterable[str]) -> None:
    """A commit with these files, made without git's index, which would refuse some."""
    git(directory, "init", "--quiet")
    blob = git(directory, "hash-object", "-w", "--stdin", data=b"x")
    entries = {tuple(each.split("/")): f"100644 blob {blob}" for each in paths}
    made: dict[str, str] = {}
    while entries.keys() != {()}:
        deepest = max(map(len, entries))
        above = {parts[:-1] for parts in entries if len(parts) == deepest}
        for folder in above:
            inside = {
                parts: entries.pop(parts) for parts in list(entries) if len(parts) == deepest and parts[:-1] == folder
            }
            listed = "".join(f"{entry}\t{parts[-1]}\0" for parts, entry in inside.items())
            made[listed] = made.get(listed) or git(directory, "mktree", "-z", data=listed.encode())
            entries[folder] = f"040000 tree {made[listed]}"
    commit = git(directory, "commit-tree", entries[()].split()[-1], "-m", "x")
    git(directory, "update-ref", "HEAD", commit)


def stored(names: Iterable[str]) -> dict[str, bytes]:
    """The files of pipelines of these names, each with tasks of these ids."""
    wanted = list(names)
    known = titles.known(live=wanted)
    tasks = [{"id": name, "type": "SQL", "config": {"query": str(number)}} for number, name in enumerate(wanted)]
    whole = [task for task in tasks if "\ud800" not in str(task["id"])]
    good = [name for name in wanted if not unstorable(name, titles=known)]
    return {place: data for name in good for place, data in files_of(name, {"tasks": whole}, titles=known).items()}


def test_sec_15_what_is_stored_goes_through_gitlab_into_a_checkout(gitlab: StandIn, tmp_path: Path) -> None:
    """One commit of them all, read back file by file, cloned with all of git's checks, and equal on disk."""
    files = stored(NAMES)
    project = gitlab.seed(main={"branch_to_workspace.yaml": "x", ".gitlab-ci.yml": "x"})
    actions = [{"action": "create", "file_path": each, "content": data.decode()} for each, data in files.items()]
    project.commits.create({"branch": "main", "commit_message": "All", "actions": actions})
    sample = list(files)[::25]

    assert {each: project.files.get(each, ref="main").decode() for each in sample} == {e: files[e] for e in sample}
    copy = cloned(gitlab, tmp_path / "person", "--config", "transfer.fsckObjects=true")
    copy.git("fsck", "--strict")
    on_disk = {
        str(each.relative_to(copy.directory)): each.read_bytes()
        for folder in ("config", "code")
        for each in (copy.directory / folder).rglob("*")
        if each.is_file()
    }
    assert on_disk == files
    assert (copy.directory / ".gitlab-ci.yml").read_text() == "x"


@pytest.mark.parametrize(
    "name",
    [
        ".git", ".GIT", ".git ", ".git...", "git~1", "GIT~1.", ".git::$INDEX", "x\\.git", "x\\git~1\\y", ".g\u200cit",
        ".gitmodules", ".GITmodules .", "gitmod~1", "gi7eba~1", "gi7~1000", ".gitattributes", "gitatt~2",
        "gi7d29~9", "~1234567",
    ],
)  # fmt: skip
def test_what_is_withheld_for_git_is_what_git_refuses(name: str, tmp_path: Path) -> None:
    """A push of it fails, and so does a clone that looks."""
    assert path.defect(f"code/{name}/x")
    tree_of(tmp_path, [f"code/{name}/x"])

    git(tmp_path, "fsck", "--strict", good=False)


def test_names_made_by_chance_of_dangerous_pieces_are_held_by_git(tmp_path: Path) -> None:
    """As folders and as files, several thousand of them at once."""
    dice = random.Random(15)  # noqa: S311 - repeatable on purpose
    chance = {"".join(dice.choices(PIECES, k=dice.randint(1, 4))) for _ in range(6000)}
    good = [name for name in sorted(chance) if not path.defect(f"code/{name}/x") and not path.defect(f"config/{name}")]
    tree_of(tmp_path, [f"{folder}/{name}{end}" for name in good for folder, end in (("code", "/x"), ("config", ""))])

    git(tmp_path, "fsck", "--strict")
    assert 500 < len(good) < len(chance)
