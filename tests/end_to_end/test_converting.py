"""Bare table names become placeholders, over real sockets."""

import re
from typing import Any

from emulators.stack import wire
from emulators.stack.workplace import Workplace
from tests.end_to_end.world import World

TITLE, WORKSPACE = "Legacy", "Market QA"
SCRIPT = "# ORDERS\ndf = spark.sql('''\n  SELECT 'ORDERS', o.* FROM ORDERS o\n''')\n"


def asked(world: World, place: Workplace, **parameters: object) -> dict[str, object]:
    """What the log says of the command."""
    message = place.command("convert_datasets", workspace=WORKSPACE, **parameters)
    (line,) = [record for record in world.stack.records("command") if record.get("message_id") == message]
    return line


def test_f41_sql_is_converted_in_an_interactive_branch(world: World, place: Workplace) -> None:
    """Once, with a record inside; ids, comments and texts stay, and so does what runs."""
    tasks = [
        {"id": "ORDERS", "type": "SQL", "config": {"query": "select * from ORDERS"}},
        {"id": "clean_1", "type": "PYSPARK", "config": {"script": SCRIPT.replace("ORDERS", "DEALERS")}},
    ]
    job = {"$id": "legacy", "title": TITLE, "stages": [{"tasks": tasks}], "variables": [], "sourceStage": {}}
    seed = {
        "project": place.site.aic_project,
        "workspaces": [{"name": WORKSPACE, "jobs": [job]}],
        "datasets": {"STAGE": ["ORDERS", "DEALERS"]},
    }
    wire.ask("POST", f"{place.aic_url}/__admin__/seed", json=seed)

    first, second = (asked(world, place, pipelines=[TITLE]) for _ in range(2))

    shown: Any = wire.ask("GET", f"{place.aic_url}/__admin__/dump")["workspaces"]
    workspace = shown[f"{place.site.aic_project}/{WORKSPACE}"]
    ((made,),) = (list(found.values()) for found in workspace["branches"].values())
    assert re.fullmatch(r"CONVERTED_\d{14}", made["name"])
    sql, script = made["config"]["stages"][0]["tasks"]
    assert sql == {"id": "ORDERS", "type": "SQL", "config": {"query": "select * from ${STAGE.ORDERS}"}}
    wanted = SCRIPT.replace("ORDERS", "DEALERS").replace("FROM DEALERS", "FROM ${STAGE.DEALERS}")
    assert script["config"]["script"] == wanted
    (record,) = made["config"]["sourceStage"]["tasks"]
    assert record["type"] == "DOCUMENTATION"
    assert "`${STAGE.ORDERS}`" in record["config"]["documentationText"]
    assert (first["outcome"], second["outcome"], first["done"]) == ("done", "nothing", [f"{TITLE}: {made['name']}"])
    assert place.workspace().pipelines()[TITLE]["stages"] == [{"tasks": tasks}]
