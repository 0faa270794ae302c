"""What people read of a test gate: one note for each place, kept up to date, and the line of the commit status."""

import re

from . import gate
from .bounded import section
from .gate import Gate, State
from .gate_report import Gated
from .markdown import code, sentence

_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:/_~%+-]+")
_MOST_NAMED = 20
_HEADLINES = {
    State.RUNNING: "⏳ {} is being tested",
    State.PASSED: "✅ {} passed its tests",
    State.FAILED: "❌ {} failed its tests",
    State.UNSAID: "⚪ The tests of {} ended without a result",
    State.NOT_STARTED: "⚠️ {} was not tested: GitLab started no pipeline",
}
_AGAIN = "To have it deployed and tested again, publish a message of a deploy."
_ADVICE = {
    State.RUNNING: "This note is brought up to date at the end.",
    State.PASSED: "",
    State.UNSAID: "That counts neither as passed nor as failed: nothing is taken back. Start the pipeline's jobs once "
    "more in GitLab to have a result.",
    State.NOT_STARTED: "What was deployed stays live, and is not proven by tests. Mostly the branch's `.gitlab-ci.yml` "
    "has no job for it, or *Settings → CI/CD → Variables* lets nobody set pipeline variables, as new projects do. Mend "
    "that, then ask for the workflow `after_deploy`.",
}


def render(told: Gated, state: State, *, first_line: str) -> str:
    """Markdown for GitLab; its second line is the state that a later run goes by."""
    parts = [
        f"{first_line}\n{gate.hide(Gate(told.deployment, told.pipeline, state))}",
        f"### {_HEADLINES[state].format(code(told.workspace))}",
        _facts(told),
        _failure(told) if state is State.FAILED else _ADVICE[state],
        f"**Reason** {code(told.reason)}{_detail(told)}" if told.reason else "",
        _names("Failed jobs", told.jobs),
        _names(f"Taken back by !{told.iid}" if told.iid else "Taken back", told.returned),
        section("Left as they are", told.left_out),
    ]
    return "\n\n".join(part for part in parts if part)


def summary(told: Gated) -> str:
    """One line of plain text, for the commit status of a deploy whose tests failed."""
    back = f"; !{told.iid} takes it back" if told.iid else ""
    return f"deployed to {told.workspace}, but its tests failed{back}"


def why(told: Gated) -> str:
    """Why pipelines go back, for the merge request that takes them back."""
    return f"The tests failed that followed the deploy of commit `{told.commit[:8]}`."


def _facts(told: Gated) -> str:
    shown = ", ".join(map(code, told.titles[:_MOST_NAMED]))
    more = f" and {len(told.titles) - _MOST_NAMED} more" if len(told.titles) > _MOST_NAMED else ""
    facts = [f"commit {code(told.commit[:8])} of {code(told.branch)}"]
    if told.titles:
        facts.append(f"deployed: {shown}{more}")
    if told.pipeline:
        number = f"CI pipeline {told.pipeline}"
        facts.append(f"[{number}]({told.url})" if _ADDRESS.fullmatch(told.url) else number)
    return " · ".join(facts)


def _failure(told: Gated) -> str:
    if told.iid:
        return (
            f"!{told.iid} brings back what commit {code(told.before[:8])} has, and that is being put live at once. "
            f"While it is open its pipelines are held. Merge it to make Git say the same; closing it asks for a "
            "deploy, which goes forward again."
        )
    if told.rolls_back:
        return f"Nothing was taken back, and what failed is still live. {_AGAIN}"
    return f"The settings ask only for a report: what failed is still live. {_AGAIN}"


def _detail(told: Gated) -> str:
    return f": {sentence(told.detail)}" if told.detail else ""


def _names(heading: str, names: tuple[str, ...]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"**{heading}** {', '.join(map(code, names[:_MOST_NAMED]))}{more}"
