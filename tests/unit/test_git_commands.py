"""What a push asks for, read from the bytes that git sends."""

import pytest

from emulators.gitlab.git.commands import Command, Push, read

A, B, NONE = "a" * 40, "b" * 40, "0" * 40


def line(text: str) -> bytes:
    return f"{len(text) + 4:04x}{text}".encode()


def test_commands_are_read_up_to_the_flush() -> None:
    """The first carries the client's abilities; lines about shallow clones and the pack are nothing to read."""
    body = (
        line(f"shallow {B}")
        + line(f"{NONE} {A} refs/heads/new\0 report-status side-band-64k")
        + line(f"{A} {B} refs/heads/moved")
        + line(f"{B} {NONE} refs/tags/gone\n")
        + b"0000PACK 0123"
    )

    assert read(body) == Push(
        (
            Command("refs/heads/new", None, A),
            Command("refs/heads/moved", A, B),
            Command("refs/tags/gone", B, None),
        ),
        (),
    )


@pytest.mark.parametrize(("able", "options"), [("push-options", ("ci.skip", "merge_request.create")), ("quiet", ())])
def test_options_follow_the_commands_of_a_client_that_has_them(able: str, options: tuple[str, ...]) -> None:
    """Of any other the pack comes next, whatever it looks like."""
    given = line("ci.skip") + line("merge_request.create\n") + b"0000"

    assert read(line(f"{A} {B} refs/heads/x\0 {able}") + b"0000" + given + b"PACK").options == options


@pytest.mark.parametrize("body", [b"", b"0000"])
def test_a_push_that_only_tries_asks_for_nothing(body: bytes) -> None:
    assert read(body) == Push((), ())


@pytest.mark.parametrize("body", [b"zzzz", line("no command"), b"0032cut off"])
def test_what_is_no_push_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any reading of nonsense may end so
        read(body)
