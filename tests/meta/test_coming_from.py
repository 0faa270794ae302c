"""Who comes from aic-utils finds each of its functions, and is sent to nothing that is not there."""

import re
from typing import get_args

from shared.domain.messages import help as listing
from shared.domain.messages.command import WORKFLOWS
from shared.domain.messages.deploy import DeployRequest
from shared.domain.messages.looking import What
from shared.domain.schema import keys
from tests.documented import ROOT

PAGE = (ROOT / "docs/coming-from-aic-utils.md").read_text(encoding="utf-8")
NAMED = re.findall(
    r"\w+",
    """
AIC get_project_id get_workspace_id pop_pipelines get_pipelines pop_pipeline_config fetch_pipeline_config get_config
write_config_to_pipeline create_or_update_pipeline update_pipeline create_pipeline_branch copy_pipelines get_datasets
get_tables delete_branches backup_pipelines get_drive_id_by_name GitLabManager branch_roles repository_exists
create_repository get_subgroup_id ensure_branch_exists _slugify get_token_expiration_date check_token_expiration
generate_hash get_existing_file_content fetch_pipeline_file list_pipeline_files list_all_blobs delete_file
_commit_deletion_actions _push_file push_to_git deploy_pipelines create_feature_branch create_release_branch
create_hotfix_branch create_merge_request initialize_repository wipe_repository _send_email _format_push_summary
_format_deploy_summary BranchWorkspaceMapper lookup workspace_to_branch GitLabRepositoryInitializer DatasetConverter
pop_tables convert replace_placeholders replace_source_stages_with_documentation SlackLogger send_message
SlackLoggerHandler redirect_print_to_logger create_logger force_sync use_hash_comparison
""",
)
"""What the README of aic-utils 2.0.12 names."""


def rows() -> list[tuple[str, str]]:
    """What there was, and what takes its place."""
    cells = [line.split(" | ") for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| ---")]
    return [(each[0].removeprefix("| "), each[1]) for each in cells]


def spans(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_every_function_of_aic_utils_has_a_row() -> None:
    """Whatever somebody used to call."""
    found = {re.split(r"[(=]", span)[0] for was, _ in rows() for span in spans(was)}

    assert [name for name in NAMED if name not in found] == []


def test_f40_no_workflow_wipes_a_repository() -> None:
    """And the page says why."""
    assert [name for name in WORKFLOWS if "wipe" in name] == []
    assert "`wipe_repository` deletes all files" in PAGE.split("## What is not offered")[1]


def test_every_workflow_that_a_row_leads_to_is_there() -> None:
    """With parameters that it knows; other code spans are topics and files."""
    parameters = {one.name for each in listing.of(WORKFLOWS) for one in each.parameters}
    known = {*WORKFLOWS, *parameters, *keys(DeployRequest), *get_args(What), "aic-deploy", "aic-snapshot"}
    named = {span for _, now in rows() for span in spans(now) if re.fullmatch(r"[a-z_-]+", span)}
    old = set(NAMED) - known

    assert len(named & set(WORKFLOWS)) > 15
    assert named - known - old == set()
    assert [now for was, now in rows() if set(spans(now)) & old and "above" not in now] == []
