"""The page of workflows says what the code does."""

import json
import shlex

import pytest

from shared.domain.messages import command
from tests import workflow_page


def test_the_page_is_made_of_the_workflows() -> None:
    """`python -m tests.workflow_page` writes it anew."""
    assert workflow_page.PAGE.read_text(encoding="utf-8") == workflow_page.render()


@pytest.mark.parametrize("name", command.WORKFLOWS)
def test_the_line_of_each_workflow_is_a_message_that_is_taken(name: str) -> None:
    """Each has one."""
    *_, message = shlex.split(workflow_page.line(name))

    assert (
        command.read(message.encode()).parameters.encode()
        == json.dumps(workflow_page.EXAMPLES[name], separators=(",", ":")).encode()
    )


def test_no_line_is_left_of_a_workflow_that_is_gone() -> None:
    """And none is missing."""
    assert sorted(workflow_page.EXAMPLES) == sorted(command.WORKFLOWS)
