"""The archive of a repository, in every format that GitLab knows."""

from functools import partial

from emulators.gitlab import archives
from emulators.gitlab.access import caller, project_of
from emulators.gitlab.errors import not_found
from emulators.gitlab.limits import limit
from emulators.gitlab.parameters import params
from emulators.gitlab.world import World
from emulators.routing import Answer, Call, Router

_PLACE = "/projects/:id/repository/archive"
_AGAIN = "This archive has been requested too many times. Try again later."


def routes(router: Router, world: World) -> None:
    router.add("GET", _PLACE, partial(_archive, world, kind="tar.gz"))
    for kind in archives.FORMATS:
        router.add("GET", f"{_PLACE}.{kind}", partial(_archive, world, kind=kind))


def _archive(world: World, call: Call, *, kind: str) -> Answer:
    """Whatever goes wrong within is `404 File Not Found`."""
    project, user, given = project_of(world, call), caller(world, call), params(call)
    most = world.settings.number("archives_per_minute")
    limit(world.windows, "archive", project.id, user.id, most=most, text=_AGAIN)
    wish = archives.Wish(
        ref=given.text("sha") or project.default_branch or "HEAD",
        path=given.text("path"),
        excluded=given.texts("exclude_paths"),
        objects=given.flag("include_lfs_blobs", default=True),
    )
    sha = project.repository.resolve(wish.ref)
    if sha is None:
        raise not_found("File")
    try:
        body = archives.make(project, sha, wish=wish, kind=kind)
    except LookupError as error:
        raise not_found("File") from error
    name = f"{archives.folder(project, sha, wish)}.{kind}".encode().decode("latin-1")
    disposition = f'attachment; filename="{name}"'
    return Answer(200, body, {"Content-Type": archives.FORMATS[kind][0], "Content-Disposition": disposition})
