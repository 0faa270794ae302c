"""Drives, datasets and interactive branches of the AIC stand-in, as a client of AIC sees them."""

from collections.abc import Iterator

import pytest

from tests.contract.aic_stand_in import FIELDS, Workspace, furnished

JOBS = [{"title": title, **FIELDS, "stages": [{"tasks": [{"id": title}]}]} for title in ("A", "B")]


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """An AIC of its own for each test."""
    with furnished(*JOBS) as workspace:
        yield workspace


@pytest.fixture
def drive(workspace: Workspace) -> str:
    """The path of the drive `backups`."""
    return f"drives/{workspace.ids('drives')['backups']}"


def upload(workspace: Workspace, drive: str, name: str, *, folder: str = ".", data: bytes = b"{}") -> int:
    query = {"path": folder, "fileName": name}
    return workspace.call("POST", f"{drive}/upload-file", params=query, content=data).status_code


def test_datasets_and_tables_are_lists_of_id_and_name(workspace: Workspace) -> None:
    """As they were seeded; a dataset may be empty."""
    datasets = workspace.ids("datasets")
    assert list(datasets) == ["SALES", "EMPTY"]
    assert list(workspace.ids(f"datasets/{datasets['SALES']}/tables")) == ["VEHICLES", "DEALERS"]
    assert workspace.read(f"datasets/{datasets['EMPTY']}/tables") == []


def test_drives_are_listed_under_the_names_that_people_gave_them(workspace: Workspace) -> None:
    """In their own case; that they are found in any is the client's affair."""
    assert [set(drive) for drive in workspace.read("drives")] == [{"$id", "name"}] * 2
    assert list(workspace.ids("drives")) == ["backups", "Config"]


def test_a_backup_as_the_public_client_makes_it_is_kept_byte_for_byte(workspace: Workspace, drive: str) -> None:
    """A dated folder, then one upload of raw bytes a pipeline; names are free text, slashes included."""
    assert workspace.call("POST", f"{drive}/create-folder", json={"path": "./20260131"}).status_code == 201
    names = ["A.json", "ford rdd - v2 QA/Test.json", "顧客 & 100%.json"]
    assert [upload(workspace, drive, name, folder="./20260131", data=name.encode()) for name in names] == [201] * 3
    assert upload(workspace, drive, "picture", folder="20260131", data=b"\xff\x00") == 201

    assert workspace.dump()["drives"] == {
        "backups": {
            "folders": ["20260131"],
            "files": [
                *({"path": "20260131", "name": name, "text": name} for name in names),
                {"path": "20260131", "name": "picture", "base64": "/wA="},
            ],
        },
        "Config": {"folders": [], "files": []},
    }
    assert workspace.dump("?hashes=1")["drive_files"] == 4


def test_a_file_of_the_same_name_in_the_same_folder_is_replaced(workspace: Workspace, drive: str) -> None:
    """It keeps its id, and the one in another folder stays."""
    workspace.call("POST", f"{drive}/create-folder", json={"path": "a/b"})
    upload(workspace, drive, "A.json", data=b"old")
    upload(workspace, drive, "A.json", folder="a/b", data=b"other")
    before = workspace.read(f"{drive}/files", path=".")
    upload(workspace, drive, "A.json", data=b"new")

    assert workspace.read(f"{drive}/files", path=".") == before
    shown = workspace.dump()["drives"]["backups"]
    assert shown["folders"] == ["a", "a/b"]
    assert {(file["path"], file["text"]) for file in shown["files"]} == {("", "new"), ("a/b", "other")}


@pytest.mark.parametrize(
    ("pattern", "found"),
    [("", ["A.json", "B.json", "a.txt"]), ("*.json", ["A.json", "B.json"]), ("A.json", ["A.json"])],
)
def test_files_are_listed_by_folder_and_pattern(
    workspace: Workspace, drive: str, pattern: str, found: list[str]
) -> None:
    """With the address in Google's storage that the oldest client reads them from."""
    workspace.call("POST", f"{drive}/create-folder", json={"path": "deeper"})
    upload(workspace, drive, "B.json", folder="deeper")
    for name in ("A.json", "B.json", "a.txt"):
        upload(workspace, drive, name)
    items = workspace.read(f"{drive}/files", path=".", filePattern=pattern)["items"]

    assert [item["name"] for item in items] == found
    assert all(item["gsPath"].startswith("gs://") and item["gsPath"].endswith(f"/{item['name']}") for item in items)
    (inside,) = workspace.read(f"{drive}/files", path="./deeper")["items"]
    assert inside["gsPath"].endswith("/deeper/B.json")


def test_files_are_deleted_all_or_none(workspace: Workspace, drive: str) -> None:
    """By their ids; one that isn't there refuses the whole request."""
    for name in ("A.json", "B.json", "C.json"):
        upload(workspace, drive, name)
    first, second, _third = (item["$id"] for item in workspace.read(f"{drive}/files")["items"])

    assert workspace.call("POST", f"{drive}/delete-files", json={"fileIds": [first, "65f1c0de"]}).status_code == 404
    assert len(workspace.read(f"{drive}/files")["items"]) == 3
    assert workspace.call("POST", f"{drive}/delete-files", json={"fileIds": [first, second]}).status_code == 200
    assert [item["name"] for item in workspace.read(f"{drive}/files")["items"]] == ["C.json"]


