"""Whether everything is as it must be, asked over real sockets."""

from datetime import UTC, datetime, timedelta

from emulators.stack import functions, traffic, wire
from emulators.stack.workplace import Workplace
from tests.end_to_end.world import World, marked

TITLE = "Demographics"


def last(world: World, message: str) -> dict[str, object]:
    """What the log of the function says of the message."""
    (line,) = [record for record in world.stack.records("command") if record.get("message_id") == message]
    return line


def test_a_project_in_order_has_nothing_wrong_and_a_note_says_so(world: World) -> None:
    """GitLab, AIC, both drives; nothing is written but the note."""
    place = world.place(saved=True)
    number = place.propose(TITLE, edit=marked, branch="feature/checked")
    traffic.restart(world.stack.aic_url)

    line = last(world, place.command("check", merge_request=number))

    assert (line["severity"], line["outcome"]) == ("INFO", "fine"), line["table"]
    (note,) = [each["body"] for each in place.person.notes(number) if "Nothing wrong" in each["body"]]
    named = (
        "GitLab token",
        "Maintainer",
        "branch develop",
        "in AIC",
        "drive backups",
        "drive gs://",
        "topic aic-deploy",
    )
    assert [each for each in named if each not in note] == []
    assert traffic.writes(world.stack.aic_url) == 0


def test_a_hook_that_is_gone_is_wrong_and_has_a_remedy(world: World, place: Workplace) -> None:
    """The worst comes first."""
    hook = place.hook
    assert hook is not None
    place.person.ask("DELETE", f"/hooks/{hook.number}")

    line = last(world, place.command("check"))

    assert line["severity"] == "ERROR"
    assert str(line["table"]).startswith("['bad: hook: there is none → Add it as docs/install.md says")


def test_a_token_that_ends_soon_is_told_with_the_signal_of_the_alert(world: World, place: Workplace) -> None:
    """And the check of a project says it as well."""
    day = (datetime.now(UTC) + timedelta(days=10)).date().isoformat()
    token = f"{world.stack.gitlab_url}/__admin__/token"
    wire.ask("POST", token, json={"token": functions.TOKEN, "expires_at": day})
    try:
        tokens, whole = (last(world, place.command(name)) for name in ("check_tokens", "check"))
    finally:
        wire.ask("POST", token, json={"token": functions.TOKEN, "expires_at": None})

    assert (tokens["signal"], tokens["days_left"], tokens["severity"]) == ("token-expiring", 10, "ERROR")
    assert f"ends {day}, in 10 days" in str(tokens["tokens"])
    assert f"ends `{day}`: 10 days are left → Renew it" in str(whole["table"])
