"""The switches of the GitLab stand-in and what each is at first."""

from collections.abc import Mapping

SETTINGS: Mapping[str, object] = {
    "user_access_level": 40,  # of every token's user in every project; below 10 projects are invisible
    "require_token": "",  # the only token let in; empty: any
    "merge_method": "merge",  # of projects that were not given one of their own
    "diff_max_files": 1000,  # files of a difference beyond this come with an empty `diff`, `collapsed`
    "diff_max_bytes": 204_800,  # one file's `diff` beyond this is empty, `too_large`
    "compare_max_diffs": 3000,  # the list of a comparison ends here
    "compare_timeout": False,  # what comparisons say of themselves
    "branch_list_seconds": 0,  # how long an answer to the list of branches is repeated (GitLab: 30)
    "mergeability_reads": 0,  # how many reads of a merge request see its check under way, after each new head
    "hooks": None,  # "ordered", "shuffled" or {"order", "duplicates": n, "drop": probability}
}
