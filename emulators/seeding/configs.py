"""One made-up jobConfig: the task types, code and irregularities that AIC's own ones are known to have."""

import random

TABLES = ("VEHICLES", "DEALERS", "SALES", "SURVEYS", "WARRANTY_CLAIMS", "REGISTRATIONS", "INCENTIVES", "RESIDUALS")
COLUMNS = ("VIN", "MODEL_YEAR", "MAKE", "MODEL", "DEALER_ID", "REGION", "PRICE", "SCORE", "SOLD_ON", "SEGMENT")

Task = dict[str, object]


def pipeline(title: str, *, index: int, seed: int) -> dict[str, object]:
    """`index` decides which irregularities it has, so that each is there from some count on; `seed` the contents."""
    dice = random.Random(f"{seed}/{index}")  # noqa: S311 - repeatable on purpose
    config: dict[str, object] = {
        "title": title,
        "variables": _variables(dice),
        "sourceStage": {
            "description": "SOURCE STAGE",
            "stageId": _id(dice),
            "tasks": [_dataset(f"src_{number}", run="SOURCE", dice=dice) for number in range(1, dice.randint(2, 4))],
        },
        "stages": [
            _stage("Clean", dice=dice, tasks=[_pyspark("clean_1", dice=dice)]),
            _stage("Join", dice=dice, tasks=[_sql("join_1", key="query", dice=dice), *_odd_tasks(index, dice=dice)]),
            _stage("Publish", dice=dice, tasks=[_sql("publish_1", key="script", dice=dice), _note(title)]),
        ],
        "sinkStage": {"tasks": [_dataset("sink_1", run="SINK", dice=dice)] if index % 3 else []},
    }
    if index % 6 == 3:
        config["schedule"] = {"cron": f"{dice.randrange(60)} {dice.randrange(24)} * * *", "timezone": "Europe/Berlin"}
    return config


def _odd_tasks(index: int, *, dice: random.Random) -> list[Task]:
    """Tasks without id, with the id of another, nested, lower-case, or without any config."""
    odd: list[Task] = []
    if index % 5 == 1:
        odd += [_sql(None, key="sql", dice=dice), _sql(None, key="sql", dice=dice)]
    if index % 7 == 2:
        odd += [_sql("join_1", key="query", dice=dice), _pyspark("clean_1", dice=dice)]
    if index % 8 == 4:
        odd.append({"id": "group_1", "type": "GROUP", "tasks": [_sql("inner_1", key="query", dice=dice)]})
    if index % 9 == 5:
        odd.append({**_sql("lower_1", key="query", dice=dice), "type": "sql"})
    if index % 11 == 6:
        odd.append({"id": "empty_1", "type": "PYSPARK", "config": None})
    return odd


def _variables(dice: random.Random) -> list[dict[str, str]]:
    return [
        {"id": "QA", "value": dice.choice(("True", "False"))},
        {"id": "RUN_DATE", "value": f"2026-{dice.randint(1, 12):02d}-01"},
        {"id": "MARKET", "value": dice.choice(("Größe M", "US & Canada", "日本"))},
    ]


def _stage(description: str, *, dice: random.Random, tasks: list[Task]) -> dict[str, object]:
    return {"stageId": _id(dice), "description": description, "tasks": tasks}


def _dataset(id_: str, *, run: str, dice: random.Random) -> Task:
    tables = [{"name": table} for table in dice.sample(TABLES, 2)]
    return {"id": id_, "type": "DATASET", "runType": run, "description": "", "config": {"tables": tables}}


def _pyspark(id_: str, *, dice: random.Random) -> Task:
    """Two triple-quoted SQL texts around one that is none, so that numbering shows."""
    first, second = _select(dice), _select(dice)
    script = (
        f"from pyspark.sql import functions as F\n\ndf = spark.sql('''\n{first}\n''')\n"
        '"""A note: keep only what was sold."""\n'
        f'df = df.filter(F.col("SOLD_ON").isNotNull())\nother = spark.sql("""{second}""")\n'
        "df.join(other, 'VIN').createOrReplaceTempView('cleaned')\n"
    )
    return {"id": id_, "type": "PYSPARK", "description": "Cleans the rows", "config": {"script": script}}


def _sql(id_: str | None, *, key: str, dice: random.Random) -> Task:
    named: Task = {} if id_ is None else {"id": id_}
    return {**named, "type": "SQL", "description": f"SQL in {key}", "config": {key: f"{_select(dice)}\n"}}


def _select(dice: random.Random) -> str:
    columns = ",\n       ".join(dice.sample(COLUMNS, 4))
    table, other = dice.sample(TABLES, 2)
    return (
        f"SELECT {columns}\nFROM {table} t\nJOIN {other} o ON o.VIN = t.VIN\n"
        f"WHERE t.MODEL_YEAR >= {dice.randint(2010, 2026)} AND o.REGION <> 'Köln'"
    )


def _note(title: str) -> Task:
    return {"id": "about_1", "type": "DOCUMENTATION", "config": {"text": f"# {title}\n\nWho asks: the market team."}}


def _id(dice: random.Random) -> str:
    return f"{dice.getrandbits(64):016x}"
