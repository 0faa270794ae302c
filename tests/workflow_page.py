"""docs/workflows.md, made of the workflows themselves: `python -m tests.workflow_page` writes it anew."""

import json
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from shared.domain.messages import help as listing
from shared.domain.messages.command import WORKFLOWS
from shared.domain.messages.help import Workflow

PAGE = Path(__file__).parents[1] / "docs/workflows.md"
_PLACE = {"project": "pin/fusion", "workspace": "PIN FUSION 2.0 QA"}
_PRODUCTION = {"project": "pin/fusion", "workspace": "PIN FUSION 2.0"}
EXAMPLES: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "after_deploy": {"project": "pin/fusion", "branch": "staging"},
        "backup": _PLACE,
        "board": {"project": "pin/fusion"},
        "convert_datasets": {**_PLACE, "pipelines": ["Demographics"], "catalog": "PIN FUSION 2.0"},
        "copy_pipelines": {
            "project": "pin/fusion",
            "from": "PIN FUSION 2.0",
            "to": "PIN FUSION 2.0 QA",
            "pipelines": ["Demographics"],
            "confirm": "PIN FUSION 2.0 QA",
        },
        "check": {"project": "pin/fusion"},
        "check_tokens": {"project": "pin/fusion"},
        "create_feature_branch": {"project": "pin/fusion", "name": "PIN-12", "pipelines": ["Demographics"]},
        "create_hotfix_branch": {"project": "pin/fusion", "name": "PIN-13", "pipelines": ["Demographics"]},
        "create_merge_request": {"project": "pin/fusion", "source": "feature/pin-12", "labels": ["dealers"]},
        "create_release_branch": {"project": "pin/fusion", "name": "2026-11"},
        "delete_interactive_branches": {**_PLACE, "pipelines": ["Demographics"], "older_than": 30},
        "drill": {"project": "pin/fusion"},
        "export": {**_PLACE, "pipelines": ["Demographics"], "folder": "for-the-audit"},
        "force_push": {**_PLACE, "pipelines": ["Demographics"], "confirm": "PIN FUSION 2.0 QA"},
        "hello": {"project": "pin/fusion", "branch": True},
        "help": {"workflow": "promote"},
        "initialize_repository": {
            "project": "pin/fusion",
            "roles": {
                "production": "PIN FUSION 2.0",
                "staging": "PIN FUSION 2.0 QA",
                "development": "PIN FUSION 2.0 DEV",
            },
        },
        "list": {"what": "pipelines", **_PLACE},
        "notify": {"project": "pin/fusion"},
        "promote": {
            "project": "pin/fusion",
            "from": "staging",
            "to": "production",
            "ticket": "PIN-12",
            "pipelines": ["Demographics"],
        },
        "push_feature": {
            "project": "pin/fusion",
            "workspace": "PIN FUSION 2.0 DEV",
            "pipelines": ["Demographics"],
            "name": "PIN-12",
        },
        "push_interactive_branch": {**_PLACE, "pipelines": ["Demographics"], "branch": "feature/pin-12"},
        "redrive": {"subscription": "aic-deploy-dead-letter-kept", "dry_run": True},
        "resolve_issue": {
            "project": "pin/fusion",
            "issue": 7,
            "workspace": "PIN FUSION 2.0 DEV",
            "pipelines": ["Demographics"],
        },
        "restore": {**_PRODUCTION, "from": "backup:latest", "confirm": "PIN FUSION 2.0"},
        "rollback": {"project": "pin/fusion", "branch": "main", "now": True, "confirm": "PIN FUSION 2.0"},
        "sweep": {"project": "pin/fusion"},
    }
)
_HEAD = """# Workflows

What people ask for by a message to `aic-command`: a workflow by its name, and its parameters. Whoever asks may say so
with `"by"`. Unknown and missing parameters are refused with a sentence that lists what is known. The answer stands in
the log of the function `aic-command`, and in GitLab where the workflow is about a branch or merge request. To send a
message twice does nothing twice.

This page is made of the code (`python -m tests.workflow_page`), and a test holds it to that.
"""


def render() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *(section for each in listing.of(WORKFLOWS) for section in _section(each))])


def line(name: str) -> str:
    """What to type for the workflow."""
    message = json.dumps({"workflow": name, "parameters": EXAMPLES[name], "by": "ann"})
    return f"gcloud pubsub topics publish aic-command --message {shlex.quote(message)}"


def _section(each: Workflow) -> Iterator[str]:
    yield f"## {each.name}\n\n{each.says}\n"
    yield f"```\n{line(each.name)}\n```\n"
    yield "| parameter | what it is | without it |\n| --- | --- | --- |"
    for one in each.parameters:
        yield f"| `{one.name}` | {one.kind} | {'refused' if one.default is None else one.default} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
