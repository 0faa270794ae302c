"""The pages by their addresses, which are those that GitLab itself gives the same things."""

from pathlib import Path
from urllib.parse import quote

from emulators.gitlab.pages import commits, pipelines, projects, reviews
from emulators.gitlab.project import Project
from emulators.gitlab.world import World
from emulators.pages.site import STYLE, Site
from emulators.routing import Answer, Call

_TEMPLATES = Path(__file__).parent / "templates"
_VIEWS = {
    "merge_requests": reviews.page,
    "commit": commits.page,
    "tree": commits.branch_page,
    "blob": commits.file_page,
    "pipelines": pipelines.page,
}


class Pages:
    """Needs no token: whoever reaches this machine's loopback may look."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._site = Site(_TEMPLATES, name="GitLab stand-in", filters={"quoted": quote})

    def answer(self, call: Call) -> Answer:
        """The page of the address; those that are not there say so in HTML."""
        if call.method not in {"GET", "HEAD"}:
            return Answer(404, {"error": "404 Not Found"})
        if call.path == STYLE:
            return self._site.style()
        if call.path == "/":
            return self._site.page("projects.html", **projects.index(self._world))
        path, _, rest = call.path.strip("/").partition("/-/")
        project = None if path.isdecimal() else self._world.project(path)
        if project is None:
            return self._site.missing(f"There is no project {path}.")
        with project.lock:
            return self._below(project, rest)

    def _below(self, project: Project, rest: str) -> Answer:
        """A page of one project."""
        if not rest:
            return self._site.page("project.html", **projects.page(self._world, project))
        kind, _, name = rest.partition("/")
        view = _VIEWS.get(kind)
        found = view(project, name) if view else None
        if found is None:
            return self._site.missing(f"The project {project.path} has no page {rest}.")
        template, values = found
        return self._site.page(template, project=project, **values)
