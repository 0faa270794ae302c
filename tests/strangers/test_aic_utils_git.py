"""The incumbent's ways with GitLab: what it says it did is there afterwards."""

import subprocess
import sys

import pytest

from tests.strangers.incumbent import DEVELOPMENT, NAMESPACE, PATH, PRODUCTION, REPOSITORY, STAGING, Incumbent
from tests.strangers.pipelines import PIPELINES, TITLES, changed, files
from tests.strangers.stand_in import StandIn


@pytest.fixture
def incumbent(gitlab: StandIn, aic: StandIn) -> Incumbent:
    """Initialized, with the same pipelines everywhere."""
    one = Incumbent(gitlab, aic)
    one.seed(**dict.fromkeys((PRODUCTION, STAGING, DEVELOPMENT), PIPELINES))
    assert one.initialize()
    return one


def expected(incumbent: Incumbent, workspace: str, *titles: str) -> dict[str, str]:
    """The files of these pipelines as they run now, or of all."""
    live = incumbent.live(workspace)
    return {path: text for title in titles or live for path, text in files(live[title]).items()}


def without_keeps(found: dict[str, str]) -> dict[str, str]:
    return {path: text for path, text in found.items() if not path.endswith("/.gitkeep")}


def test_a_repository_is_initialized(incumbent: Incumbent, gitlab: StandIn) -> None:
    """Branches, protection, features and files; it reads every answer's status for it."""
    found = incumbent.repository()
    names = {"main", "staging", "dev"}

    assert (set(found["branches"]), set(found["protected"]), found["default_branch"]) == (names, names, "main")
    assert set(found["branches"]["main"]["contents"]) == {
        ".gitlab-ci.yml", "README.md", "SECURITY.md", "branch_to_workspace.yaml", "code/.gitkeep", "config/.gitkeep",
    }  # fmt: skip
    assert "Jobs - GitLab AIC Integration" in found["branches"]["main"]["contents"]["README.md"]
    assert gitlab.called()["PUT /projects/:id"] == 1


def test_a_default_branch_of_another_name_is_replaced(gitlab: StandIn, aic: StandIn) -> None:
    """A new branch, made the default one and protected, and the old one deleted."""
    namespace, _, name = PATH.rpartition("/")
    project = {"namespace": namespace, "name": name, "default_branch": "master"}
    gitlab.admin("POST", "seed", {"projects": [project]})
    incumbent = Incumbent(gitlab, aic)

    assert incumbent.initialize()
    found = incumbent.repository()
    assert (found["default_branch"], set(found["branches"])) == ("main", {"main", "staging", "dev"})


def test_a_push_brings_every_pipeline_with_its_code(incumbent: Incumbent) -> None:
    """Names with slashes, percent signs and other alphabets too."""
    incumbent.push(STAGING)

    assert without_keeps(incumbent.files("staging")) == expected(incumbent, STAGING)
    (pipeline,) = incumbent.repository()["pipelines"]
    assert pipeline["ref"] == "staging"


def test_a_push_of_nothing_new_makes_no_commit(incumbent: Incumbent) -> None:
    """The stand-in's blob ids are git's own, by which it finds out what is new."""
    incumbent.push(STAGING)
    before = incumbent.repository()["branches"]["staging"]["commit"]
    incumbent.push(STAGING)

    assert incumbent.repository()["branches"]["staging"]["commit"] == before


def test_a_push_of_a_change_writes_what_changed(incumbent: Incumbent, aic: StandIn) -> None:
    """One commit with updates."""
    incumbent.push(STAGING)
    before = incumbent.repository()["branches"]["staging"]["commits_count"]
    aic.admin("POST", "edit-jobs", {"project": "pin-fusion", "workspace": STAGING, "titles": [TITLES[2]], "salt": "s"})
    incumbent.push(STAGING)
    after = incumbent.repository()["branches"]["staging"]

    assert after["commits_count"] == before + 1
    assert (
        after["contents"][f"config/{TITLES[2]}.json"]
        == files(incumbent.live(STAGING)[TITLES[2]])[f"config/{TITLES[2]}.json"]
    )


def test_a_push_with_prune_deletes_what_is_gone(incumbent: Incumbent, aic: StandIn) -> None:
    """Deletions go through the same calls."""
    incumbent.push(STAGING)
    aic.admin("POST", "put-jobs", {"project": "pin-fusion", "workspace": STAGING, "delete": [TITLES[0]]})
    incumbent.manager(incumbent.load(STAGING)).push_to_git(prune=True)

    assert without_keeps(incumbent.files("staging")) == expected(incumbent, STAGING)
    assert TITLES[0] not in incumbent.live(STAGING)


