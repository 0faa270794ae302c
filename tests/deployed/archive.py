"""The archive, unpacked beside an environment that holds its own requirements and nothing else."""

import atexit
import functools
import shutil
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from emulators.stack.child import Code
from tests.terraform import planned


@functools.cache
def installed() -> Code:
    """Whatever isn't in the archive, or not in its requirements, is missing here as it would be in the cloud."""
    top = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, top)
    folder, python = top / "workspace", top / "venv" / "bin" / "python"
    with ZipFile(BytesIO(planned().archive)) as packed:
        packed.extractall(folder)
    ran(folder, sys.executable, "-m", "venv", str(python.parents[1]))
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    ran(folder, *pip, "install", "--quiet", "--require-hashes", "-r", "requirements.txt")
    return Code(folder, str(python))


def ran(folder: Path, *command: str) -> str:
    """What it prints; the test fails with what it says where it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}{done.stderr}"
    return done.stdout
