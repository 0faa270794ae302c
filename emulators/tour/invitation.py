"""What `up` prints: where everything is, and lines for a shell that work as they are."""

import json
import shlex
from urllib.parse import quote, urlsplit

from emulators.pubsub import gcloud
from emulators.stack import functions
from emulators.stack.site import Site
from emulators.stack.stack import Stack

BRANCH = "develop"
PIPELINE = "Demographics"
TOKEN = "you"  # noqa: S105 - any text is a token here


def text(stack: Stack, site: Site, *, pipelines: int) -> str:
    """The whole text."""
    return "\n\n".join(
        [
            _places(stack, site, pipelines=pipelines),
            f"Ask for a deploy, with gcloud:\n\n{gcloud_line(stack, site)}",
            f"… or with curl:\n\n{curl_line(stack, site)}",
            f"Play the colleague who edits in AIC: change a pipeline's code by hand at {stack.aic_url}/\n"
            f"Then ask for a snapshot, which brings it into Git:\n\n{snapshot_line(stack, site)}",
            f"Take the newest change of {BRANCH} back, at once and by a merge request:\n\n{rollback_line(stack, site)}",
            "Nothing runs by a schedule here. Ask for the sweep, which elsewhere looks every ten minutes for what was "
            f"lost, for reviews that no longer hold, and for hotfixes to bring back:\n\n{sweep_line(stack, site)}",
            "Try this: change a pipeline as people do, in another shell (any text is a token).\n\n"
            + "\n".join(try_lines(stack, site)),
            "Ctrl-C ends everything.",
        ]
    )


def gcloud_line(stack: Stack, site: Site) -> str:
    """Publishes a request to deploy."""
    return _publish(stack, "aic-deploy", _request(site))


def snapshot_line(stack: Stack, site: Site) -> str:
    """Publishes a request for a snapshot."""
    return _publish(stack, "aic-snapshot", {"project": site.path, "workspace": site.branches[BRANCH]})


def rollback_line(stack: Stack, site: Site) -> str:
    """Publishes a request to go back."""
    parameters = {"project": site.path, "branch": BRANCH, "now": True, "confirm": site.branches[BRANCH]}
    return _publish(stack, "aic-command", {"workflow": "rollback", "parameters": parameters})


def sweep_line(stack: Stack, site: Site) -> str:
    """Publishes a request for the sweep."""
    return _publish(stack, "aic-command", {"workflow": "sweep", "parameters": {"project": site.path}})


def curl_line(stack: Stack, site: Site) -> str:
    """The same without gcloud."""
    url = f"{stack.queue.url}/v1/projects/{stack.queue.project}/topics/aic-deploy:publish"
    encoded = f"$(printf %s {shlex.quote(json.dumps(_request(site)))} | base64 | tr -d '\\n')"
    return f'curl -sS {url} -d "{{\\"messages\\": [{{\\"data\\": \\"{encoded}\\"}}]}}"'


def try_lines(stack: Stack, site: Site) -> list[str]:
    """A branch, a changed config, a merge request, the merge, and what came of it."""
    config = f"config%2F{quote(PIPELINE, safe='')}.json"
    curl = f"curl -sS -H 'PRIVATE-TOKEN: {TOKEN}'"
    deployments = f"environment={quote(site.environment(BRANCH), safe='')}&order_by=id&sort=desc&per_page=1"
    return [
        f"P={stack.gitlab_url}/api/v4/projects/{quote(site.path, safe='')}; B=feature/try-$$",
        f"{curl} -X POST $P/repository/branches -d branch=$B -d ref={BRANCH}; echo",
        f"{curl} \"$P/repository/files/{config}/raw?ref={BRANCH}\" | sed 's/SELECT /SELECT DISTINCT /' > /tmp/try.json",
        f"{curl} -X PUT $P/repository/files/{config} -d branch=$B -d commit_message=Distinct "
        "--data-urlencode content@/tmp/try.json; echo",
        f"N=$({curl} $P/merge_requests -d source_branch=$B -d target_branch={BRANCH} -d title=Try "
        "| sed 's/.*\"iid\": *\\([0-9]*\\).*/\\1/')",
        f"{curl} -X PUT $P/merge_requests/$N/merge; echo; sleep 3",
        f"{curl} $P/merge_requests/$N/notes; echo",
        f'{curl} "$P/deployments?{deployments}"; echo',
    ]


def _places(stack: Stack, site: Site, *, pipelines: int) -> str:
    rows = {
        "GitLab's pages": f"{stack.gitlab_url}/{site.path}",
        "git clone": f"{stack.gitlab_url}/{site.path}.git  (any user name, any text as the password)",
        "GitLab's API": f"{stack.gitlab_url}/api/v4  (project {site.path})",
        "AIC's API": f"{stack.aic_url}/apis/core/v1  (project {site.aic_project})",
        "AIC's pages": f"{stack.aic_url}/",
        "Slack's page": f"{stack.slack_url}/  (what people are told)",
        "Pub/Sub": f"{stack.queue.url}/v1  (gRPC: 127.0.0.1:{stack.pubsub_port})",
        "the webhook": stack.urls["webhook"],
        "logs": "  ".join(str(stack.log_file(name)) for name in functions.TARGETS),
    }
    for branch, workspace in site.branches.items():
        rows[f"branch {branch}"] = f"is deployed to the workspace “{workspace}”, {pipelines} pipelines"
    return "Everything is running.\n\n" + "\n".join(f"  {name:16}{place}" for name, place in rows.items())


def _publish(stack: Stack, topic: str, message: dict[str, object]) -> str:
    port = urlsplit(stack.queue.url).port or 0
    return gcloud.publish_line(port, stack.queue.project, topic, message)


def _request(site: Site) -> dict[str, object]:
    return {"project": site.path, "branch": BRANCH}
