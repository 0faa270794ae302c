"""What happened is told by mail and in Slack: a hook comes in, and people hear of its end, once."""

from emulators.stack import traffic, wire
from tests.end_to_end.world import World, is_marked, marked

TITLE = "Demographics"


def test_a_merge_is_told_in_a_note_a_status_a_mail_and_slack(world: World) -> None:
    """With the pipeline, where it went, and a link to the merge request; the same hook again tells nobody."""
    place = world.audience()
    number = place.propose(TITLE, edit=marked, branch="feature/heard")
    place.merge(number)
    place.queue.settle()

    (letter,), (post,) = world.letters(place), world.posts(place)
    text = letter.get_body(("plain",))
    assert text is not None
    assert TITLE in text.get_content()
    assert f"{world.stack.gitlab_url}/{place.site.path}/-/merge_requests/{number}" in text.get_content()
    assert TITLE in str(post["blocks"])
    assert any(TITLE in note["body"] for note in place.person.notes(number))
    hook = place.hook
    assert hook is not None
    hook.resend(hook.sent(number, action="merge")[0]["id"])
    place.queue.settle()
    assert (len(world.letters(place)), len(world.posts(place))) == (1, 1)


def test_a_channel_that_is_down_changes_no_outcome_and_is_told_later(world: World) -> None:
    """The other one hears at once, and not again."""
    place = world.audience()
    traffic.restart(world.stack.slack_url)
    wire.ask("PUT", f"{world.stack.slack_url}/__admin__/faults", json=[{"kind": "503", "times": 1}])

    place.merge(place.propose(TITLE, edit=marked, branch="feature/deaf"))
    place.queue.settle()

    assert sum(traffic.requests(world.stack.slack_url).values()) == 2
    assert (len(world.letters(place)), len(world.posts(place))) == (1, 1)
    assert is_marked(place.workspace().pipelines()[TITLE])
