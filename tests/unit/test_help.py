"""Whoever doesn't know what can be asked for asks for `help`."""

import pytest

from shared.domain import help_report
from shared.domain.errors import Refused
from shared.domain.messages.command import WORKFLOWS


def test_help_lists_every_workflow_in_a_line() -> None:
    """What may be left out stands in brackets."""
    told = help_report.told(WORKFLOWS, None)

    workflows = told.fields["workflows"]
    assert isinstance(workflows, dict)
    assert list(workflows) == sorted(WORKFLOWS)
    assert workflows["sweep"] == "[project]: Asks for the deploys that are due: of one project, or of all"
    assert workflows["rollback"].startswith("project branch [to] [pipelines] [now] confirm: Opens the merge request")
    assert (told.said, told.bad) == ("help: all workflows", False)


def test_help_tells_all_of_one_workflow() -> None:
    """With the keys of the message, not the names in the code."""
    told = help_report.told(WORKFLOWS, "promote")

    assert told.fields["parameters"] == {
        "project": "text, needed",
        "from": "text, needed",
        "to": "text, needed",
        "ticket": "text, needed",
        "pipelines": "list of texts, without it: none",
        "dry_run": "`true` or `false`, without it: `false`",
    }
    assert "roles or their branches" in str(told.fields["says"])
    assert help_report.told(WORKFLOWS, "rollback").fields["parameters"] == {
        "project": "text, needed",
        "branch": "text, needed",
        "to": "text, without it: `previous`",
        "pipelines": "list of texts, without it: none",
        "now": "`true` or `false`, without it: `false`",
        "confirm": "text, needed",
    }


def test_help_lists_the_words_that_a_parameter_may_be() -> None:
    """Nobody has to guess them."""
    parameters = help_report.told(WORKFLOWS, "list").fields["parameters"]

    assert isinstance(parameters, dict)
    assert parameters["what"].startswith("one of `projects`, `workspaces`, `pipelines`, ")
    assert parameters["what"].endswith("`drives`, needed")


def test_help_for_a_name_that_is_none_lists_the_names() -> None:
    """As any other message with a mistake."""
    with pytest.raises(Refused, match="`promot` is not known \\(known: after_deploy, backup, ") as refused:
        help_report.told(WORKFLOWS, "promot")
    assert refused.value.reason == "message-invalid"
