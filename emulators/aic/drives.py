"""AIC's calls for drives: folders, uploads of raw bytes, lists of files, deletions."""

from dataclasses import dataclass

from emulators.aic.access import WORKSPACE, Access, error, sent_object
from emulators.aic.drive import Drive, folder_of
from emulators.routing import Answer, Call, Router

DRIVES = f"{WORKSPACE}/drives"


def add_routes(router: Router, access: Access) -> None:
    drives = _Drives(access)
    router.add("GET", DRIVES, drives.listed)
    router.add("POST", f"{DRIVES}/:drive/create-folder", drives.create_folder)
    router.add("POST", f"{DRIVES}/:drive/upload-file", drives.upload)
    router.add("GET", f"{DRIVES}/:drive/files", drives.files)
    router.add("POST", f"{DRIVES}/:drive/delete-files", drives.delete)


@dataclass(frozen=True, slots=True)
class _Drives:
    access: Access

    def listed(self, call: Call) -> Answer:
        with self.access.world.lock:
            drives = self.access.workspace(call).drives.values()
            return Answer(body=[{"$id": drive.id, "name": drive.name} for drive in drives])

    def create_folder(self, call: Call) -> Answer:
        """Whether AIC refuses a folder that is there already isn't known, so it is a setting."""
        path = sent_object(call).get("path")
        folder = folder_of(path) if isinstance(path, str) else ""
        if not folder:
            raise error(400, "path is missing")
        with self.access.world.lock:
            drive = self._drive(call)
            if drive.has(folder) and self.access.settings.text("duplicate_folder") == "409":
                raise error(409, "the folder exists")
            drive.make(folder)
        return Answer(201, {"message": "created"})

    def upload(self, call: Call) -> Answer:
        name = _query(call, "fileName")
        if not name:
            raise error(400, "fileName is missing")
        with self.access.world.lock:
            drive, folder = self._folder(call)
            drive.upload(folder, name, data=call.body)
        return Answer(201, {"message": "uploaded"})

    def files(self, call: Call) -> Answer:
        with self.access.world.lock:
            drive, folder = self._folder(call)
            found = drive.listing(folder, pattern=_query(call, "filePattern") or "*")
            items = [{"$id": file.id, "name": file.name, "gsPath": drive.address(file)} for file in found]
        return Answer(body={"items": items})

    def delete(self, call: Call) -> Answer:
        """All of the files, or none."""
        ids = sent_object(call).get("fileIds")
        if not isinstance(ids, list):
            raise error(400, "fileIds is a list")
        with self.access.world.lock:
            drive = self._drive(call)
            if not all(isinstance(id_, str) and id_ in drive.files for id_ in ids):
                raise error(404, "no such file")
            drive.delete(ids)
        return Answer(200, {"message": "deleted"})

    def _drive(self, call: Call) -> Drive:
        drive = self.access.workspace(call).drives.get(call.names["drive"])
        if drive is None:
            raise error(404, "no such drive")
        return drive

    def _folder(self, call: Call) -> tuple[Drive, str]:
        drive, folder = self._drive(call), folder_of(_query(call, "path"))
        if not drive.has(folder):
            raise error(404, "no such folder")
        return drive, folder


def _query(call: Call, name: str) -> str:
    return call.query.get(name, [""])[-1]
