"""Messages of the topic `aic-command`."""

import json

import pytest

from shared.domain.errors import Refused
from shared.domain.messages import command
from shared.domain.messages.command import Backup, CommandRequest, Drill, Parameters, Restore, Rollback, Sweep
from shared.domain.messages.initializing import InitializeRepository, Roles, Seat
from shared.domain.messages.looking import Board, Hello, List
from shared.domain.messages.manual import (
    ConvertDatasets,
    CopyPipelines,
    DeleteInteractiveBranches,
    Export,
    ForcePush,
    PushInteractiveBranch,
)
from shared.domain.messages.promotion import CreateFeatureBranch, CreateMergeRequest, CreateReleaseBranch, Promote

PLACE = {"project": "a/b", "workspace": "QA"}


def read(tree: object) -> CommandRequest:
    return command.read(json.dumps(tree).encode())


@pytest.mark.parametrize(
    ("workflow", "said", "parameters"),
    [
        ("sweep", {}, Sweep()),
        ("sweep", {"project": "a/b"}, Sweep(project="a/b")),
        ("backup", PLACE, Backup(project="a/b", workspace="QA")),
        (
            "backup",
            {**PLACE, "pipelines": ["x"], "drive": "gs://b/c", "folder": "by-hand/1"},
            Backup(project="a/b", workspace="QA", pipelines=("x",), drive="gs://b/c", folder="by-hand/1"),
        ),
        ("board", {}, Board()),
        ("board", {"project": "a/b", "dry_run": True}, Board(project="a/b", dry_run=True)),
        ("hello", {}, Hello()),
        (
            "hello",
            {"project": "a/b", "branch": True, "dry_run": True},
            Hello(project="a/b", branch=True, dry_run=True),
        ),
        (
            "initialize_repository",
            {"project": "a/b", "roles": {"production": "P", "staging": {"workspace": "QA", "branch": "develop"}}},
            InitializeRepository(
                project="a/b",
                roles=Roles(production=Seat(workspace="P"), staging=Seat(workspace="QA", branch="develop")),
            ),
        ),
        ("list", {"what": "projects"}, List(what="projects")),
        ("list", {"what": "tables", **PLACE}, List(what="tables", project="a/b", workspace="QA")),
        (
            "list",
            {"what": "branches", **PLACE, "pipelines": ["x"]},
            List(what="branches", project="a/b", workspace="QA", pipelines=("x",)),
        ),
        ("drill", {}, Drill()),
        ("drill", PLACE, Drill(project="a/b", workspace="QA")),
        (
            "restore",
            {**PLACE, "from": "backup:latest", "confirm": "QA"},
            Restore(project="a/b", workspace="QA", origin="backup:latest", confirm="QA"),
        ),
        (
            "rollback",
            {"project": "a/b", "branch": "main", "confirm": "QA"},
            Rollback(project="a/b", branch="main", to="previous", confirm="QA"),
        ),
        (
            "rollback",
            {"project": "a/b", "branch": "main", "to": "17", "pipelines": ["x"], "now": True, "confirm": "QA"},
            Rollback(project="a/b", branch="main", to="17", pipelines=("x",), now=True, confirm="QA"),
        ),
        (
            "copy_pipelines",
            {"project": "a/b", "from": "main", "to": "QA", "pipelines": ["x"], "dry_run": True, "confirm": "QA"},
            CopyPipelines(project="a/b", origin="main", to="QA", pipelines=("x",), dry_run=True, confirm="QA"),
        ),
        (
            "convert_datasets",
            {**PLACE, "pipelines": ["x"], "catalog": "PROD", "dry_run": True},
            ConvertDatasets(project="a/b", workspace="QA", pipelines=("x",), catalog="PROD", dry_run=True),
        ),
        (
            "delete_interactive_branches",
            {**PLACE, "pipelines": ["x"], "older_than": 30, "dry_run": True},
            DeleteInteractiveBranches(project="a/b", workspace="QA", pipelines=("x",), older_than=30, dry_run=True),
        ),
        (
            "export",
            {**PLACE, "drive": "backups", "folder": "a/b"},
            Export(project="a/b", workspace="QA", drive="backups", folder="a/b"),
        ),
        (
            "force_push",
            {**PLACE, "pipelines": ["x"], "dry_run": True, "confirm": "QA"},
            ForcePush(project="a/b", workspace="QA", pipelines=("x",), dry_run=True, confirm="QA"),
        ),
        (
            "push_interactive_branch",
            {**PLACE, "pipelines": ["x"], "branch": "feature/x"},
            PushInteractiveBranch(project="a/b", workspace="QA", pipelines=("x",), branch="feature/x"),
        ),
        (
            "create_feature_branch",
            {"project": "a/b", "name": "PIN-1", "pipelines": ["x"], "dry_run": True},
            CreateFeatureBranch(project="a/b", name="PIN-1", pipelines=("x",), dry_run=True),
        ),
        ("create_release_branch", {"project": "a/b", "name": "1"}, CreateReleaseBranch(project="a/b", name="1")),
        (
            "create_merge_request",
            {"project": "a/b", "source": "x", "target": "y", "title": "T", "description": "", "labels": ["z"]},
            CreateMergeRequest(project="a/b", source="x", target="y", title="T", description="", labels=("z",)),
        ),
        (
            "promote",
            {"project": "a/b", "from": "staging", "to": "main", "ticket": "PIN-1", "pipelines": ["x"]},
            Promote(project="a/b", origin="staging", to="main", ticket="PIN-1", pipelines=("x",)),
        ),
    ],
)
def test_each_workflow_has_parameters_of_its_own(
    workflow: str, said: dict[str, object], parameters: Parameters
) -> None:
    """As a person writes them."""
    assert read({"workflow": workflow, "parameters": said}) == CommandRequest(workflow, parameters)


