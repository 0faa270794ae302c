"""Two merge requests of one branch share its newest commit, and so the one status that GitLab has for it."""

from dataclasses import replace

from shared.domain import labels

from .review_stage import Desk, configs, desk
from .test_plans_due import asked


def two() -> tuple[Desk, Desk]:
    """Into develop and into main; both delete a pipeline, which each has to be confirmed for."""
    first = desk(configs(Tides=None), Tides="1", Boats="1")
    first.gitlab.branches["main"] = first.on.head
    first.gitlab.deployed("aic/pin-fusion-2-0", first.on.head, branch="main", mapping=first.on.head)
    first.on.others["PIN FUSION 2.0"] = first.on.aic
    return first, replace(first, iid=first.gitlab.open("feature/x", "main"))


def confirm(at: Desk) -> None:
    at.gitlab.label(at.iid, labels.DELETE)


def test_the_status_is_only_green_where_none_of_them_fails() -> None:
    """Whichever is looked at last; its text says which one is to blame."""
    one, other = two()
    confirm(one)
    other.review()

    one.review()

    assert one.status().state == "failed"
    assert " · but !2 fails · onto " in one.status().description
    assert "deletion not confirmed" not in one.note()
    confirm(other)
    other.review()
    assert (other.status().state, "but !" in other.status().description) == ("success", False)
    one.review()
    assert (one.status().state, "but !" in one.status().description) == ("success", False)


def test_one_that_fails_by_itself_says_why() -> None:
    """Two that fail don't hide behind each other for ever."""
    one, other = two()
    one.review()
    other.review()
    assert "1 deletion not confirmed" in other.status().description
    confirm(other)
    other.review()
    assert " · but !1 fails" in other.status().description
    confirm(one)

    one.review()

    assert one.status().state == "success"


def test_what_another_one_made_red_is_looked_at_again_when_that_is_closed() -> None:
    """By the sweep; GitLab's hook of a closed merge request asks for nothing."""
    one, other = two()
    confirm(one)
    other.review()
    one.review()
    assert asked(one) == []
    one.gitlab.close(other.iid)

    assert asked(one) == [one.iid]
    one.review()

    assert one.status().state == "success"


def test_one_with_other_commits_makes_nothing_red() -> None:
    """It failed for what it was then."""
    one, other = two()
    other.review()
    one.gitlab.aim(other.iid, "elsewhere")
    one.push(configs(Boats="2"))
    confirm(one)

    one.review()

    assert one.status().state == "success"
