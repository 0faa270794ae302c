"""One GitLab project during one run: how it is asked, page by page where there are many."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import IO, TypeVar
from urllib.parse import parse_qs, urlsplit

import requests
from gitlab.v4.objects import Project

from ...deadline import Deadline
from .. import addresses, attempts
from . import failures, shapes
from .connection import GitlabConnection, pour
from .failures import Excuse, Excused

Result = TypeVar("Result")
Query = Mapping[str, str | int | list[str]]

PER_PAGE = 100


class OpenProject:
    """`api` is python-gitlab's object of the project, made without asking GitLab."""

    def __init__(self, connection: GitlabConnection, project: int | str, *, deadline: Deadline) -> None:
        if isinstance(project, str):
            addresses.segment(project)
        self.connection = connection
        self._client = connection.client(deadline)
        self._deadline = deadline
        self.api: Project = self._client.projects.get(project, lazy=True)

    def read(
        self,
        asked: str,
        call: Callable[[], Result],
        *,
        excuses: tuple[Excuse, ...] = (),
        share: float = attempts.SHARE,
    ) -> Result:
        """What the call returns, after as many attempts as a read may have, within `share` of the time that is left.

        Raises `Excused` when GitLab answers with one of the excuses.
        """
        return attempts.read(
            lambda: failures.translated(call, asked=asked, excuses=excuses), deadline=self._deadline, share=share
        )

    def look(self, asked: str, call: Callable[[], Result], *, excuses: tuple[Excuse, ...]) -> Result | None:
        """As `read`; None when GitLab answers with one of the excuses."""
        try:
            return self.read(asked, call, excuses=excuses)
        except Excused:
            return None

    def write(self, asked: str, call: Callable[[], Result], *, excuses: tuple[Excuse, ...] = ()) -> Result:
        """What the call returns, sent once; after a Transient its effect is unknown.

        Raises `Excused` when GitLab answers with one of the excuses.
        """
        return failures.translated(call, asked=asked, excuses=excuses)

    def attempt(self, asked: str, call: Callable[[], Result], *, excuses: tuple[Excuse, ...]) -> Result | None:
        """As `write`; None when GitLab answers with one of the excuses."""
        try:
            return failures.translated(call, asked=asked, excuses=excuses)
        except Excused:
            return None

    def own_id(self) -> int:
        """The id of the token's user, asked once per connection."""
        if self.connection.own_id is None:
            self.connection.own_id = self.read("user", lambda: shapes.field(self._client.http_get("/user"), "id", int))
        return self.connection.own_id

    def get(self, path: str) -> object:
        """The answer to one GET, sent once; for use inside of `read`."""
        return self._client.http_get(path)

    def ask(self, path: str, query: Query) -> requests.Response:
        """The whole answer to one GET, sent once; for use inside of `read` and `look`."""
        return self._client.http_request("get", path, query_data=dict(query))

    def post(self, path: str, data: Mapping[str, object]) -> object:
        """The document that answers one POST; for use inside of `write`."""
        return self._client.http_post(path, post_data=dict(data))

    def put(self, path: str, data: Mapping[str, object]) -> Mapping[str, object]:
        """The document that answers one PUT; for use inside of `write`."""
        answer = self._client.http_put(path, post_data=dict(data))
        return answer if isinstance(answer, dict) else {}

    def download(self, path: str, query: Query, into: IO[bytes], *, most: int) -> None:
        """One GET whose answer goes into the file as it comes in; for use inside of `read` and `look`."""
        into.seek(0)
        into.truncate()
        response = self._client.http_request("get", path, query_data=dict(query), streamed=True)
        pour(response, into, deadline=self._deadline, most=most)

    def wait(self, seconds: float) -> None:
        """Lets time pass, as far as the deadline allows."""
        self.check()
        self._deadline.clock.sleep(min(seconds, self._deadline.left()))

    def share(self, seconds: float, *, most: float) -> float:
        """What part so many seconds are of the time that is left, at most that."""
        self.check()
        return min(most, seconds / self._deadline.left())

    def check(self) -> None:
        """Raises Transient `deadline` when no time is left."""
        self._deadline.check()

    def pages(self, path: str, query: Query, *, shape: Callable[[Mapping[str, object]], Result]) -> Iterator[Result]:
        """The rows of a list, each page asked for when the one before it is used up."""
        following: Query | None = {"per_page": PER_PAGE, **query}
        while following is not None:
            found, following = self.read(path.rsplit("/", 1)[-1], partial(self._page, path, following, shape))
            yield from found

    def _page(
        self, path: str, query: Query, shape: Callable[[Mapping[str, object]], Result]
    ) -> tuple[list[Result], Query | None]:
        response = self.ask(path, query)
        try:
            found = shapes.rows(response.json())
            following = _following(response.links.get("next", {}).get("url"), query)
        except (ValueError, RecursionError):
            raise shapes.odd("list") from None
        return [shape(row) for row in found], following


class Part:
    """What the parts of the repository have in common: the project that they ask."""

    def __init__(self, project: OpenProject) -> None:
        self._project = project


def _following(link: str | None, query: Query) -> Query | None:
    """Only the query of the link is used: its host and path are what GitLab believes them to be."""
    if link is None:
        return None
    following: Query = dict(parse_qs(urlsplit(link).query, keep_blank_values=True))
    if following == query:
        raise shapes.odd("link to the next page")
    return following
