"""Backups by the real adapters and wiring, onto the stand-ins of AIC and Cloud Storage."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from emulators.aic.process import PREFIX
from emulators.aic.process import build as build_aic
from emulators.server import serve
from emulators.storage.process import build as build_storage
from shared.deadline import Deadline
from shared.domain.backup import BackupPlace, Stored
from shared.domain.drill_report import Verdict
from shared.domain.drives import DriveSettings, Keep
from shared.domain.layout import config_path
from shared.domain.point import OfBackup
from shared.domain.run import Run
from shared.flows import backup, backups
from shared.flows.drill import drill
from shared.flows.outside import Outside
from shared.flows.retention import tidy
from shared.projects import ProjectSettings
from shared.wiring.ground import Ground, Times
from tests import plain

PROJECT, WORKSPACE, SLUG = "team/market", "Market QA", "market-qa"
BUCKET = "gs://team-backups/aic"
PLACE = BackupPlace(PROJECT, WORKSPACE, "develop")
RUN = Run("0a1b2c3d", datetime(2026, 11, 28, 23, 32, 1, tzinfo=UTC))
INDEX = f"aic-gitops/{SLUG}"


@dataclass
class World:
    """Both stand-ins and the service's own wiring."""

    aic: httpx.Client
    storage: httpx.Client
    ground: Ground

    @property
    def project(self) -> ProjectSettings:
        return self.ground.project(PROJECT)

    def outside(self) -> Outside:
        """The ports of a run."""
        deadline = Deadline.within(self.ground.clock, seconds=300)
        times = Times(deadline, deadline)
        return self.ground.outside(self.project, times=times, width=4)

    def requests(self, http: httpx.Client) -> list[str]:
        """To the drive, since the last question."""
        shown = http.get("/__admin__/log").json()
        http.delete("/__admin__/counters")
        return [f"{each['method']} {each['route'].rsplit('/', 1)[-1]}" for each in shown]

    def on_aic(self) -> dict[str, str]:
        """Path to text, or to nothing where it is none."""
        shown = self.aic.get("/__admin__/dump").json()["workspaces"][f"market/{WORKSPACE}"]["drives"]["backups"]
        return {f"{each['path']}/{each['name']}": each.get("text", "") for each in shown["files"]}

    def on_storage(self) -> dict[str, Any]:
        """Name to what the control plane shows, below the folder of the workspace."""
        shown = self.storage.get("/__admin__/dump").json()["buckets"]["team-backups"]["objects"]
        return {each["name"].removeprefix(f"aic/{PROJECT}/{SLUG}/"): each for each in shown}


@pytest.fixture
def world() -> Iterator[World]:
    with (
        serve(build_aic()) as aic,
        serve(build_storage()) as storage,
        plain.client(aic.url) as aic_http,
        plain.client(storage.url) as storage_http,
    ):
        seed = {"project": "market", "workspaces": [{"name": WORKSPACE}], "drives": ["backups"]}
        aic_http.post("/__admin__/seed", json=seed).raise_for_status()
        storage_http.post("/__admin__/seed", json={"buckets": ["team-backups"]}).raise_for_status()
        projects = [
            {
                "gitlab_project": PROJECT,
                "aic_project": "market",
                "workspaces": {WORKSPACE: {}},
                "backup_drives": ["Backups", {"drive": BUCKET, "keep": {"last": 1}}],
            }
        ]
        ground = Ground(
            {
                "GOOGLE_CLOUD_PROJECT": "demo",
                "PROJECTS": json.dumps(projects),
                "GITLAB_URL": "http://127.0.0.1:9",
                "AIC_URL_PROD": aic.url + PREFIX,
                "STORAGE_EMULATOR_HOST": storage.url,
                "SECRETS": "environment",
                "SECRET_GITLAB_TOKEN": "t",
                "SECRET_AIC_API_KEY": "k",
            }
        )
        yield World(aic_http, storage_http, ground)
        ground.close()


def pipelines(count: int) -> Iterator[Stored]:
    for number in range(count):
        title = f"P{number:04} of/market"
        config = json.dumps({"stages": [{"tasks": [{"id": str(number), "query": "select " * 50}]}]}, indent=2)
        files = {config_path(title): config.encode(), f"code/{title}/t.sql": b"select " * 50}
        yield Stored(title, str(number), files)


def test_a_backup_of_a_thousand_pipelines_takes_few_requests(world: World) -> None:
    """Ten at most to each drive; people open what is there with what they have."""
    drives = world.project.backup_drives
    lines = backup.store(pipelines(1000), place=PLACE, run=RUN, drives=drives, outside=world.outside())

    assert [(each.ok, each.pipelines) for each in lines] == [(True, 1000)] * 2
    lookups = ["GET projects", "GET workspaces"]  # which the run has made for the pipelines
    on_aic = [each for each in world.requests(world.aic) if each not in lookups]
    assert on_aic == [
        "GET drives",
        "POST create-folder",
        *["POST upload-file"] * 2,
        "POST create-folder",
        "POST upload-file",
    ]
    assert world.requests(world.storage) == ["POST o"] * 3
    names = [*world.on_aic()]
    assert [name.rpartition("/")[0] for name in names] == [RUN.folder, RUN.folder, INDEX]
    assert set(world.on_storage()) == set(names)
    archive = world.storage.get(f"/storage/v1/b/team-backups/o/{_quoted(names[0])}?alt=media")
    with zipfile.ZipFile(io.BytesIO(archive.content)) as found:
        assert found.testzip() is None
        assert len(found.namelist()) == 2000


