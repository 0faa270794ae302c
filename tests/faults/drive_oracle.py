"""What lies on a drive, as a stranger reads it: by hashes and JSON alone, with nothing of the product's own."""

import hashlib
import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_INDEX, _PROVEN, _BEFORE = "aic-gitops/", "/proven/", "-before-"
_MANIFEST = "manifest.json"
_HEAD = 2
"""Lines of an archive before those of its files."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a mark leads to. `texts` are titles with the code that was saved; `wrong` says what isn't as it was sealed.

    `some`: it says of itself that it is not of all pipelines.
    """

    folder: str
    run: str
    texts: tuple[tuple[str, str], ...] = ()
    some: bool = False
    wrong: str = ""


def backups(files: Mapping[str, bytes]) -> list[Backup]:
    """All that a mark says is complete; what deploys were about to overwrite is not among them."""
    return [_backup(files, path) for path in files if path.startswith(_INDEX) and _PROVEN not in path]


def before(files: Mapping[str, bytes]) -> list[Backup]:
    """What deploys were about to overwrite."""
    marks = [path for path in files if _BEFORE in path and path.count("/") == 1 and path.endswith(".json")]
    return [_backup(files, path) for path in marks]


def proven(files: Mapping[str, bytes]) -> list[str]:
    """The folders of those that a drill has noted as proven."""
    return [_folder(files[path]) for path in files if path.startswith(_INDEX) and _PROVEN in path]


def wrong(files: Mapping[str, bytes]) -> list[str]:
    """Each mark must lead to what it was set upon."""
    return [f"{each.folder}: {each.wrong}" for each in (*backups(files), *before(files)) if each.wrong]


def _backup(files: Mapping[str, bytes], path: str) -> Backup:
    folder, name = _folder(files[path]), path.rpartition("/")[2]
    run, some = name.split(".")[0].split("-")[2], ".some" in name
    try:
        return Backup(folder, run, tuple(_texts(files, folder, json.loads(files[path])["manifest_sha256"])), some)
    except (LookupError, ValueError) as error:
        return Backup(folder, run, some=some, wrong=f"{type(error).__name__} {error}")


def _folder(mark: bytes) -> str:
    try:
        return str(json.loads(mark)["folder"])
    except (LookupError, ValueError):
        return ""


def _texts(files: Mapping[str, bytes], folder: str, seal: str) -> Iterator[tuple[str, str]]:
    data = files[f"{folder}/{_MANIFEST}"]
    _check(data, seal, _MANIFEST)
    manifest = json.loads(data)
    archive = files[f"{folder}/{manifest['archive']['name']}"]
    _check(archive, manifest["archive"]["sha256"], "archive")
    inside = dict(_entries(archive))
    for each in manifest["pipelines"]:
        for entry in (each, *each["code"]):
            _check(inside.pop(entry["path"]), entry["sha256"], entry["path"])
        if manifest["files"]:
            beside, twin = manifest["archive"]["name"].removesuffix(".zip"), each["path"].startswith("twins/")
            loose = f"{beside}/{each['name']}{' ' + each['id'] if twin else ''}.json"
            _check(files[f"{folder}/{loose}"], each["sha256"], loose)
        yield each["name"], _code(dict(_entries(archive))[each["path"]])
    if inside:
        raise ValueError(f"nobody knows of {sorted(inside)}")


def _entries(archive: bytes) -> Iterator[tuple[str, bytes]]:
    """Of the archives of `tests.fake_archives`: a line for each file, with name, hash and contents."""
    for line in archive.split(b"\n")[_HEAD:-1]:
        name, _, coded = line.split(b"\t")
        yield name.decode(), b64decode(coded, validate=True)


def _code(config: bytes) -> str:
    found: Any = json.loads(config)
    return str(found["stages"][0]["tasks"][0]["config"]["query"])


def _check(data: bytes, sha256: str, what: str) -> None:
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError(f"{what} has another hash")
