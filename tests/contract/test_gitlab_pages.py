"""Pages of the GitLab stand-in: what the headers promise, and that the client reads everything by them."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.contract.gitlab_stand_in import API, StandIn, served

FILES = {f"dir/f{number:03}": str(number) for number in range(205)}
TREE = f"{API}/repository/tree?path=dir"


@pytest.fixture
def gitlab(tmp_path: Path) -> Iterator[StandIn]:
    with served(tmp_path / "git") as stand_in:
        yield stand_in


def many_branches(gitlab: StandIn, count: int) -> None:
    gitlab.seed(**{f"b{number:02}": {} for number in range(count - 1)}, main={})


def links(answer: httpx.Response) -> dict[str, str]:
    return {str(name): str(link["url"]) for name, link in answer.links.items()}


def test_a_numbered_page_says_where_it_is(gitlab: StandIn) -> None:
    many_branches(gitlab, 45)

    first, middle, last = (gitlab.get("/repository/branches", page=page) for page in (1, 2, 3))

    assert [len(answer.json()) for answer in (first, middle, last)] == [20, 20, 5]
    keys = ("X-Page", "X-Per-Page", "X-Prev-Page", "X-Next-Page", "X-Total", "X-Total-Pages")
    assert [middle.headers[key] for key in keys] == ["2", "20", "1", "3", "45", "3"]
    assert (last.headers["X-Next-Page"], first.headers["X-Prev-Page"]) == ("", "")
    assert set(links(first)) == {"first", "last", "next"}
    assert set(links(last)) == {"first", "last", "prev"}


def test_links_keep_the_question_and_the_configured_address(gitlab: StandIn) -> None:
    """Whatever host the request named."""
    many_branches(gitlab, 5)

    answer = gitlab.http.get(f"{API}/repository/branches?search=b+&per_page=2", headers={"Host": "elsewhere"})
    found = gitlab.http.get(f"{API}/repository/branches?search=b&per_page=2", headers={"Host": "elsewhere"})

    assert answer.json() == []
    assert links(found)["next"] == f"{gitlab.url}{API}/repository/branches?search=b&per_page=2&page=2"


@pytest.mark.parametrize("asked", ["100", "101", "1000"])
def test_a_page_never_has_more_than_a_hundred(gitlab: StandIn, asked: str) -> None:
    gitlab.seed(main=FILES)

    answer = gitlab.http.get(f"{TREE}&per_page={asked}")

    assert (len(answer.json()), answer.headers["X-Per-Page"]) == (100, "100")


def test_a_page_of_nothing_is_refused(gitlab: StandIn) -> None:
    gitlab.seed(main={})

    answer = gitlab.get("/repository/branches", per_page=0)

    assert (answer.status_code, answer.json()) == (400, {"error": "per_page has a value not allowed"})


def test_commits_have_no_totals_and_a_full_page_always_a_next_one(gitlab: StandIn) -> None:
    """Even where the next page is empty."""
    gitlab.seed(main={})

    full, beyond = (gitlab.get("/repository/commits", per_page=2, page=page) for page in (1, 2))

    assert (len(full.json()), full.headers["X-Next-Page"], "next" in links(full)) == (2, "2", True)
    assert "X-Total" not in full.headers
    assert "last" not in links(full)
    assert (beyond.json(), beyond.headers["X-Next-Page"]) == ([], "")


@pytest.mark.parametrize("pagination", ["legacy", "keyset"])
@pytest.mark.parametrize("per_page", [41, 100])
def test_the_client_reads_a_whole_tree_by_its_links(gitlab: StandIn, pagination: str, per_page: int) -> None:
    """205 is 5 times 41, so that the last page is full and an empty one follows."""
    project = gitlab.seed(main=FILES)

    tree = project.repository_tree(
        recursive=True, iterator=True, query_parameters={"path": "dir", "pagination": pagination, "per_page": per_page}
    )

    assert [entry["path"] for entry in tree] == sorted(FILES)


def test_keyset_pages_have_nothing_but_the_next_link(gitlab: StandIn) -> None:
    gitlab.seed(main=FILES)

    first = gitlab.http.get(f"{TREE}&pagination=keyset&per_page=100")
    last = gitlab.http.get(f"{TREE}&pagination=keyset&per_page=100&page_token=dir/f199")

    assert set(links(first)) == {"next"}
    assert "X-Page" not in first.headers
    assert (len(last.json()), links(last)) == (5, {})


def test_a_tree_can_come_whole_but_only_with_all_below(gitlab: StandIn) -> None:
    gitlab.seed(main=FILES)

    whole = gitlab.http.get(f"{API}/repository/tree?pagination=none&recursive=true")
    shallow = gitlab.http.get(f"{API}/repository/tree?pagination=none")

    assert len(whole.json()) == len(FILES) + 2
    assert shallow.status_code == 400


def test_a_tree_lists_directories_before_files(gitlab: StandIn) -> None:
    gitlab.seed(main={"a": "1", "b/c": "2", "b.txt": "3", "z/y/x": "4"})

    entries = gitlab.get("/repository/tree", recursive="True").json()

    shown = [(entry["type"], entry["path"], entry["mode"]) for entry in entries]
    directories = [("tree", path, "040000") for path in ("b", "z", "z/y")]
    assert shown == directories + [("blob", path, "100644") for path in ("README.md", "a", "b.txt", "b/c", "z/y/x")]


def test_the_list_of_branches_may_be_old_while_one_branch_never_is(gitlab: StandIn) -> None:
    project = gitlab.seed(main={})
    gitlab.settings(branch_list_seconds=60)
    before = [branch.name for branch in project.branches.list(get_all=True)]

    project.branches.create({"branch": "new", "ref": "main"})

    assert before == [branch.name for branch in project.branches.list(get_all=True)] == ["main"]
    assert project.branches.get("new").name == "new"
    assert gitlab.http.head(f"{API}/repository/branches/new").status_code == 204
    gitlab.settings(branch_list_seconds=0)
    assert len(project.branches.list(get_all=True)) == 2
