"""The incumbent's ways with AIC alone: backups, interactive branches, copies and the converter of tables."""

import json

import pytest

from tests.strangers.incumbent import PROJECT, STAGING, Incumbent
from tests.strangers.pipelines import PIPELINES, TITLES, changed
from tests.strangers.stand_in import StandIn

OTHER = "Another"


@pytest.fixture
def incumbent(gitlab: StandIn, aic: StandIn) -> Incumbent:
    one = Incumbent(gitlab, aic)
    one.seed(**{STAGING: PIPELINES, OTHER: PIPELINES[:1]})
    return one


def test_everything_is_loaded(incumbent: Incumbent) -> None:
    """Each pipeline as it is in AIC."""
    loaded = incumbent.load(STAGING)

    assert {one["name"]: one["jobConfig"] for one in loaded.pipeline_configs} == incumbent.live(STAGING)


def test_a_backup_holds_every_pipeline(incumbent: Incumbent) -> None:
    """One file for each in a folder of the day, in a drive found without regard to case."""
    incumbent.load(STAGING).backup_pipelines(list(TITLES))
    drive = incumbent.workspace(STAGING)["drives"]["Backups"]
    stored = {file["name"]: json.loads(file["text"]) for file in drive["files"]}

    assert stored == {f"{title}.json": live for title, live in incumbent.live(STAGING).items()}
    assert len(drive["folders"]) == 1


def test_interactive_branches_are_made_and_deleted(incumbent: Incumbent, aic: StandIn) -> None:
    """Those of the named pipelines; the others keep theirs."""
    loaded = incumbent.load(STAGING)
    (last,) = [one for one in loaded.pipeline_configs if one["name"] == TITLES[4]]
    made = loaded.create_pipeline_branch(last)
    body = {"project": PROJECT, "workspace": STAGING, "titles": list(TITLES[:2]), "count": 3}
    aic.admin("POST", "add-branches", body)
    before = incumbent.workspace(STAGING)["interactive_branches"]
    loaded.delete_branches([TITLES[0], TITLES[4]])

    assert made.status_code in (200, 201)
    assert before == 7
    assert incumbent.workspace(STAGING)["interactive_branches"] == 3


def test_pipelines_are_copied_to_another_workspace(incumbent: Incumbent) -> None:
    """A new one is made there; that one of this title is there already is a conflict, which it answers with a PUT."""
    incumbent.load(STAGING).copy_pipelines(OTHER, [TITLES[0], TITLES[1]])
    copied, original = incumbent.live(OTHER)[TITLES[1]], incumbent.live(STAGING)[TITLES[1]]

    assert {**copied, "$id": ""} == {**original, "$id": ""}
    assert len(incumbent.workspace(OTHER)["jobs"]) == 2


def test_a_new_pipeline_is_created(incumbent: Incumbent) -> None:
    """Written without an id."""
    new = changed(PIPELINES[0], "SELECT 'new'")
    incumbent.load(STAGING).write_config_to_pipeline({"name": "New", "jobConfig": new, "id": None})

    assert incumbent.live(STAGING)["New"]["stages"] == new["stages"]


def test_tables_are_converted_on_a_branch(incumbent: Incumbent) -> None:
    """Datasets and tables are read, and what came of it is an interactive branch."""
    converter = incumbent.converter(STAGING)
    converter.convert([TITLES[0]])
    job = incumbent.live(STAGING)[TITLES[0]]["$id"]
    found = incumbent.workspace(STAGING)["branches"]

    assert sorted(converter.tables["table_name"]) == ["OTHERS", "VEHICLES"]
    assert set(found) == {job}
    (branch,) = found[job].values()
    assert branch["name"].startswith("CONVERTED_")
    (task,) = branch["config"]["sourceStage"]["tasks"]
    assert task["type"] == "DOCUMENTATION"
    assert "`${STAGE.VEHICLES}`" in task["config"]["documentationText"]


def test_it_tries_all_that_the_stand_in_claims_but_for_its_older_calls(incumbent: Incumbent, aic: StandIn) -> None:
    """Looking for files on a drive and deleting them is what only version 0.5.0 did."""
    loaded = incumbent.load(STAGING)
    loaded.create_pipeline_branch(loaded.pipeline_configs[0])
    loaded.delete_branches(list(TITLES))
    loaded.copy_pipelines(OTHER, list(TITLES))
    loaded.backup_pipelines(list(TITLES))
    incumbent.converter(STAGING)
    drive = "/projects/:project/workspaces/:workspace/drives/:drive"

    assert aic.claimed() - aic.called().keys() == {f"GET {drive}/files", f"POST {drive}/delete-files"}
