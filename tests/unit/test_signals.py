"""The signals match the lines that are written, and none that only looks alike."""

import base64
import json
from collections.abc import Mapping

import pytest

from shared import logs, runtime
from shared.domain import deploy_line, report, signals, snapshot_note, snapshot_report
from shared.domain.backup_report import BackupLine
from shared.domain.drill_report import Damage, DrillLine, DrillReport, Verdict
from shared.domain.errors import Permanent, Transient
from shared.domain.report import Report
from shared.domain.saved_report import SavedReport
from shared.domain.signals import ALERTS, CHARTS, AtLeast, OneOf, Signal
from shared.domain.snapshot_report import SnapshotReport
from shared.domain.sweep_report import Branch, SweepReport, Swept
from shared.domain.told import Told

from ..fakes import FakeClock

Captured = pytest.CaptureFixture[str]
LOST = BackupLine("gs://abc", "", ok=False, reason="drive-unavailable")
DAMAGED = DrillLine("p", "QA", "x", Verdict.DAMAGED, damages=(Damage("config/a.json", "missing"),))


@pytest.fixture(autouse=True)
def _log() -> None:
    logs.configure("INFO")


def written(captured: Captured) -> Mapping[str, object]:
    (line,) = captured.readouterr().out.splitlines()
    found = json.loads(line)
    assert isinstance(found, dict)
    return found


def seen(line: Mapping[str, object]) -> set[str]:
    """The names of the alerts' signals that match."""
    return {name for name, signal in ALERTS.items() if signal.matches(line)}


def message(result: Told | Exception, kind: str, captured: Captured) -> Mapping[str, object]:
    """The line that a delivery ends in."""

    def handle(_: object) -> Told:
        if isinstance(result, Exception):
            raise result
        return result

    body = json.dumps({"message": {"data": base64.b64encode(b"{}").decode(), "messageId": "17"}}).encode()
    runtime.answer_message(body, handle, kind=kind, clock=FakeClock())
    return written(captured)


def commanded(workflow: str, told: Told, captured: Captured) -> Mapping[str, object]:
    """The line of a command, which names its workflow."""
    return message(Told(told.said, {"workflow": workflow, **told.fields}, told.bad), "command", captured)


@pytest.mark.parametrize("outcome", list(report.Outcome))
def test_a_deploy_that_left_a_merge_undone_is_a_signal(outcome: report.Outcome, capsys: Captured) -> None:
    """A conflict is not: people have been asked, and have a day."""
    failed = {"deploy_failed"} if outcome.value in ("failed", "half-deployed", "refused") else set()

    assert seen(message(deploy_line.of(Report(outcome, "p/q", "develop")), "deploy", capsys)) == failed


@pytest.mark.parametrize("outcome", list(snapshot_report.Outcome))
def test_a_snapshot_that_saw_everything_is_a_signal(outcome: snapshot_report.Outcome, capsys: Captured) -> None:
    """Also one that found conflicts. One that was not complete was tried, one that only looked not even that."""
    good = outcome.value in ("clean", "captured", "proposed", "conflict", "withheld")
    tried = outcome.value not in ("ignored", "planned")

    line = message(snapshot_note.line(SnapshotReport(outcome, "p/q", "QA")), "snapshot", capsys)

    assert ("snapshot_succeeded" in seen(line), "snapshot_tried" in seen(line)) == (good, tried)


def test_a_drive_that_took_no_backup_is_a_signal_wherever_it_was_noticed(capsys: Captured) -> None:
    """In a snapshot, a deploy, or a backup by hand; also where that did not even begin."""
    snapshot = SnapshotReport(snapshot_report.Outcome.CLEAN, "p/q", "QA", backups=(LOST,))
    deploy = Report(report.Outcome.DEPLOYED, "p/q", "develop", backups=(LOST,))

    saved = message(snapshot_note.line(snapshot), "snapshot", capsys)
    assert seen(saved) == {"snapshot_tried", "snapshot_succeeded", "backup_failed"}
    assert seen(message(deploy_line.of(deploy), "deploy", capsys)) == {"backup_failed"}
    for by_hand in (SavedReport("p/q", "QA", lines=(LOST,)), SavedReport("p/q", "QA", reason="aic-unavailable")):
        assert seen(commanded("backup", by_hand.told(), capsys)) == {"backup_failed"}
    assert seen(commanded("backup", SavedReport("p/q", "QA").told(), capsys)) == set()


