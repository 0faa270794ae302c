"""git itself, over HTTP."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import gitlab as python_gitlab
import pytest

from tests.strangers.stand_in import StandIn

PATH = "pin/pin-analytics/jobs"


@dataclass(frozen=True, slots=True)
class Git:
    """Run in a folder, untouched by the settings of whoever runs the tests."""

    folder: Path
    url: str

    def __call__(self, *arguments: str, fails: bool = False) -> str:
        who = {
            f"GIT_{role}_{part}": "ann@example.com" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")
        }
        quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env={**who, **quiet, "PATH": os.environ["PATH"], "HOME": str(self.folder), "NO_PROXY": "127.0.0.1"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode != 0) is fails, done.stderr
        return (done.stdout + done.stderr).strip()


@pytest.fixture
def git(gitlab: StandIn, tmp_path: Path) -> Git:
    namespace, _, name = PATH.rpartition("/")
    branches = {"develop": {"config/Ä b.json": "{}", "code/Ä b/one.sql": "SELECT 1"}}
    gitlab.admin("POST", "seed", {"projects": [{"namespace": namespace, "name": name, "branches": branches}]})
    return Git(tmp_path, f"{gitlab.url.replace('://', '://ann:token@')}/{PATH}.git")


def cloned(git: Git, *options: str) -> Git:
    git("clone", "--quiet", *options, git.url, "copy")
    return Git(git.folder / "copy", git.url)


def test_a_clone_holds_what_the_api_holds(git: Git, gitlab: StandIn) -> None:
    """The same commits, trees and files; git finds nothing wrong with the objects."""
    copy = cloned(git, "--branch", "develop")
    known = gitlab.admin("GET", "dump")["projects"][PATH]["branches"]["develop"]

    assert copy("rev-parse", "HEAD", "HEAD^{tree}").split() == [known["commit"], known["tree"]]
    assert (copy.folder / "config" / "Ä b.json").read_text() == "{}"
    copy("fsck", "--strict")


def test_a_push_is_there_for_the_api(git: Git, gitlab: StandIn) -> None:
    """A branch that git made can be proposed and merged there, and the merge comes back by a pull."""
    copy = cloned(git, "--branch", "develop")
    copy("switch", "--quiet", "--create", "feature/x")
    (copy.folder / "new.sql").write_text("SELECT 2")
    copy("add", "--all")
    copy("commit", "--quiet", "--message", "New")
    copy("push", "--quiet", "origin", "feature/x")
    with python_gitlab.Gitlab(gitlab.url, private_token="token") as client:
        project = client.projects.get(PATH)
        wanted = {"source_branch": "feature/x", "target_branch": "develop", "title": "New"}
        project.mergerequests.create(wanted).merge()
    copy("switch", "--quiet", "develop")
    copy("pull", "--quiet")

    assert copy("log", "-1", "--format=%s") == "Merge branch 'feature/x' into 'develop'"
    assert (copy.folder / "new.sql").read_text() == "SELECT 2"
    copy("push", "--quiet", "origin", "--delete", "feature/x")
    assert set(gitlab.admin("GET", "dump")["projects"][PATH]["branches"]) == {"main", "develop"}


def test_a_push_opens_its_own_merge_request(git: Git, gitlab: StandIn) -> None:
    """By GitLab's push options."""
    copy = cloned(git, "--branch", "develop")
    copy("switch", "--quiet", "--create", "feature/y")
    copy("commit", "--quiet", "--allow-empty", "--message", "Mine")
    copy("push", "--quiet", "-o", "merge_request.create", "-o", "merge_request.target=develop", "origin", "feature/y")
    with python_gitlab.Gitlab(gitlab.url, private_token="token") as client:
        (request,) = client.projects.get(PATH).mergerequests.list()

    assert (request.title, request.source_branch, request.target_branch) == ("Mine", "feature/y", "develop")


def test_a_push_from_behind_is_refused_as_git_refuses_it(git: Git, gitlab: StandIn) -> None:
    """Nothing that others pushed is lost."""
    copy = cloned(git, "--branch", "develop")
    copy("commit", "--quiet", "--allow-empty", "--message", "Mine")
    gitlab.admin("POST", "commit", {"project": PATH, "branch": "develop", "write": {"a.txt": "theirs"}})

    assert "fetch first" in copy("push", "origin", "develop", fails=True)


def test_nobody_gets_in_without_a_token(git: Git) -> None:
    """git is asked for a password, and has none."""
    assert "could not read" in git("clone", git.url.replace("ann:token@", ""), "copy", fails=True)
