"""A workspace as AIC has it, believed only as far as it can be proven."""

from collections.abc import Callable, Mapping

import pytest

from shared.domain.errors import Permanent, Transient
from shared.domain.gitlab import blob_id
from shared.flows import inventory
from shared.flows.inventory import Inventory

from ..fake_workspace import config
from ..stage import Stage, stage


def read(world: Stage, *, only: list[str] | None = None) -> Inventory:
    return inventory.read(world.aic, world.outside(), only=only, may_be_empty=False)


def answering(world: Stage, title: str, answer: Callable[[int], Mapping[str, object] | None]) -> None:
    """Whenever that pipeline is read, `answer` gets the number of the time and gives the jobConfig, or raises."""
    real, job_id, times = world.aic.read, world.aic.id_of(title), [0]

    def asked(wanted: str) -> Mapping[str, object] | None:
        if wanted != job_id:
            return real(wanted)
        times[0] += 1
        return answer(times[0])

    world.aic.read = asked  # type: ignore[method-assign,assignment]


def test_every_pipeline_is_read_once_between_two_lists() -> None:
    """No request more than that."""
    world = stage(a="one", b="two")
    found = read(world)

    assert sorted(found.found) == ["a", "b"]
    assert world.aic.calls == ["jobs", "read", "read", "jobs"]
    assert found.titles == {"a", "b"}


def test_the_file_is_as_git_would_hold_it() -> None:
    """Without AIC's own keys, in the order of AIC."""
    world = stage()
    world.aic.put("a", "one", schedule="daily")

    text = read(world).found["a"].file.decode()

    assert "$id" not in text
    assert text.index('"stages"') < text.index('"schedule"') < text.index('"title"')


def test_only_what_was_named_is_read() -> None:
    """The lists are whole all the same."""
    world = stage(a="one", b="two")
    found = read(world, only=["b", "absent"])

    assert sorted(found.found) == ["b"]
    assert world.aic.calls == ["jobs", "read", "jobs"]
    assert found.titles == {"a", "b"}


def test_a_pipeline_that_fails_at_first_is_asked_for_again() -> None:
    """At a narrower pace, which the adapter sees to."""
    world = stage(a="one", b="two")

    def answer(time: int) -> Mapping[str, object]:
        if time == 1:
            raise Transient("aic-odd-answer", "AIC answered 200 with nothing")
        return {"title": "a", **config("one")}

    answering(world, "a", answer)

    assert read(world).unreadable == {}


@pytest.mark.parametrize(
    ("config_read", "why"),
    [
        ({"title": "a", "stages": "none"}, "`stages`"),
        ({"title": "other", **config("one")}, "renamed"),
        ({"title": "a", **config("one", size=10**5000)}, "out of range"),
    ],
)
def test_what_is_no_pipeline_of_that_title_is_unreadable(config_read: Mapping[str, object], why: str) -> None:
    """It is listed, so it is no absence; the reason is kept."""
    world = stage(a="one", b="two")
    answering(world, "a", lambda _: config_read)
    found = read(world)

    assert sorted(found.found) == ["b"]
    assert why in found.unreadable["a"]
    assert "a" in found.titles


def test_one_that_answers_404_and_is_listed_no_more_is_absent() -> None:
    """Deleted between the two lists."""
    world = stage(a="one", b="two")

    def before(call: str) -> None:
        if call == "read":
            world.aic.remove("a")

    world.aic.before = before
    found = read(world)

    assert sorted(found.found) == ["b"]
    assert not found.unreadable
    assert found.titles == {"b"}


def test_one_that_answers_404_and_is_still_listed_is_unreadable() -> None:
    """AIC contradicts itself."""
    world = stage(a="one", b="two")
    answering(world, "a", lambda _: None)

    assert sorted(read(world).unreadable) == ["a"]


def test_one_that_was_read_and_is_listed_no_more_is_unreadable() -> None:
    """An omission is no absence."""
    world = stage(a="one", b="two")

    def before(call: str) -> None:
        if call == "jobs" and "read" in world.aic.calls:
            world.aic.remove("a")

    world.aic.before = before
    found = read(world)

    assert sorted(found.unreadable) == ["a"]
    assert "a" in found.titles


def test_one_that_failed_and_is_listed_no_more_is_unreadable() -> None:
    """Nobody knows what became of it."""
    world = stage(a="one", b="two")
    job_id = world.aic.id_of("a")

    def answer(_: int) -> None:
        world.aic.configs.pop(job_id or "", None)
        raise Transient("aic-unavailable", "AIC answered 502")

    answering(world, "a", answer)

    assert read(world).unreadable == {"a": "AIC answered 502"}


def test_one_that_appears_meanwhile_is_read_as_well() -> None:
    """It may be captured."""
    world = stage(a="one")

    def before(call: str) -> None:
        if call == "read" and world.aic.id_of("new") is None:
            world.aic.put("new", "n")

    world.aic.before = before

    assert sorted(read(world).found) == ["a", "new"]


def test_one_that_was_made_anew_under_its_title_is_unreadable() -> None:
    """Another id: what was read is gone."""
    world = stage(a="one", b="two")

    def before(call: str) -> None:
        if call == "jobs" and "read" in world.aic.calls:
            world.aic.remove("a")
            world.aic.put("a", "anew")

    world.aic.before = before

    assert sorted(read(world).unreadable) == ["a"]


def test_pipelines_of_one_title_are_told_with_their_ids_and_not_read() -> None:
    """Also if the second one appears meanwhile."""
    world = stage(a="one", b="two")
    world.aic.add_twin("a", "another")

    def before(call: str) -> None:
        if call == "read" and len(world.aic.configs) == 3:
            world.aic.add_twin("b", "another")

    world.aic.before = before
    found = read(world)

    assert {title: len(ids) for title, ids in found.twins.items()} == {"a": 2, "b": 2}
    assert found.found == {}


def test_what_is_final_for_all_ends_it() -> None:
    """A key that AIC doesn't take is no unreadable pipeline."""
    world = stage(a="one")

    def answer(_: int) -> None:
        raise Permanent("aic-unauthorized", "AIC answered 401")

    answering(world, "a", answer)

    with pytest.raises(Permanent, match="aic-unauthorized"):
        read(world)


@pytest.mark.parametrize(
    "name",
    [
        "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
        "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
    ],
    ids=["sha1", "sha256"],
)
def test_files_are_named_as_git_names_them(name: str) -> None:
    """With the hash of the repository; these are Git's own names of an empty file."""
    assert blob_id(b"", like=name) == name
