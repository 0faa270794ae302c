"""Pipelines as people have them in AIC: long names, slashes, other alphabets, tasks of every kind."""

import copy
import json
from typing import Any

Config = dict[str, Any]

SCRIPT = """df = spark.sql('''
  SELECT * FROM VEHICLES
''')
note = '''not a query'''
spark.sql('''drop table T''')
"""


def config(title: str, *, query: str = "SELECT 1") -> Config:
    """A pipeline with a task of each kind; `query` is the code of its SQL task."""
    return {
        "title": title,
        "variables": [{"id": "QA", "value": "False"}],
        "sourceStage": {
            "description": "SOURCE STAGE",
            "stageId": "source",
            "tasks": [
                {
                    "id": "src_1",
                    "type": "DATASET",
                    "runType": "SOURCE",
                    "description": "Vehicles, größer als 0",
                    "config": {"tables": [{"name": "VEHICLES"}]},
                }
            ],
        },
        "stages": [
            {
                "stageId": "clean",
                "description": "Clean",
                "tasks": [
                    {"id": "clean_1", "type": "PYSPARK", "config": {"script": SCRIPT}},
                    {"id": "join_1", "type": "SQL", "config": {"query": query}},
                    {"id": "copy_1", "type": "SQL", "config": {"sql": " SELECT 2 "}},
                ],
            }
        ],
        "sinkStage": {"tasks": []},
    }


TITLES = ("Demographics", "ford rdd - v2 QA/Test", "Verkäufe 50% #1 & mehr", "需求 + 供給", "Sales.v2 (old)")
PIPELINES = [config(title) for title in TITLES]


def changed(one: Config, query: str) -> Config:
    """A copy whose SQL task has another query."""
    new = copy.deepcopy(one)
    new["stages"][0]["tasks"][1]["config"]["query"] = query
    return new


def query(one: Config) -> str:
    return str(one["stages"][0]["tasks"][1]["config"]["query"])


def files(live: Config) -> dict[str, str]:
    """What a pipeline is in Git; written by hand from the layout, for the pipelines above only."""
    folder = f"code/{live['title']}"
    return {
        f"config/{live['title']}.json": json.dumps(live, indent=2),
        f"{folder}/clean_1.py": SCRIPT,
        f"{folder}/clean_1_1.sql": "SELECT * FROM VEHICLES",
        f"{folder}/clean_1_3.sql": "drop table T",
        f"{folder}/join_1.sql": query(live),
        f"{folder}/copy_1.sql": "SELECT 2",
    }
