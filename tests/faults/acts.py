"""What people do in AIC and in GitLab while the service is at work."""

from collections.abc import Callable

from shared.domain.layout import MAPPING_FILE, config_path
from tests.fake_proposals import OWN
from tests.fake_workspace import stored
from tests.faults.scenarios import roll_back
from tests.stage import MAPPING, Stage

Act = Callable[[Stage], object]
TYPED = "typed by a person"


def rename(stage: Stage) -> None:
    job_id = stage.aic.id_of("a")
    if job_id is not None:
        stage.aic.configs[job_id]["title"] = "a, mine"


def set_back(stage: Stage) -> None:
    if stage.gitlab.records:
        stage.gitlab.branches["develop"] = stage.gitlab.records[0][1].commit


def close(stage: Stage) -> None:
    for iid in open_requests(stage):
        stage.gitlab.edit_proposal(iid, close=True)


def land(stage: Stage) -> None:
    for iid in open_requests(stage):
        stage.gitlab.land(iid)


def open_requests(stage: Stage) -> list[int]:
    requests = [each.proposal for each in stage.gitlab.requests]
    return [each.iid for each in requests if each.state == "opened"]


def sides(stage: Stage) -> list[str]:
    requests = [each.proposal for each in stage.gitlab.requests]
    return [each.source_branch for each in requests if each.state == "opened" and each.author == OWN]


def delete_sides(stage: Stage) -> None:
    for branch in sides(stage):
        stage.gitlab.delete_branch(branch)


def describe(stage: Stage) -> None:
    for iid in open_requests(stage):
        stage.gitlab.edit_proposal(iid, description="By hand.")


IN_AIC: dict[str, Act] = {
    "edits a": lambda stage: stage.aic.put("a", TYPED),
    "edits b": lambda stage: stage.aic.put("b", TYPED),
    "makes new": lambda stage: stage.aic.put("new", TYPED),
    "deletes a": lambda stage: stage.aic.remove("a"),
    "renames a": rename,
    "makes a twin": lambda stage: stage.aic.add_twin("a", TYPED),
    "saves twice": lambda stage: [stage.aic.put("a", "a draft"), stage.aic.put("a", TYPED)],
}
IN_GITLAB: dict[str, Act] = {
    "merges a": lambda stage: stage.merge(source="feature/late", a="late"),
    "merges b": lambda stage: stage.merge(source="feature/late", b="late"),
    "merges nonsense": lambda stage: stage.gitlab.push("develop", {config_path("b"): "{"}),
    "reverts": lambda stage: stage.put(a="one", b="one"),
    "sets back": set_back,
    "changes the mapping": lambda stage: stage.gitlab.push("main", {MAPPING_FILE: f"{MAPPING}# later\n"}),
    "rolls back a": lambda stage: roll_back(stage, a="one"),
    "closes what is open": close,
    "merges what is open": land,
    "breaks the mapping": lambda stage: stage.gitlab.push("main", {MAPPING_FILE: "mapping: ["}),
}
ON_CAPTURES: dict[str, Act] = {
    "keeps Git's": lambda stage: [stage.gitlab.land(iid, keep=True) for iid in open_requests(stage)],
    "squashes what is open": lambda stage: [stage.gitlab.land(iid, squash=True) for iid in open_requests(stage)],
    "works on it": lambda stage: [
        stage.gitlab.push(each, {config_path("a"): stored("resolved")}) for each in sides(stage)
    ],
    "deletes the branch": delete_sides,
    "describes it": describe,
    "merges new": lambda stage: stage.merge(source="feature/late", new="late"),
    "deletes a in Git": lambda stage: stage.merge(source="feature/late", a=None),
    "edits code alone": lambda stage: stage.gitlab.push("develop", {"code/a/t1.sql": "edited in Git alone"}),
    "merges a and back": lambda stage: [
        stage.merge(source="feature/late", a="late"),
        stage.merge(source="feature/back", a="one"),
    ],
    "protects the branch": lambda stage: stage.gitlab.protected.add("develop"),
}
