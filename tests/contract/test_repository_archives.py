"""What every `ports.Repository` promises of the archive of a folder."""

from itertools import islice

from tests.contract import repositories
from tests.contract.failing import reason_of
from tests.contract.repositories import Bench

bench = repositories.bench
NOWHERE = "0123456789" * 4


def test_an_archive_has_every_file_below_the_folder(bench: Bench) -> None:
    """As it was at that commit: empty ones, bytes of any kind, and names of any language and length."""
    files: dict[str, str | bytes | None] = {
        "config/a.json": '{"a": 1}',
        "config/empty.json": "",
        "config/ä ö/日本 'x'.json": b"\xff\x00\r\n",
        f"config/{'long ' * 30}/{'name' * 40}.json": "long",
        "config/big.json": b"0123456789" * 100_000,
        "configs/no.json": "no",
        "config.json": "no",
        "code/a.py": "no",
    }
    commit = bench.commit("main", files)
    bench.commit("main", {"config/a.json": "later"})
    wanted = {path: data for path, data in files.items() if path.startswith("config/")}
    found = dict(bench.repository.archive(commit, "config"))

    assert {path: text.encode() if isinstance(text, str) else text for path, text in wanted.items()} == found
    assert found.keys() == bench.repository.tree(commit, "config").keys()
    assert dict(bench.repository.archive(commit, "/config/ä ö/")) == {"config/ä ö/日本 'x'.json": b"\xff\x00\r\n"}


def test_an_archive_of_the_whole_repository_has_all(bench: Bench) -> None:
    """An empty folder is the root."""
    commit = bench.commit("main", {"README.md": "hello", "a": "1"})

    assert dict(bench.repository.archive(commit, "")) == {"README.md": b"hello", "a": b"1"}


def test_a_folder_that_is_not_there_has_nothing_in_its_archive(bench: Bench) -> None:
    """Nor has a file that is taken for a folder; a commit that is gone is an error, not an empty folder."""
    commit = bench.commit("main", {"config": "a file"})

    assert list(bench.repository.archive(commit, "none")) == []
    assert list(bench.repository.archive(commit, "config")) == []
    assert reason_of(lambda: list(bench.repository.archive(NOWHERE, "config"))) == "gitlab-not-found"


def test_an_archive_may_be_left_early(bench: Bench) -> None:
    """Whoever has seen enough stops."""
    commit = bench.commit("main", {"config/a.json": "1", "config/b.json": "2"})

    assert list(islice(bench.repository.archive(commit, "config"), 1)) == [("config/a.json", b"1")]
