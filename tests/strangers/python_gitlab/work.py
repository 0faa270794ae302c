"""What people do: merge requests, notes, issues, labels."""

from tests.strangers.python_gitlab.ground import Ground, opened, write


def merge_requests(ground: Ground) -> None:
    project = ground.project()
    request = opened(project)
    someone = ground.client.users.list(get_all=True)[0]
    request.description = "Changed"
    request.assignee_ids = [someone.id]
    request.save()
    commits = [one.id for one in request.commits()]

    assert [one.iid for one in project.mergerequests.list(state="opened")] == [request.iid]
    assert [one["new_path"] for one in request.changes()["changes"]] == ["feature.txt"]
    assert commits == [request.sha]
    assert [one["new_path"] for one in ground.client.http_list(
        f"/projects/{project.id}/merge_requests/{request.iid}/diffs", get_all=True
    )] == ["feature.txt"]  # fmt: skip
    made = project.commits.get(request.merge_ref()["commit_id"])
    assert made.parent_ids == [project.branches.get("main").commit["id"], request.sha]
    request.merge(should_remove_source_branch=True)
    merged = project.mergerequests.get(request.iid)
    assert (merged.state, merged.description) == ("merged", "Changed")
    assert [one["username"] for one in merged.assignees] == [merged.assignee["username"]] == [someone.username]
    commit = project.commits.get(merged.merge_commit_sha)
    assert [one["iid"] for one in commit.merge_requests(get_all=True)] == [request.iid]


def merge_requests_that_wait(ground: Ground) -> None:
    """For a pipeline, and for a rebase."""
    project = ground.project()
    request = opened(project)
    write(project, "main", **{"other.txt": "new\n"})
    assert request.rebase()["rebase_in_progress"]
    request = project.mergerequests.get(request.iid, include_rebase_in_progress=True)
    assert (request.rebase_in_progress, request.merge_error) == (False, None)
    commit = project.commits.get(request.sha)
    commit.statuses.create({"state": "running", "ref": request.source_branch})
    request.merge(merge_when_pipeline_succeeds=True)
    request.cancel_merge_when_pipeline_succeeds()
    request.merge(auto_merge=True)
    assert (request.state, request.merge_when_pipeline_succeeds) == ("opened", True)
    commit.statuses.create({"state": "success", "ref": request.source_branch})
    assert project.mergerequests.get(request.iid).state == "merged"


def merge_request_notes(ground: Ground) -> None:
    request = opened(ground.project())
    note = request.notes.create({"body": "Done"})
    note.body = "Really done"
    note.save()

    assert request.notes.get(note.id).body == "Really done"
    assert note.id in {one.id for one in request.notes.list(iterator=True, sort="asc")}
    note.delete()
    assert note.id not in {one.id for one in request.notes.list(iterator=True)}


def issues(ground: Ground) -> None:
    project = ground.project()
    issue = project.issues.create({"title": "Snapshot failed", "labels": ["aic"], "description": "Look"})
    issue.state_event = "close"
    issue.save()

    assert project.issues.get(issue.iid).state == "closed"
    assert [one.iid for one in project.issues.list(state="closed", labels=["aic"])] == [issue.iid]
    assert issue.id in {one.id for one in ground.client.issues.list(scope="all", iterator=True)}
    issue.delete()
    assert project.issues.list() == []


def issue_notes(ground: Ground) -> None:
    issue = ground.project().issues.create({"title": "Talk"})
    note = issue.notes.create({"body": "One"})
    note.body = "Two"
    note.save()

    assert issue.notes.get(note.id).body == "Two"
    assert note.id in {one.id for one in issue.notes.list(iterator=True)}
    note.delete()


def labels(ground: Ground) -> None:
    project = ground.project()
    label = project.labels.create({"name": "drift: live", "color": "#ff0000"})
    label.color = "#00ff00"
    label.save()

    assert project.labels.get("drift: live").color == "#00ff00"
    assert [one.name for one in project.labels.list()] == ["drift: live"]
    label.delete()
    project.labels.create({"name": "old", "color": "#ff0000"})
    at = f"/projects/{project.id}/labels"  # both in the way that the manager doesn't use
    ground.client.http_put(f"{at}/old", post_data={"new_name": "new"})
    ground.client.http_delete(at, query_data={"name": "new"})
    assert project.labels.list() == []


def pipelines(ground: Ground) -> None:
    project = ground.project()
    request = opened(project)
    made = project.pipelines.create({"ref": "feature", "variables": [{"key": "A", "value": "1"}]})
    finish = {"project": project.path_with_namespace, "pipeline": made.id, "status": "failed"}
    ground.stand_in.admin("POST", "finish-pipeline", finish)

    assert [(one.key, one.value) for one in made.variables.list()] == [("A", "1")]
    assert [one.id for one in project.pipelines.list(status="failed")] == [made.id]
    jobs = project.commits.get(made.sha).statuses.list(pipeline_id=made.id)
    assert [(one.name, one.status) for one in jobs] == [("test", "failed")]
    assert project.pipelines.latest(ref="feature").id == made.id
    assert [one.id for one in request.pipelines.list()] == [made.id]
    made.retry()
    made.cancel()
    assert project.pipelines.get(made.id).status == "canceled"
    made.delete()
    write(project, "feature", **{"more.txt": "more"})


WALKS = (merge_requests, merge_requests_that_wait, merge_request_notes, issues, issue_notes, labels, pipelines)