@pytest.mark.parametrize(
    ("found", "names"),
    [
        (DrillReport((DAMAGED,)), {"drill_failed"}),
        (DrillReport(failed=(("p:DEV", "deadline"),)), {"drill_failed"}),
        (DrillReport(), set()),
    ],
)
def test_a_drill_that_proved_a_backup_to_be_bad_is_a_signal(
    found: DrillReport, names: set[str], capsys: Captured
) -> None:
    """So is one that could not be held."""
    assert seen(commanded("drill", found.told(), capsys)) == names


@pytest.mark.parametrize(
    ("swept", "names"),
    [
        (Swept("p/q"), set()),
        (Swept("p/q", disabled=(3,)), {"hook_disabled"}),
        (Swept("p/q", (Branch("develop", in_conflict=23.9 * 3600),)), set()),
        (Swept("p/q", (Branch("develop", in_conflict=24 * 3600), Branch("qa"))), {"conflict_old"}),
    ],
)
def test_a_sweep_tells_of_hooks_and_conflicts(swept: Swept, names: set[str], capsys: Captured) -> None:
    """Every ten minutes, as long as it is so."""
    assert seen(commanded("sweep", SweepReport((swept,)).told(), capsys)) == names


def test_a_token_that_ends_soon_is_a_signal(capsys: Captured) -> None:
    """By a field of its own, whichever workflow has looked."""
    told = Told("tokens looked at", {"outcome": "looked", "signal": signals.EXPIRING})

    assert seen(commanded("check_tokens", told, capsys)) == {"token_expiring"}
    assert seen(commanded("check_tokens", Told("tokens looked at", {"outcome": "looked"}), capsys)) == set()


@pytest.mark.parametrize(
    "error", [Transient("aic-unavailable"), Permanent("gitlab-unauthorized"), RuntimeError("a bug")]
)
def test_a_message_that_will_be_delivered_again_is_no_signal_yet(error: Exception, capsys: Captured) -> None:
    """If that does not help, it becomes a dead letter, which has an alert of its own."""
    assert seen(message(error, "deploy", capsys)) == set()


def test_the_dashboard_counts_what_ends(capsys: Captured) -> None:
    """By outcome, and how long it took."""
    line = message(deploy_line.of(Report(report.Outcome.CONFLICT, "p/q", "develop")), "deploy", capsys)
    spread = message(Told("snapshot: 3 asked for", {"outcome": "spread"}), "snapshot", capsys)

    assert {name for name, signal in CHARTS.items() if signal.matches(line)} == {"deploys", "seconds"}
    assert {name for name, signal in CHARTS.items() if signal.matches(spread)} == {"seconds"}


def test_every_label_and_value_is_a_field_of_the_lines(capsys: Captured) -> None:
    """A label that no line has would put all of them under one empty name."""
    backups = (LOST,)
    lines = [
        message(deploy_line.of(Report(report.Outcome.FAILED, "p/q", "develop", backups=backups)), "deploy", capsys),
        message(
            snapshot_note.line(SnapshotReport(snapshot_report.Outcome.CLEAN, "p/q", "QA", backups=backups)),
            "snapshot",
            capsys,
        ),
        commanded("backup", SavedReport("p/q", "QA", reason="aic-unavailable").told(), capsys),
    ]

    for signal in (*ALERTS.values(), *CHARTS.values()):
        for line in lines:
            if signal.matches(line):
                assert {*signal.labels, *filter(None, [signal.value])} <= set(line)


def test_a_filter_says_what_a_signal_matches() -> None:
    """In the query language of Cloud Logging: numbers bare, texts in quotes, several values in brackets."""
    failed = OneOf("outcome", ("failed", "refused"))

    assert failed.filter() == 'jsonPayload.outcome=("failed" OR "refused")'
    assert OneOf("status", (401,)).filter() == "jsonPayload.status=401"
    assert Signal(((failed, AtLeast("age", 24)), (OneOf("x", ("y",)),))).filter() == (
        '(jsonPayload.outcome=("failed" OR "refused") AND jsonPayload.age>=24) OR (jsonPayload.x="y")'
    )
    assert Signal(((AtLeast("age", 24),),)).filter() == "jsonPayload.age>=24"


@pytest.mark.parametrize("value", [None, "25", 23, 23.9])
def test_what_is_no_such_number_does_not_reach(value: object) -> None:
    """Lines that have the field for another reason are not counted by mistake."""
    assert not AtLeast("age", 24).matches({"age": value})
    assert not AtLeast("age", 24).matches({})


def test_no_signal_is_both_an_alert_and_a_chart() -> None:
    """Their names are those of metrics, which are one list."""
    assert set(signals.ALERTS) & set(signals.CHARTS) == set()
