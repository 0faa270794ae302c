"""A pipeline drawn as a Mermaid graph."""

import re

from shared.domain import picture, tasks
from shared.domain.picture import MOST_CHARACTERS
from shared.domain.pipeline_diff import Fate
from shared.domain.tasks import Stage, Task


def stage(name: str, *keys: str) -> Stage:
    """A stage of such tasks."""
    return Stage(name, name, tuple(Task(key, key, "SQL", {}) for key in keys))


def test_stages_follow_each_other_and_changes_are_marked() -> None:
    """What is removed stands apart."""
    drawn = picture.draw(
        [stage("Clean", "a", "b"), stage("Empty"), stage("Publish", "c")],
        {"b": Fate.CHANGED, "c": Fate.NEW, "d": Fate.REMOVED},
        removed=[Task("d", "d", "", {})],
    )

    assert drawn.split("\n")[4:] == [
        'subgraph s0["Clean"]',
        't0_0["a · SQL"]',
        't0_1["b · SQL"]:::changed',
        "end",
        's1["Empty"]',
        'subgraph s2["Publish"]',
        't2_0["c · SQL"]:::new',
        "end",
        'subgraph s3["removed"]',
        't3_0["d"]:::removed',
        "end",
        "s0 --> s1",
        "s1 --> s2",
    ]
    assert picture.draw([stage("Empty")], {}) == picture.draw([], {}) == ""


def test_a_name_can_not_end_its_label() -> None:
    """Nor begin anything else: not in Mermaid, not in Markdown, not in HTML."""
    nasty = '"]; click x "javascript:alert(1)"\n```\n<script>`#35;&%%{init}%%'
    drawn = picture.draw([stage(nasty, nasty)], {})

    labels = re.findall(r'\["(.*)"\]$', drawn, re.MULTILINE)
    assert len(labels) == 2
    assert all(re.fullmatch(r"[\w #;.,~·-]*", label) for label in labels)
    assert "#34;#93;#59; click x #34;javascript#58;alert" in labels[0]
    assert not re.search(r"[`<>&%]", drawn.replace("-->", ""))


def test_a_graph_has_never_more_characters_than_gitlab_draws() -> None:
    """Tasks that change are shown first; of many stages those in which something does."""
    keys = [f"a_rather_long_name_of_a_task_{number}" for number in range(500)]
    wide = picture.draw([stage("Clean", *keys), stage("Join", *keys)], {keys[400]: Fate.CHANGED})
    long = picture.draw([stage(key, key) for key in keys], {keys[400]: Fate.CHANGED})
    odd = picture.draw([stage("日本" * 30, "日本" * 30) for _ in range(12)], {})

    assert max(map(len, (wide, long, odd))) <= MOST_CHARACTERS
    assert f"{keys[400]} · SQL"[:39] in wide
    assert "more" in wide
    assert long.count("subgraph") == 1
    assert odd == ""


def test_it_draws_what_aic_gives() -> None:
    """Stages of a jobConfig."""
    job = {"stages": [{"description": "Clean", "tasks": [{"id": "a", "type": "SQL"}]}], "sinkStage": {}}

    assert 'subgraph s0["Clean"]\nt0_0["a · SQL"]\nend' in picture.draw(tasks.stages(job), {})
