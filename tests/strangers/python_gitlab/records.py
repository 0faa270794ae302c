"""What machines leave behind: statuses, environments, deployments, web hooks."""

from tests.strangers.python_gitlab.ground import Ground, opened
from tests.strangers.receiver import received


def statuses(ground: Ground) -> None:
    project = ground.project()
    commit = project.commits.get("main")
    commit.statuses.create({"state": "running", "name": "aic", "description": "Deploying"})
    commit.statuses.create({"state": "success", "name": "aic"})

    assert [(one.name, one.status) for one in commit.statuses.list()] == [("aic", "success")]


def environments(ground: Ground) -> None:
    project = ground.project()
    made = project.environments.create({"name": "aic/qa", "external_url": "https://example.com"})
    made.external_url = "https://example.org"
    made.save()

    assert project.environments.get(made.id).external_url == "https://example.org"
    assert [one.id for one in project.environments.list(name="aic/qa")] == [made.id]
    made.stop()
    assert project.environments.get(made.id).state == "stopped"
    made.delete()


def deployments(ground: Ground) -> None:
    project = ground.project()
    request = opened(project)
    request.merge()
    wanted = {"environment": "aic/qa", "sha": project.branches.get("main").commit["id"], "ref": "main", "tag": False}
    made = project.deployments.create({**wanted, "status": "running"})
    made.status = "success"
    made.save()

    assert project.deployments.get(made.id).status == "success"
    assert [one.id for one in project.deployments.list(environment="aic/qa", status="success")] == [made.id]
    assert [one.iid for one in made.mergerequests.list()] == [request.iid]
    spare = project.deployments.create({**wanted, "environment": "other", "status": "failed"})
    ground.client.http_delete(f"/projects/{project.id}/deployments/{spare.id}")  # its manager can't
    assert {one.id for one in project.deployments.list()} == {made.id}


def hooks(ground: Ground) -> None:
    with received() as (url, got):
        project = ground.project()
        hook = project.hooks.create({"url": url, "push_events": True, "token": "secret"})
        hook.merge_requests_events = True
        hook.save()
        place = f"/projects/{project.id}/hooks/{hook.id}/custom_headers/Gateway"
        ground.client.http_put(place, post_data={"value": "one"})  # the client has no manager for them
        assert project.hooks.get(hook.id).custom_headers == [{"key": "Gateway"}]
        ground.client.http_delete(place)
        hook.test("push_events")
        sent = got.get(timeout=30)
        assert (sent["object_kind"], project.hooks.get(hook.id).merge_requests_events) == ("push", True)
        assert [one.id for one in project.hooks.list()] == [hook.id]
        events = f"/projects/{project.id}/hooks/{hook.id}/events"  # the client has no manager for them
        (event,) = ground.client.http_list(events, get_all=True)
        ground.client.http_post(f"{events}/{event['id']}/resend")
        assert got.get(timeout=30) == sent
        hook.delete()


WALKS = (statuses, environments, deployments, hooks)
