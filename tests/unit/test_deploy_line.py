"""The line in the log that a deploy ends in."""

import pytest

from shared.domain import deploy_line
from shared.domain.plan import Action
from shared.domain.report import Outcome, Report, Row, Taken, Undone

FIELDS = [
    "outcome",
    "reason",
    "detail",
    "project",
    "branch",
    "workspace",
    "by",
    "base",
    "head",
    "source",
    "looked_at",
    "written",
    "blocked_by",
    "taken_back",
    "backups",
    "backups_failed",
    "drives_failed",
    "backups_removed",
    "backups_kept",
    "untold",
]


def test_the_line_has_what_people_search_for() -> None:
    """Under names that stay."""
    rows = (
        Row("a", Action.CONFLICT, "conflict"),
        Row("b", Action.REFUSE, "refused"),
        Row("c", Action.UPDATE, "updated", seconds=0.5),
    )
    report = Report(
        Outcome.CONFLICT,
        "p/q",
        "develop",
        "QA",
        "f" * 40,
        rows=rows,
        undone=(Undone("d", Taken.PUT_BACK),),
        reason="conflict",
    )

    told = deploy_line.of(report)

    assert (told.said, told.bad) == ("deploy: conflict", True)
    assert list(told.fields) == FIELDS
    assert (told.fields["project"], told.fields["workspace"], told.fields["reason"]) == ("p/q", "QA", "conflict")
    assert (told.fields["looked_at"], told.fields["written"], told.fields["taken_back"]) == (3, 1, 1)
    assert told.fields["blocked_by"] == ["a", "b"]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_failure_is_bad_and_nothing_else(outcome: Outcome) -> None:
    """Alerts hang on it."""
    bad = outcome.value in ("conflict", "refused", "failed", "half-deployed")

    assert deploy_line.of(Report(outcome, "p/q", "develop")).bad is bad


def test_an_ignored_message_says_why() -> None:
    """`ignored: why`, not an error."""
    told = deploy_line.of(Report(Outcome.IGNORED, "p/q", "elsewhere", reason="branch-not-mapped"))

    assert (told.said, told.bad) == ("ignored: branch-not-mapped", False)


def test_a_channel_that_could_not_be_used_is_an_error_in_the_log() -> None:
    """The outcome stays what it is."""
    told = deploy_line.of(Report(Outcome.DEPLOYED, "p/q", "develop", untold=("gitlab-forbidden",)))

    assert (told.said, told.bad, told.fields["untold"]) == ("deploy: deployed", True, ["gitlab-forbidden"])
