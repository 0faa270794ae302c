"""A check says of everything that a project needs how it is, and what to do where something is wrong."""

from dataclasses import replace
from typing import Any

import pytest

from shared.domain import check_gitlab, dead_letter
from shared.domain.check_report import Checked, Line, State, broken
from shared.domain.drives import DriveSettings
from shared.domain.errors import Permanent
from shared.domain.gitlab import Hook, OnMergeRequest, Token
from shared.domain.layout import MAPPING_FILE
from shared.domain.messages.checking import Check
from shared.flows.answering import Asker
from shared.flows.check import check

from ..fakes import FakePublisher
from ..stage import QA, RUN, Stage, stage
from .test_deploy_in_trouble import fail

ASKER = Asker(frozenset({QA}), RUN, "run-1", "ann")
HOOK = Hook(4, "https://hooks.example.com/", disabled=False)
DRIVES = (DriveSettings(drive="backups"),)
NOW = 1_800_000_000.0


def healthy() -> Stage:
    """Nothing to complain of."""
    world = stage(a="one", mapping=f"mapping:\n  develop: {QA}\n")
    world.gitlab.ends = "2099-01-01"
    world.gitlab.hooked = [HOOK]
    return world


def checked(world: Stage, **said: Any) -> Checked:
    return check(Check(project="pin/fusion", **said), ASKER, DRIVES, world.outside())


def states(found: Checked) -> dict[str, State]:
    return {each.what: each.state for each in found.lines}


def test_a_project_in_order_has_a_line_for_everything_and_no_remedy() -> None:
    """GitLab, its token, rights, mapping, hook, AIC, drives and Pub/Sub."""
    found = checked(healthy())

    assert {each.what: (each.state, each.remedy) for each in found.lines} == {
        "GitLab token": (State.OK, ""),
        "rights in GitLab": (State.OK, ""),
        "hook 4": (State.OK, ""),
        "branch develop": (State.OK, ""),
        f"workspace {QA} in AIC": (State.OK, ""),
        f"drive backups of {QA}": (State.OK, ""),
        **{f"topic {name}": (State.OK, "") for name in dead_letter.TOPICS},
    }
    assert (found.told().said, found.told().bad) == ("check: 0 wrong, 0 to look at, 10 fine", False)


def test_what_is_wrong_comes_first_with_what_to_do() -> None:
    """In the log as in the note."""
    world = healthy()
    number = world.merge(b="two")
    world.gitlab.hooked = []

    found = checked(world, merge_request=number)

    told = found.told()
    assert (told.bad, told.fields["outcome"]) == (True, "wrong")
    assert str(told.fields["table"]).startswith("['bad: hook: there is none → Add it as docs/install.md says")
    body = world.gitlab.body(OnMergeRequest(number))
    assert "### ❌ 1 wrong" in body
    assert body.index("there is none") < body.index("Maintainer")


def test_a_second_check_brings_its_note_up_to_date() -> None:
    """There is one."""
    world = healthy()
    number = world.merge(b="two")

    checked(world, merge_request=number)
    checked(world, merge_request=number)

    assert "### ✅ Nothing wrong" in world.gitlab.body(OnMergeRequest(number))


def test_without_a_merge_request_nothing_is_written() -> None:
    """The log has it."""
    world = healthy()

    checked(world)

    assert world.gitlab.written == {}


def test_a_note_that_cannot_be_written_is_said_in_the_log() -> None:
    """The table stands there all the same."""
    told = checked(healthy(), merge_request=99).told()

    assert (told.bad, told.fields["untold"]) == (True, ["gitlab-not-found"])
    assert len(told.fields["table"]) == 10  # type: ignore[arg-type]


def test_what_cannot_be_looked_at_is_a_line_like_any_other() -> None:
    """With its reason, which the runbook has."""
    world = healthy()
    world.gitlab.before = lambda call: fail(Permanent("gitlab-forbidden", "no"))() if call == "hooks" else None
    world.opened = lambda _: fail(Permanent("aic-unauthorized"))()

    found = checked(world)

    assert states(found)["hook"] is State.BAD
    assert states(found)[f"workspace {QA} in AIC"] is State.BAD
    assert broken("x", Permanent("aic-unauthorized")).said == "`aic-unauthorized`"
    assert [each.said for each in found.lines if each.what == "hook"] == ["`gitlab-forbidden`: no"]


def test_a_bug_stays_loud() -> None:
    """It is no finding."""
    world = healthy()
    world.gitlab.before = lambda _: fail(ZeroDivisionError())()

    with pytest.raises(ZeroDivisionError):
        checked(world)


