"""A review as people read it: in the note and in the commit status."""

import json
from dataclasses import replace
from typing import Any

import pytest

from shared.domain import (
    content,
    picture,
    pipeline_diff,
    pipeline_tables,
    plan,
    review,
    review_mark,
    review_note,
    tasks,
)
from shared.domain.gitlab import Status
from shared.domain.pipeline_tables import Reader
from shared.domain.plan import Action, Decision, Live, Versions
from shared.domain.review import Problem, Review, Reviewed, Risk, Trouble
from shared.domain.sql_tables import Tables
from tests.fake_workspace import config
from tests.rendered import dangers

SEEN = "2026-11-29T05:00:00.123Z"
SHAS = {"source": "a" * 40, "target": "b" * 40, "base": "c" * 40}
OLD, NEW = config("SELECT * FROM gold.old"), config("SELECT * FROM gold.new\nWHERE x = 1")


def versions(title: str, base: Any, head: Any, live: Any) -> Versions:
    """Three ways, as jobConfigs."""
    had, has, runs = (None if each is None else content.of_job(each) for each in (base, head, live))
    return Versions(title, had, has, None if runs is None else Live("1", runs))


def decided(title: str, base: Any = OLD, head: Any = NEW, live: Any = OLD) -> Decision:
    """What a deploy decides of them."""
    return plan.decide(versions(title, base, head, live))


def reviewed(title: str, before: Any = OLD, after: Any = NEW, **more: Any) -> Reviewed:
    """An update with everything that is shown of it."""
    diff = pipeline_diff.between(before, after)
    return Reviewed(
        decided(title),
        diff,
        pipeline_tables.of(before),
        pipeline_tables.of(after),
        graph=picture.draw(tasks.stages(after), diff.fates),
        **more,
    )


def of(*ours: Reviewed, **more: Any) -> Review:
    """A review of merge request 3 into develop."""
    said = {
        "branch": "develop",
        "run": "0a1b2c3d",
        "workspace": "QA",
        "moment": "on 2026-11-29 at 05:00 UTC",
        **SHAS,
        **more,
    }
    return Review(merge_request=3, ours=ours, **said)


def note(found: Review) -> str:
    """The note."""
    return review_note.render(found, seen=SEEN)


def status(found: Review) -> str:
    """The line of the commit status, without what the service itself reads."""
    said = review_note.summary(found, seen=SEEN)
    assert said.endswith(f" · {SEEN}")
    return said.removesuffix(f" · {SEEN}")


def test_a_note_says_first_what_happens_and_then_shows_everything() -> None:
    """Verdict, table, folded details, and what it was computed for."""
    text = note(of(reviewed("Tides", readers=(Reader("Boats", ("gold.tides",)),))))

    assert text.startswith(
        f"<!-- aic-plan seen={SEEN} source={'a' * 40} run=0a1b2c3d -->\n\n"
        "### ✅ Merging this writes to `QA`\n\nPipelines: 1 updated.\n\n"
    )
    assert "| `Tides` | update | changed in Git | 🟠 high, read by 1 |" in text
    assert "**changed** `t1` · SQL · +2\u00a0−1\n\n```diff\n@@ line 1 @@\n-SELECT * FROM gold.old\n+SELECT" in text
    assert "| read | `gold.old` | `gold.new` |" in text
    assert "- `Boats` reads `gold.tides`" in text
    assert "```mermaid\nflowchart LR\n" in text
    assert text.endswith(
        "Computed on 2026-11-29 at 05:00 UTC for `aaaaaaaa` upon `bbbbbbbb` of `develop`, live is `cccccccc`"
    )


def test_the_gravest_come_first() -> None:
    """What stops the merge, what deletes, what can't be undone, what is read by others."""
    gone = Reviewed(decided("Gone", OLD, None, OLD), deletes=True)
    new = Reviewed(decided("New", None, NEW, None))
    same = Reviewed(decided("Same", OLD, NEW, NEW))
    stopped = Reviewed(
        decided("Stop", OLD, NEW, config("x")), problems=review.of_decision(decided("S", OLD, NEW, config("x")))
    )
    read = reviewed("Read", readers=(Reader("R", ("a",)),))
    older = Reviewed(plan.decide(replace(versions("Older", OLD, NEW, config("y")), known="d" * 40)))
    pipelines = [same, reviewed("Plain"), new, gone, read, older, stopped]
    text = note(of(*pipelines))

    names = [line.split("`")[1] for line in text.split("\n") if line.startswith("| `") and line.count("|") == 5]
    assert names == ["Stop", "Gone", "New", "Older", "Read", "Plain", "Same"]
    assert [each.risk for each in pipelines] == [
        Risk.NONE, Risk.SOME, Risk.HIGH, Risk.DELETES, Risk.HIGH, Risk.HIGH, Risk.STOPS,
    ]  # fmt: skip
    assert "### ❌ Don't merge this yet: one thing is in the way" in text
    assert "🔴 It would delete `Gone` from Git." in text
    assert "- `Stop`: edited in AIC: changed in Git" in text
    assert "nothing: live already" in text