@pytest.mark.parametrize(("setting", "status"), [("ok", 201), ("409", 409)])
def test_a_folder_that_is_there_is_taken_or_refused_as_the_setting_says(
    workspace: Workspace, drive: str, setting: str, status: int
) -> None:
    """Which of the two AIC does isn't known; nothing is lost either way."""
    workspace.setting(duplicate_folder=setting)
    create = f"{drive}/create-folder"
    assert workspace.call("POST", create, json={"path": "./20260131"}).status_code == 201
    upload(workspace, drive, "A.json", folder="20260131")

    assert workspace.call("POST", create, json={"path": "20260131/"}).status_code == status
    shown = workspace.dump()["drives"]["backups"]
    assert (shown["folders"], len(shown["files"])) == (["20260131"], 1)


def test_an_interactive_branch_is_a_copy_that_leaves_the_job_alone(workspace: Workspace) -> None:
    """A list shows id and name; two of one name are two."""
    job, other = workspace.job("A"), workspace.job("B")
    url = f"interactive-pipeline/{job}/branches"
    config = {"title": "A", **FIELDS, "stages": [{"tasks": [{"id": "changed"}]}]}
    before = workspace.dump("?hashes=1")["state_sha256"]
    for _ in range(2):
        made = workspace.call("PUT", url, json={"name": "PUSH_20260131120000", "config": config})
        assert made.status_code == 201

    first, second = workspace.read(url)
    assert {first["name"], second["name"]} == {"PUSH_20260131120000"}
    assert (set(first), first["$id"] == second["$id"]) == ({"$id", "name"}, False)
    assert workspace.read(f"interactive-pipeline/{other}/branches") == []
    shown = workspace.dump()
    assert shown["branches"] == {job: {each["$id"]: {**each, "config": config} for each in (first, second)}}
    assert (shown["interactive_branches"], shown["state_sha256"]) == (2, before)

    assert workspace.call("DELETE", f"{url}/{first['$id']}").status_code == 200
    assert workspace.read(url) == [second]
    assert workspace.call("DELETE", f"{url}/{first['$id']}").status_code == 404


def test_the_control_plane_adds_interactive_branches(workspace: Workspace) -> None:
    """So many for each of the jobs, as working copies that were left behind; they go with their job."""
    made = workspace.tell("add-branches", titles=["A", "B"], count=2)["branches"]
    url = f"interactive-pipeline/{workspace.job('A')}/branches"

    assert [branch["$id"] for branch in workspace.read(url)] == made["A"]
    assert len({branch["name"] for branch in workspace.read(url)}) == 2
    assert all(branch["name"].startswith("PUSH_2026") for branch in workspace.read(url))
    assert workspace.dump("?hashes=1")["interactive_branches"] == 4
    workspace.tell("put-jobs", delete=["A"])
    assert workspace.dump("?hashes=1")["interactive_branches"] == 2
    assert workspace.http.post("/__admin__/add-branches", json={"project": "pin"}).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "more", "status"),
    [
        ("GET", "datasets/0/tables", {}, 404),
        ("GET", "drives/0/files", {}, 404),
        ("POST", "drives/0/create-folder", {"json": {"path": "a"}}, 404),
        ("POST", "drives/0/delete-files", {"json": {"fileIds": []}}, 404),
        ("GET", "interactive-pipeline/0/branches", {}, 404),
        ("PUT", "interactive-pipeline/0/branches", {"json": {"name": "X", "config": {}}}, 404),
        ("PUT", "interactive-pipeline/0/branches", {"json": {"name": "X"}}, 400),
        ("PUT", "interactive-pipeline/0/branches", {"json": {"config": {}}}, 400),
        ("POST", "DRIVE/create-folder", {"json": {}}, 400),
        ("POST", "DRIVE/create-folder", {"json": {"path": "./"}}, 400),
        ("POST", "DRIVE/upload-file", {"params": {"path": "."}}, 400),
        ("POST", "DRIVE/upload-file", {"params": {"path": "nowhere", "fileName": "A"}}, 404),
        ("GET", "DRIVE/files", {"params": {"path": "nowhere"}}, 404),
        ("POST", "DRIVE/delete-files", {"json": {"fileIds": "all"}}, 400),
        ("POST", "DRIVE/delete-files", {"json": []}, 400),
    ],
)
def test_what_is_unknown_or_without_its_parts_is_refused(
    workspace: Workspace, drive: str, method: str, path: str, more: dict[str, object], status: int
) -> None:
    """In AIC's own shape of an error; nothing changes."""
    before = workspace.dump()
    answer = workspace.call(method, path.replace("DRIVE", drive), **more)

    assert (answer.status_code, set(answer.json())) == (status, {"message"})
    assert workspace.dump() == before