def test_a_topic_that_nobody_may_publish_to_is_wrong() -> None:
    """Deploys would never be asked for."""
    world = healthy()
    world.publisher = FakePublisher(denied=("aic-deploy",))
    closed = healthy()
    closed.publisher = FakePublisher(topics=["aic-command"])

    assert states(checked(world))["topic aic-deploy"] is State.BAD
    assert states(checked(closed))["topic aic-deploy"] is State.BAD
    assert states(checked(closed))["topic aic-command"] is State.OK


def test_an_empty_workspace_is_worth_a_look() -> None:
    """The key may see nothing of it."""
    world = healthy()
    world.aic.remove("a")

    assert states(checked(world))[f"workspace {QA} in AIC"] is State.WARN


@pytest.mark.parametrize(
    ("level", "state"), [(20, State.BAD), (30, State.WARN), (40, State.OK), (50, State.OK), (0, State.BAD)]
)
def test_the_services_user_must_be_a_developer(level: int, state: State) -> None:
    """A maintainer sees hooks as well."""
    assert check_gitlab.access(level).state is state


@pytest.mark.parametrize(
    ("ends", "state"),
    [("", State.WARN), ("2027-01-16", State.BAD), ("2027-02-10", State.WARN), ("2027-06-01", State.OK)],
)
def test_a_token_that_ends_soon_or_never_is_said(ends: str, state: State) -> None:
    """On 15 January 2027."""
    (line,) = check_gitlab.token(Token(1, "service", ends, ("api",)), now=NOW)

    assert (line.state, bool(line.remedy)) == (state, state is not State.OK)


def test_a_token_that_may_not_write_is_said() -> None:
    """`read_api` is not enough."""
    _, line = check_gitlab.token(Token(1, "service", "2099-01-01", ("read_api",)), now=NOW)

    assert (line.state, line.what) == (State.BAD, "GitLab token's scopes")


def test_sec_26_the_hooks_of_the_project_are_exactly_ours() -> None:
    """Enabled, with the certificate checked, and telling of merge requests alone; others are no business of ours."""
    other = Hook(9, "https://chat.example.com/hooks/1", disabled=True, verifies=False, events=("push_events",))
    wrong = {
        "disabled": replace(HOOK, disabled=True),
        "unverified": replace(HOOK, verifies=False),
        "more": replace(HOOK, events=("merge_requests_events", "push_events")),
        "nothing": replace(HOOK, events=()),
    }

    assert [each.state for each in check_gitlab.hooks([other, HOOK])] == [State.OK]
    assert {name: [each.state for each in check_gitlab.hooks([hook])] for name, hook in wrong.items()} == {
        "disabled": [State.BAD],
        "unverified": [State.BAD],
        "more": [State.WARN],
        "nothing": [State.BAD],
    }
    assert [each.state for each in check_gitlab.hooks([HOOK, replace(HOOK, id=5)])] == [State.OK, State.OK, State.WARN]
    assert [each.state for each in check_gitlab.hooks([other])] == [State.BAD]


def test_where_deploys_are_tested_the_hook_tells_of_pipelines_too() -> None:
    """Without that results are found by the sweep alone: no more than a warning."""
    both = replace(HOOK, events=("merge_requests_events", "pipeline_events"))

    (line,) = check_gitlab.hooks([both], tested=True)
    assert (line.state, line.said) == (State.OK, "it is enabled and tells of merge requests and pipelines alone")
    (missing,) = check_gitlab.hooks([HOOK], tested=True)
    assert (missing.state, missing.remedy) == (State.WARN, "Turn on pipeline events.")
    assert [each.state for each in check_gitlab.hooks([both])] == [State.WARN]
    world = healthy()
    world.gitlab.hooked[:] = [both]
    asker = replace(ASKER, gates={QA: "report"})
    assert states(check(Check(project="pin/fusion"), asker, (), world.outside()))[f"hook {both.id}"] is State.OK


def test_mapping_and_settings_are_compared_both_ways() -> None:
    """A branch that is not there, a workspace that is not allowed, and one that nothing leads to."""
    world = healthy()
    world.gitlab.push("main", {MAPPING_FILE: "mapping:\n  gone: Other\n  develop: Elsewhere\n"})

    found = check(Check(project="pin/fusion"), replace(ASKER, allowed=frozenset({"Other", QA})), (), world.outside())

    shown = {name: state for name, state in states(found).items() if name.startswith(("branch", "workspace"))}
    assert shown == {
        "branch develop": State.WARN,
        "branch gone": State.BAD,
        f"workspace {QA}": State.WARN,
        f"workspace {QA} in AIC": State.OK,
        "workspace Other in AIC": State.BAD,
    }


def test_names_have_no_power_in_the_note() -> None:
    """They come from outside."""
    line = Line("branch @all `x`", State.BAD, "`<b>` is odd", "Mend it.")

    assert "| ❌ | `` branch @all `x` `` | `<b>` is odd | Mend it. |" in Checked("a/b", (line,)).render(first_line="")