def test_a_deploy_writes_the_changed_pipeline_and_no_other(incumbent: Incumbent, gitlab: StandIn, aic: StandIn) -> None:
    """What was changed on the branch runs afterwards."""
    manager = incumbent.push(STAGING)
    live = incumbent.live(STAGING)
    new = changed(live[TITLES[1]], "SELECT 'deployed'")
    path = f"config/{TITLES[1]}.json"
    gitlab.admin("POST", "commit", {"project": PATH, "branch": "staging", "write": {path: files(new)[path]}})
    aic.admin("DELETE", "counters")
    manager.deploy_pipelines()

    assert incumbent.live(STAGING) == {**live, TITLES[1]: new}
    assert {name: times for name, times in aic.called().items() if not name.startswith("GET ")} == {
        "POST /projects/:project/workspaces/:workspace/jobs": 1
    }


def test_a_feature_branch_and_its_merge_request(incumbent: Incumbent, capsys: pytest.CaptureFixture[str]) -> None:
    """It begins where the development branch is; the merge request goes to staging."""
    manager = incumbent.push(DEVELOPMENT)
    manager.create_feature_branch("New query")
    manager.create_merge_request("New query", "From the outside", assignee_ids=[1])
    found = incumbent.repository()

    assert found["branches"]["feature/New-query"]["commit"] == found["branches"]["dev"]["commit"]
    (opened,) = found["merge_requests"]
    assert (opened["source_branch"], opened["target_branch"], opened["state"]) == (
        "feature/New-query", "staging", "opened",
    )  # fmt: skip
    assert (opened["title"], opened["description"], opened["squash"]) == ("New query", "From the outside", True)
    assert f"Created MR !{opened['iid']} from feature/New-query" in capsys.readouterr().out


def test_a_release_branch_keeps_the_pipelines_that_were_loaded(incumbent: Incumbent) -> None:
    """Listings of folders, recursive ones too, and a commit of many deletions."""
    incumbent.push(STAGING)
    kept = TITLES[0], TITLES[3]
    manager = incumbent.manager(incumbent.load(STAGING, *kept))
    manager.create_release_branch("2026-01")
    manager.create_merge_request("Release", "")
    left = incumbent.files("release/2026-01")
    (opened,) = incumbent.repository()["merge_requests"]

    gone = expected(incumbent, STAGING).keys() - expected(incumbent, STAGING, *kept).keys()
    nested = {f"config/{TITLES[1]}.json"}  # it looks at one level of folders only
    assert without_keeps(left).keys() & gone == nested
    assert expected(incumbent, STAGING, *kept).items() <= left.items()
    assert (opened["source_branch"], opened["target_branch"]) == ("release/2026-01", "main")


def test_a_hotfix_branch_keeps_the_pipelines_that_were_loaded(incumbent: Incumbent) -> None:
    """The same from production; afterwards it takes pushes."""
    incumbent.push(PRODUCTION)
    manager = incumbent.manager(incumbent.load(PRODUCTION, TITLES[4]))
    manager.create_hotfix_branch("urgent")
    manager.push_to_git()
    left = without_keeps(incumbent.files("hotfix/urgent"))

    assert left.items() >= expected(incumbent, PRODUCTION, TITLES[4]).items()
    assert set(left) - set(expected(incumbent, PRODUCTION, TITLES[4])) == {f"config/{TITLES[1]}.json"}


def test_the_expiry_of_its_token_is_understood(incumbent: Incumbent, gitlab: StandIn) -> None:
    """It asks who the token is and reads the date."""
    gitlab.admin("POST", "token", {"token": "token", "expires_at": "2099-01-31"})
    manager = incumbent.manager(incumbent.load(STAGING))

    assert f"{manager.get_token_expiration_date():%Y-%m-%d}" == "2099-01-31"


def test_a_repository_is_wiped(incumbent: Incumbent, gitlab: StandIn) -> None:
    """It asks whether it shall, and then deletes files one by one, and branches with their protection."""
    incumbent.push(STAGING)
    wipe = "import sys; from aic_utils import GitLabManager; GitLabManager.wipe_repository(*sys.argv[1:])"
    place = ["token", NAMESPACE, REPOSITORY, f"{gitlab.url}/api/v4"]
    subprocess.run([sys.executable, "-W", "ignore", "-c", wipe, *place], input="y", text=True, timeout=60, check=True)
    found = incumbent.repository()

    assert {name: branch["files"] for name, branch in found["branches"].items()} == {"main": {}}
    assert set(found["protected"]) == {"main"}
