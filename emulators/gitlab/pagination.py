"""Pages as GitLab serves them: numbered ones with or without totals, and keyset ones that only name the next."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import TypeVar
from urllib.parse import urlencode

from emulators.gitlab.errors import invalid
from emulators.gitlab.parameters import Params, params
from emulators.gitlab.world import World
from emulators.routing import Answer, Call

Item = TypeVar("Item")

PER_PAGE = 20
MOST_PER_PAGE = 100
COUNTED = 10_000  # longer lists come without totals
_LAST_PAGE = 10**12


def paginated(
    world: World,
    call: Call,
    items: Iterable[Item],
    *,
    totals: bool = True,
    render: Callable[[Item], object] = lambda x: x,
) -> Answer:
    """The page that the request asks for, each of its items rendered.

    Without totals GitLab does not look past the page: a full page has a next one, be it empty.
    """
    page, size = _window(params(call))
    start = (page - 1) * size
    if not totals:
        shown = list(islice(items, start, start + size))
        return _page(world, call, [render(item) for item in shown], page=page, more=len(shown) == size)
    every = items if isinstance(items, Sequence) else list(items)
    body = [render(item) for item in every[start : start + size]]
    return _page(world, call, body, page=page, more=start + size < len(every), total=len(every))


def keyset(
    world: World, call: Call, items: Sequence[Item], *, token: Callable[[Item], str]
) -> tuple[list[Item], Answer]:
    """The items after `page_token`, and an answer with just the Link to what follows; a full page always has one."""
    given = params(call)
    size, after = _window(given)[1], given.text("page_token")
    start = next((at + 1 for at, item in enumerate(items) if token(item) == after), 0) if after else 0
    shown = list(items[start : start + size])
    if len(shown) < size:
        return shown, Answer()
    return shown, next_page(world, call, page_token=token(shown[-1]))


def next_page(world: World, call: Call, **values: str) -> Answer:
    """An answer with nothing but the link to the same request with other values."""
    size = str(size_of(params(call)))
    return Answer(headers={"Link": _link(world, call, relation="next", values={**values, "per_page": size})})


def size_of(given: Params) -> int:
    """How many items a page has."""
    return _window(given)[1]


def _window(given: Params) -> tuple[int, int]:
    """The page and its size; GitLab clamps silently, but refuses a size of nothing."""
    size = given.number("per_page", PER_PAGE)
    if size == 0:
        raise invalid("per_page has a value not allowed")
    if size < 0:
        raise invalid("per_page does not have a valid value")
    return min(max(1, given.number("page", 1)), _LAST_PAGE), min(size, MOST_PER_PAGE)


def _page(world: World, call: Call, body: list[object], *, page: int, more: bool, total: int | None = None) -> Answer:
    size = _window(params(call))[1]
    counted = total is not None and total <= COUNTED
    last = max(1, -(-(total or 0) // size))
    pages = {"prev": page - 1 if page > 1 else None, "next": page + 1 if more else None, "first": 1}
    headers = {
        "X-Page": str(page),
        "X-Per-Page": str(size),
        "X-Next-Page": str(pages["next"] or ""),
        "X-Prev-Page": str(pages["prev"] or ""),
    }
    if counted:
        headers |= {"X-Total": str(total), "X-Total-Pages": str(last)}
        pages["last"] = last
    headers["Link"] = ", ".join(
        _link(world, call, relation=relation, values={"page": str(number), "per_page": str(size)})
        for relation, number in pages.items()
        if number
    )
    return Answer(200, body, headers)


def _link(world: World, call: Call, *, relation: str, values: dict[str, str]) -> str:
    """By the configured address, whatever host the request named."""
    query = urlencode({**call.query, **{name: [value] for name, value in values.items()}}, doseq=True)
    return f'<{world.base_url}{call.raw_path}?{query}>; rel="{relation}"'
