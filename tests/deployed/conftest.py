"""The archive, unpacked beside an environment that holds its own requirements and nothing else."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from emulators.stack.child import Code
from tests.terraform import planned


@pytest.fixture(scope="session")
def code(tmp_path_factory: pytest.TempPathFactory) -> Code:
    """Whatever isn't in the archive, or not in its requirements, is missing here as it would be in the cloud."""
    folder = tmp_path_factory.mktemp("workspace")
    with ZipFile(BytesIO(planned().archive)) as packed:
        packed.extractall(folder)
    python = tmp_path_factory.mktemp("venv") / "bin" / "python"
    ran(folder, sys.executable, "-m", "venv", str(python.parents[1]))
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    ran(folder, *pip, "install", "--quiet", "--require-hashes", "-r", "requirements.txt")
    return Code(folder, str(python))


def ran(folder: Path, *command: str) -> str:
    """What it prints; the test fails with what it says where it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}{done.stderr}"
    return done.stdout
