"""Lists of projects: their filters, their order, and keyset pages by id."""

from collections.abc import Iterable

from emulators.gitlab.access import level_of
from emulators.gitlab.errors import ApiError
from emulators.gitlab.pagination import next_page, paginated, size_of
from emulators.gitlab.parameters import Params, params
from emulators.gitlab.project import Project
from emulators.gitlab.project_json import attribute, project_json, simple_json
from emulators.gitlab.protection import GUEST, OWNER
from emulators.gitlab.records import choice
from emulators.gitlab.user import User
from emulators.gitlab.world import World
from emulators.routing import Answer, Call

_COLUMNS = ("created_at", "id", "name", "path", "updated_at", "last_activity_at", "similarity", "star_count")


def listing(world: World, call: Call, projects: Iterable[Project], *, user: User) -> Answer:
    """The page of those that the user sees and the request asks for."""
    given = params(call)
    found = _ordered([one for one in projects if _wanted(world, one, user=user, given=given)], given)

    def render(one: Project) -> object:
        return simple_json(world, one) if given.flag("simple") else project_json(world, one, user=user)

    if given.text("pagination") != "keyset":
        return paginated(world, call, found, render=render)
    shown, answer = _keyset(world, call, found)
    return Answer(200, [render(one) for one in shown], answer.headers)


def _wanted(world: World, project: Project, *, user: User, given: Params) -> bool:
    level = level_of(world, project, user)
    search, owned = given.text("search").lower(), given.flag("owned")
    text = f"{project.path} {project.title}" if given.flag("search_namespaces") else f"{project.name} {project.title}"
    if level < max(GUEST, given.number("min_access_level"), OWNER if owned else 0) or search not in text.lower():
        return False
    if not _recent(project, given) or given.flag("starred") or not _numbered(project, given):
        return False
    exact = {"visibility": given.optional("visibility"), "archived": given.optional("archived")}
    shown = {"visibility": attribute(project, "visibility"), "archived": str(attribute(project, "archived"))}
    return all(value is None or value.lower() == str(shown[name]).lower() for name, value in exact.items())


def _recent(project: Project, given: Params) -> bool:
    """By when something last happened in it."""
    after, before = given.moment("last_activity_after"), given.moment("last_activity_before")
    at = project.last_activity_at or project.created_at
    return (after is None or at >= after) and (before is None or at <= before)


def _numbered(project: Project, given: Params) -> bool:
    before = given.number("id_before")
    return project.id > given.number("id_after") and (not before or project.id < before)


def _ordered(found: list[Project], given: Params) -> list[Project]:
    by = choice(given, "order_by", among=_COLUMNS, default="created_at")
    direction = choice(given, "sort", among=("asc", "desc"), default="desc")
    if by in {"name", "path"}:
        found = sorted(found, key=lambda one: ((one.title or one.name) if by == "name" else one.name).lower())
    elif by in {"updated_at", "last_activity_at"}:
        found = sorted(found, key=lambda one: one.last_activity_at or one.created_at)
    return found[::-1] if direction == "desc" else found


def _keyset(world: World, call: Call, found: list[Project]) -> tuple[list[Project], Answer]:
    """Only by id; the link names the last one shown, and a full page always has one."""
    given = params(call)
    if choice(given, "order_by", among=_COLUMNS, default="created_at") != "id":
        text = "Keyset pagination is not yet available for this type of request"
        raise ApiError(Answer(405, {"error": text}))
    shown = found[: size_of(given)]
    if len(shown) < size_of(given):
        return shown, Answer()
    name = "id_before" if given.text("sort", "desc") == "desc" else "id_after"
    return shown, next_page(world, call, **{name: str(shown[-1].id)})
