"""Comparing two refs, and the commit at which refs parted."""

from functools import partial

from emulators.gitlab.access import commit_or_404, project_of
from emulators.gitlab.errors import message, not_found
from emulators.gitlab.parameters import params
from emulators.gitlab.shapes import commit_json, diffs_json
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router


def routes(router: Router, world: World) -> None:
    router.add("GET", "/projects/:id/repository/compare", partial(_compare, world))
    router.add("GET", "/projects/:id/repository/merge_base", partial(_merge_base, world))


def _compare(world: World, call: Call) -> Answer:
    """The commits of from..to, oldest first; the files as they differ from the merge base, or straight."""
    project, given = project_of(world, call), params(call)
    older, newer = given.required("from", "to")
    other = given.text("from_project_id")
    if other and world.project(other) is not project:
        text = f"Target project id:{other} is not a fork of project id:{call.names['id']}"
        raise message(400, text)
    first, last = (commit_or_404(project, ref, thing="Ref") for ref in (older, newer))
    base = first if given.flag("straight") else project.repository.merge_base(first, last)
    if base is None:
        raise not_found("Ref")
    log = list(project.repository.log([last], exclude=[first]))[::-1]
    commits = [commit_json(world, project, info) for info in log]
    diffs = diffs_json(world, project.repository.diff(base, last))
    return Answer(
        200,
        {
            "commit": commits[-1] if commits else None,
            "commits": commits,
            "diffs": diffs[: int(world.settings.number("compare_max_diffs"))],
            "compare_timeout": world.settings.switch("compare_timeout"),
            "compare_same_ref": older == newer,
            "web_url": f"{project.web_url(world.base_url)}/-/compare/{first}...{last}",
        },
    )


def _merge_base(world: World, call: Call) -> Answer:
    project, refs = project_of(world, call), params(call).texts("refs")
    if len(refs) < 2:
        raise message(400, "Provide at least 2 refs")
    shas = {ref: project.repository.resolve(ref) for ref in refs}
    unknown = [ref for ref, sha in shas.items() if sha is None]
    if unknown:
        raise message(400, f"Could not find ref{'s' if len(unknown) > 1 else ''}: {', '.join(unknown)}")
    base = project.repository.merge_base(*(sha for sha in shas.values() if sha))
    if base is None:
        raise not_found("Merge Base")
    return Answer(200, commit_json(world, project, project.repository.commit_of(base)))
