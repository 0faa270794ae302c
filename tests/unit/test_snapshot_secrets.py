"""Secrets that people typed into pipelines never reach Git, nor any note."""

from shared.domain.gitlab import OnCommit
from shared.domain.snapshot_report import Outcome

from ..stage import stage
from .test_snapshot import codes, git

TOKEN = "glpat-" + "x7Kq2mZp9RtVw4Yb8NcD"


def test_sec_34_a_secret_keeps_its_pipeline_out_of_git_and_the_others_go_on() -> None:
    """Neither the commit nor the note shows it."""
    secret = "glpat-" + "x7Kq2mZp9RtVw4Yb8NcD"
    world = stage(a="one", b="two")
    world.aic.put("a", f"select '{secret}'")
    world.aic.put("b", "edited")
    report = world.snapshot()

    assert report.outcome is Outcome.WITHHELD
    assert codes(world) == {"a": "one", "b": "edited"}
    assert not any(secret in text for text in git(world).values())
    assert secret not in repr(report)
    assert secret not in world.gitlab.body(OnCommit(world.head))


def test_a_broken_allow_list_lets_nothing_pass_and_says_so() -> None:
    """The careful side."""
    world = stage(a="one")
    world.gitlab.push("main", {"allowed_secrets.yaml": "- pipeline"})
    world.aic.put("a", "select 'glpat-" + "x7Kq2mZp9RtVw4Yb8NcD'")
    report = world.snapshot()

    assert report.outcome is Outcome.WITHHELD
    assert "allowed_secrets.yaml" in report.rows[0].why


def test_several_secrets_are_counted() -> None:
    """The note stays short."""
    world = stage(a="one")
    token = "glpat-" + "x7Kq2mZp9RtVw4Yb8Nc"
    world.aic.put("a", " ".join(f"select '{token}{letter}';\n" for letter in "ABCDEFGHIJKLMNOP"))

    assert "; and " in world.snapshot().rows[0].why


def test_what_the_project_allows_passes() -> None:
    """By title and fingerprint, which the report shows."""
    world = stage(a="one")
    world.aic.put("a", f"select '{TOKEN}'")
    why = world.snapshot().rows[0].why
    fingerprint = why.split("(`")[1].split("`")[0]
    entry = f"- pipeline: a\n  fingerprint: {fingerprint}\n  why: an example of the manual\n"
    world.gitlab.push("main", {"allowed_secrets.yaml": entry})

    assert world.snapshot(message="2").outcome is Outcome.CAPTURED
    assert TOKEN in codes(world)["a"]


def test_sec_34_a_secret_in_a_conflict_is_not_parked_either() -> None:
    """The pipeline is withheld, and said to be."""
    world = stage(a="one")
    world.put(a="merged")
    world.aic.put("a", f"select '{TOKEN}'")
    report = world.snapshot()

    assert report.outcome is Outcome.WITHHELD
    assert world.gitlab.requests == []
    assert not any(TOKEN in data.decode() for each in world.gitlab.commits.values() for data in each.files.values())