def _quoted(name: str) -> str:
    return f"aic/{PROJECT}/{SLUG}/{name}".replace("/", "%2F")


def test_pre_images_take_five_requests_at_most(world: World) -> None:
    """A deploy has bars of its own."""
    drives = world.project.backup_drives
    lines = backup.pre_images(pipelines(10), place=PLACE, run=RUN, drives=drives, outside=world.outside())

    assert all(each.ok for each in lines)
    on_aic = [each for each in world.requests(world.aic) if each not in ("GET projects", "GET workspaces")]
    assert len(on_aic) == 5
    assert len(world.requests(world.storage)) == 3


def test_g_b1_a_backup_is_found_and_gives_back_every_config(world: World) -> None:
    """Byte for byte; the drive in AIC, which gives nothing back, is passed over."""
    drives = world.project.backup_drives
    backup.store(pipelines(50), place=PLACE, run=RUN, drives=drives, outside=world.outside())
    outside = world.outside()
    found = backups.find(OfBackup("latest"), workspace=WORKSPACE, drives=drives, outside=outside)

    assert (found.drive, found.folder) == (BUCKET, RUN.folder)
    given = dict(backups.contents(found, workspace=WORKSPACE, outside=outside))
    assert given == {each.title: each.files[config_path(each.title)] for each in pipelines(50)}


def test_a_drill_names_the_file_that_is_damaged(world: World) -> None:
    """And says of the drive in AIC that it can't be read back."""
    drives = world.project.backup_drives
    backup.store(pipelines(20), place=PLACE, run=RUN, drives=drives, outside=world.outside())
    in_aic, in_bucket = drill(PROJECT, WORKSPACE, run=RUN, drives=drives, outside=world.outside())
    assert (in_aic.verdict, in_aic.folder) == (Verdict.UNREADABLE, RUN.folder)
    assert (in_bucket.verdict, in_bucket.files, in_bucket.damages) == (Verdict.PROVEN, 40, ())

    (archive,) = [name for name in world.on_storage() if name.endswith(".zip")]
    damage = {"bucket": "team-backups", "name": f"aic/{PROJECT}/{SLUG}/{archive}"}
    world.storage.post("/__admin__/damage", json=damage).raise_for_status()
    _, again = drill(PROJECT, WORKSPACE, run=RUN, drives=drives, outside=world.outside())

    assert again.verdict is Verdict.DAMAGED
    assert [each.what for each in again.damages] == ["damaged"]
    assert again.damages[0].path.startswith(("config/P00", "code/P00"))
    assert again.proof is not None
    world.storage.post("/__admin__/damage", json={**damage, "rot": True}).raise_for_status()
    _, rotten = drill(PROJECT, WORKSPACE, run=RUN, drives=drives, outside=world.outside())
    assert [(each.path, each.what) for each in rotten.damages] == [(archive.rpartition("/")[2], "damaged")]


def test_old_backups_go_from_a_bucket_and_stay_in_aic_without_a_rule(world: World) -> None:
    """By the setting of each drive."""
    drives = world.project.backup_drives
    for day in (28, 29, 30):
        run = Run("0a1b2c3d", RUN.moment.replace(day=day))
        lines = backup.store(pipelines(2), place=PLACE, run=run, drives=drives, outside=world.outside())
        lines = tidy(lines, workspace=WORKSPACE, drives=drives, outside=world.outside())

    assert [each.removed for each in lines] == [0, 1]
    assert {name.partition("/")[0] for name in world.on_storage()} == {"20261130", "aic-gitops"}
    assert len(world.on_storage()) == 3
    assert len(world.on_aic()) == 9


def test_old_backups_go_from_a_drive_in_aic_too(world: World) -> None:
    """By its known calls: lists, and deletions by id."""
    settings = [DriveSettings(drive="backups", files=True, keep=Keep(last=1))]
    for day in (28, 29):
        run = Run("0a1b2c3d", RUN.moment.replace(day=day))
        lines = backup.store(pipelines(2), place=PLACE, run=run, drives=settings, outside=world.outside())
        lines = tidy(lines, workspace=WORKSPACE, drives=settings, outside=world.outside())

    assert lines[0].removed == 1
    assert {name.partition("/")[0] for name in world.on_aic()} == {"20261129", "aic-gitops"}
    assert len(world.on_aic()) == 5
