"""Content that is too much is refused, within bounded time and memory."""

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from types import SimpleNamespace

import pytest

from shared.adapters.gitlab.files import MOST_ENTRIES, Files
from shared.domain import content
from shared.domain.aic import Job
from shared.domain.errors import Refused
from shared.domain.layout import config_path
from shared.domain.report import Outcome
from shared.domain.snapshot_report import Outcome as Ended
from shared.flows.listing import MOST_PIPELINES

from ..fake_workspace import stored
from ..stage import Stage, stage


def crowded() -> Stage:
    """A workspace that lists far more pipelines than anybody has."""
    world = stage(a="one")
    jobs = tuple(Job(f"{number:08x}", f"p{number}") for number in range(MOST_PIPELINES + 1))
    world.aic.jobs = lambda: jobs  # type: ignore[method-assign]
    return world


def test_sec_16_far_too_many_pipelines_are_not_looked_at() -> None:
    """Neither by a deploy nor by a snapshot; it is said."""
    world = crowded()
    world.merge(a="two")
    deployed, taken = world.deploy(), world.snapshot()

    assert (deployed.outcome, deployed.reason) == (Outcome.REFUSED, "workspace-too-big")
    assert (taken.outcome, taken.reason) == (Ended.REFUSED, "workspace-too-big")
    assert "read" not in world.aic.calls


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"x" * (content.MAX_BYTES + 1), "config-too-big"),
        (b'{"stages": ' + b"[" * 5000 + b"]" * 5000 + b"}", "config-invalid"),
    ],
    ids=["bytes", "depth"],
)
def test_sec_16_a_config_that_is_too_much_is_refused(text: bytes, reason: str) -> None:
    """Before it is parsed; with it the whole merge."""
    with pytest.raises(Refused, match=reason):
        content.of_file(text)
    world = stage(a="one", b="one")
    world.gitlab.push("develop", {config_path("a"): text, config_path("b"): stored("two")})
    report = world.deploy()

    assert (report.outcome, report.reason, world.writes()) == (Outcome.REFUSED, "config-refused", [])


def test_sec_16_a_pipeline_in_aic_that_is_too_much_is_left_and_the_others_go_on() -> None:
    """It stays as it is in Git, and is told."""
    world = stage(a="one", b="one")
    world.aic.put("a", "x" * (content.MAX_BYTES + 1))
    world.aic.put("b", "edited")
    report = world.snapshot()

    assert report.outcome is Ended.WITHHELD
    assert {row.title: row.action.value for row in report.rows} == {"a": "withhold", "b": "capture"}


def test_sec_16_a_tree_without_end_is_not_read_to_its_end() -> None:
    """GitLab would go on page by page."""
    entry = {"path": "config/a.json", "type": "blob", "mode": "100644", "id": "1" * 40}
    given = count()

    def pages(path: str, query: object, *, shape: Callable[[Mapping[str, object]], object]) -> Iterator[object]:
        return (shape(entry) for _ in given)

    project = SimpleNamespace(api=SimpleNamespace(encoded_id="1"), pages=pages)
    with pytest.raises(Refused, match="tree-too-big"):
        Files(project).tree("1" * 40, "config")  # type: ignore[arg-type]

    assert next(given) <= MOST_ENTRIES + 2