def test_parameters_may_be_left_out_where_nothing_is_needed() -> None:
    """And whoever asks may say so."""
    assert read({"workflow": "sweep", "by": "mira"}) == CommandRequest("sweep", Sweep(), "mira")


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        ({}, "`workflow` is missing"),
        (
            {"workflow": "sweap"},
            f"the workflow `sweap` is not known (known: {', '.join(sorted(command.WORKFLOWS))})",
        ),
        (
            {"workflow": "sweep", "params": {}},
            "`params` is not known (known: workflow, parameters, by)",
        ),
        ({"workflow": "sweep", "parameters": []}, "`parameters` must be one JSON object"),
        ({"workflow": "sweep", "parameters": {"projct": "a"}}, "`parameters.projct` is not known (known: project)"),
        (
            {"workflow": "backup"},
            "`parameters.project` is missing; `parameters.workspace` is missing",
        ),
        (
            {"workflow": "backup", "parameters": {**PLACE, "folder": "../x"}},
            "`parameters.folder` must be a plain path of letters, digits, `.`, `_`, `-` and `/`",
        ),
        (
            {"workflow": "drill", "parameters": {"workspace": "QA"}},
            "`parameters` names a `workspace` without its `project`",
        ),
        (
            {
                "workflow": "copy_pipelines",
                "parameters": {"project": "a/b", "from": "main", "to": "QA", "confirm": "QA"},
            },
            "`parameters.pipelines` is missing",
        ),
        (
            {
                "workflow": "delete_interactive_branches",
                "parameters": {**PLACE, "pipelines": ["x"], "older_than": 3, "all": True},
            },
            "`parameters` can't have both `all` and `older_than`: how old people's own are, nobody knows",
        ),
        (
            {
                "workflow": "delete_interactive_branches",
                "parameters": {**PLACE, "pipelines": [], "older_than": "3"},
            },
            "`parameters.pipelines` must not be empty; `parameters.older_than` must be a whole number",
        ),
        (
            {"workflow": "convert_datasets", "parameters": {**PLACE, "pipelines": "x", "catalogue": "y"}},
            "`parameters.pipelines` must be a list; `parameters.catalogue` is not known "
            "(known: project, workspace, pipelines, catalog, dry_run)",
        ),
        (
            {"workflow": "export", "parameters": {**PLACE, "folder": "/x"}},
            "`parameters.folder` must be a plain path of letters, digits, `.`, `_`, `-` and `/`",
        ),
        ({"workflow": "force_push", "parameters": PLACE}, "`parameters.confirm` is missing"),
        ({"workflow": "push_interactive_branch", "parameters": PLACE}, "`parameters.pipelines` is missing"),
        (
            {"workflow": "board", "parameters": {"project": "", "workspace": "QA"}},
            "`parameters.project` must not be empty; `parameters.workspace` is not known (known: project, dry_run)",
        ),
        (
            {"workflow": "board", "parameters": {"project": ["a/b"], "dry_run": "yes"}},
            "`parameters.project` must be text; `parameters.dry_run` must be true or false, without quotes",
        ),
        (
            {"workflow": "hello", "parameters": {"branch": True}},
            "`parameters` asks for a `branch` without its `project`",
        ),
        (
            {"workflow": "initialize_repository", "parameters": {"project": "a/b"}},
            "`parameters.roles` is missing",
        ),
        (
            {"workflow": "initialize_repository", "parameters": {"project": "a/b", "roles": {}}},
            "`parameters.roles` must name a workspace for production, staging or development",
        ),
        (
            {"workflow": "initialize_repository", "parameters": {"project": "a/b", "roles": {"prod": "QA"}}},
            "`parameters.roles.prod` is not known (known: production, staging, development)",
        ),
        (
            {
                "workflow": "initialize_repository",
                "parameters": {"project": "a/b", "roles": {"staging": {"workspace": "QA", "branch": "a*"}}},
            },
            "`parameters.roles.staging.branch` must be a branch's name of letters, digits, `.`, `_`, `-` and `/`",
        ),
        (
            {
                "workflow": "initialize_repository",
                "parameters": {"project": "a/b", "roles": {"staging": {"workspace": "QA", "branch": "feature/x"}}},
            },
            "`parameters.roles.staging.branch` must not begin with feature/, release/, hotfix/, back-merge/, aic-: "
            "such branches come and go",
        ),
        (
            {
                "workflow": "initialize_repository",
                "parameters": {"project": "a/b", "roles": {"production": "QA", "staging": "QA"}},
            },
            "`parameters.roles` must name a workspace of its own for each role",
        ),
        (
            {
                "workflow": "initialize_repository",
                "parameters": {
                    "project": "a/b",
                    "roles": {"production": "P", "staging": {"workspace": "QA", "branch": "main"}},
                },
            },
            "`parameters.roles` must name a branch of its own for each role",
        ),
        (
            {"workflow": "list", "parameters": {"what": "jobs"}},
            "`parameters.what` must be 'projects', 'workspaces', 'pipelines', 'branches', 'datasets', 'tables' or "
            "'drives'",
        ),
        (
            {"workflow": "list", "parameters": {"what": "tables"}},
            "`parameters` asks for tables without `project` and `workspace`",
        ),
        (
            {"workflow": "list", "parameters": {"what": "branches"}},
            "`parameters` asks for branches without `project`",
        ),
        (
            {"workflow": "list", "parameters": {"what": "projects", "workspace": "QA"}},
            "`parameters` names a `workspace` without its `project`",
        ),
        (
            {"workflow": "list", "parameters": {"what": "drives", **PLACE, "pipelines": ["x"]}},
            "`parameters` names `pipelines` for what is not the interactive branches of a `workspace`",
        ),
        (
            {"workflow": "restore", "parameters": {**PLACE, "origin": "latest", "confirm": "QA"}},
            "`parameters.from` is missing; `parameters.origin` is not known "
            "(known: project, workspace, from, pipelines, dry_run, confirm)",
        ),
        (
            {"workflow": "rollback", "parameters": {"project": "a", "branch": "b", "to": "main", "confirm": "QA"}},
            "`parameters.to` must be `previous`, a commit (seven digits of it at least), or the number of a deployment",
        ),
        (
            {"workflow": "rollback", "parameters": {"project": "a/b", "branch": "main"}},
            "`parameters.confirm` is missing",
        ),
    ],
)
def test_a_mistake_is_named_with_what_is_known(tree: object, sentence: str) -> None:
    """So that the next try is right."""
    with pytest.raises(Refused) as caught:
        read(tree)

    assert (caught.value.reason, caught.value.detail) == ("message-invalid", sentence)


def test_a_refusal_quotes_no_value() -> None:
    """It goes into logs."""
    with pytest.raises(Refused) as caught:
        read({"workflow": "backup", "parameters": {"project": {"secret": "value"}, "workspace": "", "folder": "a b"}})

    assert "value" not in caught.value.detail
    assert "a b" not in caught.value.detail