def test_a_confirmed_deletion_stays_red_and_names_what_goes() -> None:
    """At most ten by name; the rest is in the table."""
    gone = [Reviewed(decided(f"P{number:02}", OLD, None, OLD), deletes=True) for number in range(12)]
    found = of(*gone)

    assert "### 🔴 Merging this deletes `P00`, " in note(found)
    assert "`P09` and 2 more from Git" in note(found)
    assert "The label `aic::delete` confirms it. Nothing is written." in note(found)
    assert not found.fails


def test_what_waits_on_the_branch_is_told_apart() -> None:
    """It is deployed with the merge, and can stop it as well."""
    fine = of(reviewed("Tides"), waiting=(decided("Boats"), decided("Same", OLD, OLD, OLD)))
    stopped = of(
        waiting=(decided("Bo`ats", OLD, NEW, config("x")), Decision(versions("R", OLD, None, None), 17, Action.REFUSE))
    )

    assert "Pipelines: 2 updated. Of these, 1 wait on `develop` already." in note(fine)
    assert (
        "deployed with it**\n\n| Pipeline | What will happen | Why |\n| --- | --- | --- |\n| `Boats` | update |"
        in note(fine)
    )
    assert "`Same`" not in note(fine)
    assert stopped.fails
    assert [problem.trouble for problem in stopped.problems] == [Trouble.CONFLICT, Trouble.REFUSED]
    assert "2 things are in the way" in note(stopped)
    assert "waits on the branch: changed in Git, and edited" in note(stopped)


def test_no_plan_and_nothing_to_plan_are_told() -> None:
    """With the reason, or that all is well."""
    assert "### ✅ Merging this writes nothing to `QA`" in note(of())
    failed = of(reason="merge-conflict", detail="settle `it` first", target="", base="")
    assert "### ❌ No plan for `QA`\n\n**Reason** `merge-conflict`: settle `it` first" in note(failed)
    assert note(failed).endswith("for `aaaaaaaa`")
    assert failed.fails
    assert "**Reason** `x`\n" in note(of(reason="x"))
    assert "nothing was deployed yet · who reads its tables is not known: `late`" in note(of(base="", unseen="`late`"))


def test_warnings_stop_nothing() -> None:
    """Of the merge request, and of single pipelines."""
    found = of(reviewed("Tides", warnings=("its code is older",)), warnings=("it changes the mapping",))

    assert "**To know**\n\n- `this merge request`: it changes the mapping\n- `Tides`: its code is older" in note(found)
    assert not found.fails


def test_new_code_is_shown_in_its_language_and_what_is_long_is_cut() -> None:
    """So are settings, tables, readers and tasks without end."""
    script = "\n".join(f"/x{number}" for number in range(100))
    many = [{"id": f"n{number}", "type": "SQL", "config": {"query": f"SELECT {number}"}} for number in range(40)]
    job: dict[str, object] = {
        "stages": [{"tasks": [{"id": "p", "type": "PYSPARK", "config": {"script": script}}, *many]}],
        "variables": [{"id": f"V{number}", "value": number} for number in range(60)],
    }
    settings = replace(
        pipeline_diff.between({"a": list(range(60))}, {"a": []}), tasks=pipeline_diff.between({}, job).tasks
    )
    names = tuple(f"t{number}" for number in range(50))
    readers = tuple(Reader(name, names) for name in names)
    text = note(
        of(replace(reviewed("Tides"), diff=settings, after=Tables(names, (), (), ("a: odd",)), readers=readers))
    )

    assert "**new** `p` · PySpark · +100\u00a0−0\n\n```python\n /x0\n" in text
    assert "… and 20 more lines" in text
    assert "… and the code of 11 more tasks" in text
    assert "- `a[0]`: `0` → *none*" in text
    assert "- … and 20 more" in text
    assert "`t29` and 20 more |" in text
    assert "What could not be told of its tables:\n\n- a: odd" in text


def test_sec_10_of_variables_the_note_says_which_ones_and_never_what_they_hold() -> None:
    """People keep all sorts of things in them; other settings are quoted."""
    before = {"variables": [{"id": "A", "value": "canary-1"}, {"id": "B", "value": "canary-2"}], "retries": 1}
    after = {"variables": [{"id": "A", "value": "canary-3"}, {"id": "C", "value": "canary-4"}], "retries": 2}
    nested = {"stages": [{"id": "s", "variables": {"D": "canary-5"}}]}
    changes = [pipeline_diff.between(before, after), pipeline_diff.between(nested, {"stages": [{"id": "s"}]})]

    text = "".join(note(of(replace(reviewed("Tides"), diff=each))) for each in changes)

    assert "canary" not in text
    assert "- `variables[A].value`: changed" in text
    assert "- `variables[C]`: new" in text
    assert "- `variables[B]`: gone" in text
    assert "- `stages[s].variables`: gone" in text
    assert "- `retries`: `1` → `2`" in text


