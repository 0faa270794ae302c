"""The switches of the GitLab stand-in and what each is at first."""

from collections.abc import Mapping

SETTINGS: Mapping[str, object] = {
    "user_access_level": 40,  # of every user whom no project or group names; below 10 projects are invisible
    "require_token": "",  # the only token let in besides those that were issued here; empty: any
    "protect_default_branch": True,  # of projects made from now on
    "merge_method": "merge",  # of projects that were not given one of their own
    "diff_max_files": 1000,  # files of a difference beyond this come with an empty `diff`, `collapsed`
    "diff_max_bytes": 204_800,  # one file's `diff` beyond this is empty, `too_large`
    "compare_max_diffs": 3000,  # the list of a comparison ends here
    "compare_timeout": False,  # what comparisons say of themselves
    "branch_list_seconds": 0,  # how long an answer to the list of branches is repeated (GitLab: 30)
    "mergeability_reads": 0,  # how many reads of a merge request see its check under way, after each new head
    "requests_per_minute": 0,  # of one user before GitLab's throttle says `Retry later`; 0: no throttle
    "archives_per_minute": 5,  # of one user and project, as the following; 0: no limit
    "large_files_per_minute": 5,  # beyond 10 MB as JSON
    "large_commits_per_half_minute": 3,  # requests beyond 20 MB
    "commit_bytes": 314_572_800,  # no request for a commit may be longer
    "notes_per_minute": 0,  # of one user (gitlab.com: 60)
    "require_ci_config": False,  # whether a commit without .gitlab-ci.yml has no pipelines (GitLab: true)
    "hook_calls_per_minute": 0,  # tests and resends of each project's web hooks beyond this are a 429; 0: any number
    "hooks_per_minute": 0,  # deliveries of all projects below one top group; further ones are lost (gitlab.com: 500)
    "hooks": None,  # "ordered", "shuffled" or {"order", "duplicates": n, "drop": probability}
}
