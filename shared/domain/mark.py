"""The small file that says that a backup is complete: all of them lie in one folder, since AIC lists no other way.

Its name says everything that must be known where nothing can be read back.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated, Self

from . import schema
from .backup import Manifest
from .checks import filled
from .mapping import slug
from .run import Run
from .schema import Misfit
from .source import is_folder

ROOT = "aic-gitops"
_NAME = re.compile(
    r"(?P<day>[0-9]{8})-(?P<time>[0-9]{6})-(?P<run>[0-9a-f]{8})(?P<some>\.some)?(?:@(?P<folder>[A-Za-z0-9._@-]+))?\.json"
)
_BEFORE = re.compile(r"[0-9]{6}-[0-9a-f]{8}-before-[0-9a-f]{8}\.json")


@dataclass(frozen=True, slots=True)
class Mark:
    """A complete backup: when it was made, by which run, and in which folder.

    `some`: only of some pipelines. `named`: somebody chose the folder's name.
    """

    moment: datetime
    run: str
    folder: str
    some: bool = False
    named: bool = False

    @property
    def name(self) -> str:
        """The name of its file."""
        chosen = "@" + self.folder.replace("/", "@") if self.named else ""
        return f"{self.moment:%Y%m%d-%H%M%S}-{self.run}{'.some' if self.some else ''}{chosen}.json"

    @property
    def regular(self) -> bool:
        """Whether it is one of those that are made as a rule, rather than by hand for some purpose."""
        return not (self.some or self.named)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What is in the file: the hash of the manifest, so that even a damage there is seen."""

    folder: Annotated[str, filled]
    manifest_sha256: Annotated[str, filled]

    @classmethod
    def of(cls, manifest: Manifest, *, folder: str) -> Self:
        """The seal upon a manifest."""
        return cls(folder=folder, manifest_sha256=hashlib.sha256(manifest.encode()).hexdigest())

    def fits(self, manifest: bytes) -> bool:
        """Whether these are the bytes that were sealed."""
        return hashlib.sha256(manifest).hexdigest() == self.manifest_sha256

    def encode(self) -> bytes:
        """The bytes that `read_seal` takes."""
        return json.dumps(asdict(self)).encode()


def of_run(run: Run, *, folder: str = "", some: bool = False) -> Mark:
    """The mark of a backup that this run makes; `folder` where somebody chose one."""
    return Mark(run.moment.replace(microsecond=0), run.id, folder or run.folder, some=some, named=bool(folder))


def beside(run: Run, *, folder: str = "") -> str:
    """The folder for what should have been a backup of all pipelines, and holds some.

    Another delivery of the same run may find all, or have found them: neither is put in place of the other.
    """
    return f"{folder or run.folder}-some"


def index(workspace: str) -> str:
    """The folder of the marks. A drive may be of several workspaces."""
    return f"{ROOT}/{slug(workspace)}"


def proofs(workspace: str) -> str:
    """The folder of those that were read back and found to be whole; the moment is that of the proof."""
    return f"{index(workspace)}/proven"


def read(name: str) -> Mark | None:
    """The mark of that name, None for any other file."""
    match = _NAME.fullmatch(name)
    moment = match and _moment(match["day"], match["time"])
    if match is None or moment is None:
        return None
    chosen = match["folder"]
    folder = chosen.replace("@", "/") if chosen else Run(match["run"], moment).folder
    if not is_folder(folder):
        return None
    return Mark(moment, match["run"], folder, some=bool(match["some"]), named=bool(chosen))


def listed(names: Iterable[str]) -> tuple[Mark, ...]:
    """The marks among the files of a folder, newest first."""
    found = (read(name) for name in names)
    return tuple(sorted((each for each in found if each), key=lambda each: (each.moment, each.name), reverse=True))


def read_seal(data: bytes) -> Seal | None:
    """What the file says, None where it says nothing of use."""
    try:
        return schema.read(Seal, json.loads(data))
    except (Misfit, ValueError, RecursionError):
        return None


def before(run: Run, digest: str) -> str:
    """The folder for what a deploy is about to overwrite.

    A delivery that comes after another has written finds less to overwrite: it gets a folder of its own, so that
    nothing of the first one is replaced.
    """
    return f"{run.folder}-before-{digest[:8]}"


def before_mark(folder: str) -> str:
    """Its mark lies beside it, in the folder of the day."""
    return f"{folder}.json"


def befores(day: str, names: Iterable[str]) -> tuple[str, ...]:
    """The folders whose marks are among the files of a day's folder."""
    return tuple(f"{day}/{name.removesuffix('.json')}" for name in names if _BEFORE.fullmatch(name))


def _moment(day: str, time: str) -> datetime | None:
    try:
        return datetime.strptime(day + time, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
