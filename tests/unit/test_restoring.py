"""A restore finds what was live, and asks for the deploy that puts it live again."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.drives import DriveSettings
from shared.domain.errors import Permanent, Refused, Transient
from shared.domain.gitlab import OnCommit
from shared.domain.messages.command import Restore
from shared.domain.return_report import Returned
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.restoring import restore

from ..fakes import FakePublisher
from ..saved import FOLDER, Attic, pipeline
from ..stage import QA, Stage, stage

PROJECT = "pin/fusion"
RUN = Run("0123abcd", datetime(2026, 11, 20, 9, tzinfo=UTC))


def asked(world: Stage, origin: str, *, final: bool = False, **said: Any) -> Returned:
    """The report of a restore of QA that Ann asks for."""
    request = Restore(**{"project": PROJECT, "workspace": QA, "origin": origin, "confirm": QA, **said})
    asker = Asker(frozenset({QA, "Other"}), RUN, "r-1", "ann", final)
    return restore(request, asker, [DriveSettings(drive="backups")], world.outside())


def messages(world: Stage) -> list[dict[str, Any]]:
    return [said for _, said, *_ in world.publisher.published]


def history() -> tuple[Stage, list[str]]:
    """A workspace that ran three versions, a day each; their commits."""
    world = stage(a="one")
    heads = [world.head]
    for code in ("two", "three"):
        world.clock.advance(86400)
        heads.append(world.put(a=code))
        world.deploy()
    return world, heads


def note(world: Stage) -> str:
    """What stands on the newest commit beside the notes of deploys."""
    (found,) = [each for each in world.gitlab.written[OnCommit(world.head)] if each.body.startswith("<!-- aic-restore")]
    return found.body


def failing(name: str, error: Exception) -> Callable[[str], None]:
    def hook(call: str) -> None:
        if call == name:
            raise error

    return hook


@pytest.mark.parametrize(("origin", "index"), [("previous", 1), ("1", 0), ("2027-01-15T12:00", 0)])
def test_a_restore_asks_for_a_deploy_of_what_was_live_then(origin: str, index: int) -> None:
    """The one before, a deployment by its number, or the one of that time."""
    world, heads = history()

    report = asked(world, origin)

    ((topic, said, key, attributes, _),) = world.publisher.published
    assert (topic, key) == ("aic-deploy", f"{PROJECT}:develop")
    assert said == {
        "project": PROJECT,
        "branch": "develop",
        "confirm": QA,
        "source": f"commit:{heads[index]}",
        "by": "ann",
    }
    assert (attributes["origin"], attributes["request_id"]) == ("command", "r-1")
    told = report.told()
    assert (told.said, told.bad, told.fields["source"]) == ("restore: asked", False, f"commit:{heads[index]}")
    assert world.aic.code() == {"a": "three"}


def test_a_commit_can_be_named_by_its_beginning_and_pipelines_one_by_one() -> None:
    """A dry run stays one."""
    world, heads = history()

    report = asked(world, heads[0][:8], pipelines=("a",), dry_run=True)

    assert messages(world)[0] | {"by": ""} == {
        "project": PROJECT,
        "branch": "develop",
        "pipelines": ["a"],
        "dry_run": True,
        "confirm": QA,
        "source": f"commit:{heads[0]}",
        "by": "",
    }
    assert (report.titles, report.messages) == (("a",), ("1",))


@pytest.mark.parametrize("which", ["latest", FOLDER, "2026-11-29", "backups:latest"])
def test_a_backup_is_named_by_its_drive_and_folder(which: str) -> None:
    """Whatever it was called in the question."""
    world, _ = history()
    Attic(stage=world).store(pipeline("a", "one"))

    report = asked(world, f"backup:{which}")

    assert report.source == messages(world)[0]["source"] == f"backup:backups:{FOLDER}"


def test_asking_twice_asks_for_two_deploys_of_the_same() -> None:
    """The second one finds nothing to write."""
    world, _ = history()

    asked(world, "previous")
    asked(world, "previous")

    first, second = messages(world)
    assert first == second


@pytest.mark.parametrize(
    ("origin", "more", "reason", "text"),
    [
        ("previous", {"confirm": "QA"}, "confirm-mismatch", "`confirm` must be the name of the workspace"),
        ("0000000", {}, "version-unknown", "the branch has no commit `0000000`"),
        ("99", {}, "version-unknown", "no successful deployment 99"),
        ("2020-01-01", {}, "version-unknown", "nothing had been deployed to"),
        ("backup:latest", {}, "backup-missing", "no drive has a complete backup that fits"),
        ("backup:other:latest", {}, "backup-missing", "the settings have no drive `other`"),
    ],
)
def test_a_question_that_cannot_be_granted_is_answered_on_the_newest_commit(
    origin: str, more: dict[str, Any], reason: str, text: str
) -> None:
    """And in the log; nothing is asked for."""
    world, _ = history()

    report = asked(world, origin, **more)

    assert (report.reason, messages(world)) == (reason, [])
    assert report.told().bad
    assert "❌ No restore" in note(world)
    assert "Asked for by `ann`." in note(world)
    assert text in note(world)


def test_the_same_refusal_is_told_once_and_another_one_replaces_it() -> None:
    """People find the answer to their last question."""
    world, _ = history()

    asked(world, "99")
    written = world.gitlab.calls.count("write_note")
    asked(world, "99")
    again = world.gitlab.calls.count("write_note")
    asked(world, "98")

    assert (written, "deployment 98" in note(world)) == (again, True)


def test_without_an_earlier_success_there_is_nothing_previous() -> None:
    """The first deploy was the first."""
    world = stage(a="one")

    assert asked(world, "previous").reason == "version-unknown"


@pytest.mark.parametrize(
    ("workspace", "reason"), [("Secret", "workspace-not-allowed"), ("Other", "workspace-not-mapped")]
)
def test_a_workspace_without_a_branch_of_ours_is_refused_in_the_log(workspace: str, reason: str) -> None:
    """There is no place for a note."""
    world, _ = history()

    with pytest.raises(Refused) as caught:
        asked(world, "previous", workspace=workspace, confirm=workspace)

    assert (caught.value.reason, messages(world)) == (reason, [])


def test_a_mapped_branch_that_is_gone_is_refused() -> None:
    """The log tells, as there is no commit."""
    world, _ = history()
    del world.gitlab.branches["develop"]

    report = asked(world, "previous")

    assert (report.reason, report.head) == ("branch-missing", "")


def test_a_closed_pub_sub_is_tried_again_and_told_at_the_end() -> None:
    """The last delivery says that nothing came of it."""
    world, _ = history()
    world.publisher = FakePublisher(closed=True)

    with pytest.raises(Transient):
        asked(world, "previous")
    report = asked(world, "previous", final=True)

    assert report.told().said == "restore: failed"
    assert "❌ The restore failed" in note(world)


def test_a_topic_that_refuses_is_told_at_once() -> None:
    """Another delivery would be refused, too."""
    world, _ = history()
    world.publisher = FakePublisher(topics=())

    assert asked(world, "previous").reason == "pubsub-refused"
    assert "pubsub-refused" in note(world)


def test_an_answer_that_gitlab_does_not_take_changes_nothing() -> None:
    """The log has it all."""
    world, _ = history()
    world.gitlab.before = failing("write_note", Permanent("gitlab-forbidden"))

    report = asked(world, "99")

    assert (report.reason, report.untold) == ("version-unknown", ("gitlab-forbidden",))