def test_a_task_that_is_no_code_any_more_is_shown() -> None:
    """Under the kind that it has now."""
    after = {"stages": [{"tasks": [{"id": "t1", "type": "NOTE"}]}]}

    assert "**changed** `t1` · NOTE · +0\u00a0−1" in note(of(reviewed("Tides", after=after)))


def test_three_hundred_pipelines_stay_readable() -> None:
    """All in the table, the details of as many as fit, and graphs of the first ones."""
    wide = config("\n".join(f"SELECT {number} AS a_column_with_a_name" for number in range(80)))
    text = note(of(*(reviewed(f"P{number:03}", after=wide) for number in range(300))))

    assert len(text) < 300_000
    assert all(f"| `P{number:03}` |" in text for number in range(300))
    assert 0 < text.count("```mermaid") <= 20
    assert "There was no room for the details of " in text


NASTY = "x`</summary>\n\n/close @all !1 [a](http://b) <img src=x> | ``` ~~~"


def test_nothing_from_outside_has_any_power() -> None:
    """Titles, tasks, code, settings, tables, readers and sentences."""
    job = {
        "stages": [
            {
                "tasks": [
                    {"id": NASTY, "type": NASTY},
                    {"id": "c", "type": "SQL", "config": {"query": f"```\n{NASTY}\n/merge"}},
                ]
            }
        ]
    }
    each = replace(
        reviewed(NASTY, after={**job, NASTY: NASTY}),
        before=Tables((NASTY,), (NASTY,), (), ()),
        after=Tables((), (), (), (NASTY,)),
        readers=(Reader(NASTY, (NASTY,)),),
        problems=(Problem(Trouble.INVALID, NASTY),),
        warnings=(NASTY,),
    )

    assert dangers(note(of(each, branch=NASTY, workspace=NASTY, unseen=NASTY))) == []


def test_secrets_are_hidden_wherever_they_stand() -> None:
    """In code, above all."""
    token = "glpat-" + "Zx81Kq72Lm93Np04Rs15"
    text = note(of(reviewed("Tides", after=config(f"SELECT '{token}'"))))

    assert token not in text
    assert "[hidden]" in text
    assert token not in status(of(reason=f"token {token}"))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (of(), "nothing to write"),
        (of(reviewed("A"), Reviewed(decided("B", None, NEW, None))), "1 updated, 1 created"),
        (of(reason="branch-missing"), "no plan: branch-missing"),
        (of(reviewed("A"), Reviewed(decided("B", OLD, None, OLD), deletes=True)), "1 updated, 1 deleted in Git"),
        (
            of(
                reviewed(
                    "A",
                    problems=(
                        Problem(Trouble.SECRET, "x"),
                        Problem(Trouble.SECRET, "y"),
                        Problem(Trouble.DELETION, "z"),
                    ),
                )
            ),
            "2 secret; 1 deletion not confirmed",
        ),
    ],
)
def test_the_status_says_it_in_one_line(found: Review, said: str) -> None:
    """With what it was computed upon, as far as GitLab has room."""
    ends = "live unknown" if found.reason else "live nothing"
    assert status(found) == f"!3: {said} in QA · onto bbbbbbbb, live cccccccc"
    assert status(replace(found, target="", base="")).endswith(f"onto nothing, {ends}")
    assert len(review_note.summary(replace(found, workspace="W" * 300), seen=SEEN)) == 250
    assert json.dumps(status(found))


def test_what_deploys_nothing_is_told_as_that() -> None:
    """A merge request that was given another target."""
    found = of(aside="branch-not-mapped", workspace="", base="")

    assert "### ⚪ Merging this deploys nothing\n\n**Reason** `branch-not-mapped`\n\nComputed" in note(found)
    assert status(found) == "!3: merging deploys nothing: branch-not-mapped · onto bbbbbbbb, live nothing"
    assert not found.fails


def test_a_status_says_what_it_was_computed_for() -> None:
    """For the sweep and for other runs; also while it runs, and when its words had to be cut."""
    own, other = 7, 8
    lines = [
        review_note.summary(of(), seen=SEEN),
        review_note.begun(of(), seen=SEEN),
        review_note.summary(of(reason="x" * 400, base=""), seen=SEEN),
    ]
    posted = [Status("success", text, own, "") for text in lines]
    strangers = [Status("success", lines[0], other, ""), Status("success", "built", own, "")]

    assert [
        (each.target, each.live) for each in review_mark.earlier([*posted, *strangers], merge_request=3, own=own)
    ] == [
        ("b" * 8, "c" * 8),
        ("unknown", "unknown"),
        ("b" * 8, "unknown"),
    ]
    assert review_mark.earlier(posted, merge_request=4, own=own) == []
    assert lines[1] == f"!3: looking at what merging does in QA · onto unknown, live unknown · {SEEN}"
