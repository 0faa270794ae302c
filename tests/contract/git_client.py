"""The real git as a client of the stand-in, untouched by the settings of whoever runs the tests."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.contract.gitlab_stand_in import PATH, StandIn

TOKEN = "one"
_WHO = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in {"NAME": "Ann", "EMAIL": "ann@example.com"}.items()
}


@dataclass(frozen=True, slots=True)
class Clone:
    """A working copy; `git` fails the test when git fails, `refused` when it doesn't."""

    directory: Path

    def git(self, *arguments: str) -> str:
        done = run(*arguments, directory=self.directory)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def refused(self, *arguments: str) -> str:
        """What git says on standard error."""
        done = run(*arguments, directory=self.directory)
        assert done.returncode != 0, done.stdout
        return done.stderr

    def commit(self, path: str, text: str, message: str = "Change") -> str:
        """One commit of one file; its sha."""
        (self.directory / path).write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")


def run(*arguments: str, directory: Path) -> "subprocess.CompletedProcess[str]":
    """Never asks anybody for a password."""
    environment = {
        **_WHO,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "HOME": str(directory),
        "LC_ALL": "C",
        "PATH": os.environ["PATH"],
    }
    return subprocess.run(
        ["git", *arguments], cwd=directory, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def address(stand_in: StandIn, *, token: str = TOKEN, path: str = PATH, user: str = "anybody") -> str:
    """Where a project is cloned from, with the credentials inside."""
    return f"{stand_in.url.replace('://', f'://{user}:{token}@')}/{path}.git"


def cloned(stand_in: StandIn, directory: Path, *options: str) -> Clone:
    """A fresh clone below `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    done = run("clone", "--quiet", *options, address(stand_in), "copy", directory=directory)
    assert done.returncode == 0, done.stderr
    return Clone(directory / "copy")
