"""What the bench makes of what it has seen."""

import asyncio
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench import timeline
from bench.deploys import Case, Result
from bench.load import Load, flat_out
from bench.memory import Result as Memory
from bench.peak import Peak, Watch
from bench.requests_log import Span, recorded
from bench.table import of_deploys, of_memory
from emulators.stack.child import Child


def span(start: float, *, method: str = "GET", route: str = "/jobs/:job", system: str = "AIC") -> Span:
    """Of 50 milliseconds."""
    return Span(system, method, route, "", start, start + 0.05, 200)


def result(*, ours: Sequence[float], pipelines: int = 1000, changed: int = 1, latency_ms: float = 50) -> Result:
    """Against an incumbent that needs 60 seconds."""
    requests = {"GitLab": 22, "AIC": 8}
    return Result(Case(latency_ms, pipelines, changed), ours, [60.0, 60.0, 60.0], [0.6, 0.6, 0.6], requests)


def test_a_deploy_is_measured_by_medians() -> None:
    """One slow round of three changes nothing."""
    assert result(ours=[1.0, 9.0, 1.0]).faster == 60


def test_a_goal_that_was_missed_is_said_in_its_row() -> None:
    """And one that was met, or that nobody set, isn't."""
    lines = of_deploys([result(ours=[1.0]), result(ours=[2.0]), result(ours=[2.0], latency_ms=5)])

    assert ["MISSED" in line for line in lines] == [False, False, True, False]


def test_files_on_the_temporary_disk_count_as_memory() -> None:
    """In the cloud it is memory; snapshots may take more of it than deploys."""
    small, large = Peak(100.0, 100.0), Peak(200.0, 100.0)
    lines = of_memory(Memory(1000, first=large, unchanged=small, drill=small, full=small, changed=large))

    assert ["MISSED" in line for line in lines] == [False, False, False, False, True]
    assert lines[0].startswith("memory: 300 MiB, 100 of them files, for the first snapshot with its backup of 1000")


def test_files_without_a_name_are_seen_while_they_are_open() -> None:
    """Of the process that is watched, and of those that it started; its own memory is no less than its text."""
    script = "import sys, tempfile; f = tempfile.TemporaryFile(); f.write(bytes(3 << 20)); f.flush(); print(flush=True)"
    held = [sys.executable, "-c", f"{script}; sys.stdin.read()"]
    with subprocess.Popen(held, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        watch = Watch(Child("held", Path(), process))
        with watch.watching():
            pass
        assert watch.peak.files == 3
        assert 4 < watch.peak.process < 100
        process.communicate()


def test_the_share_of_a_percentile_is_never_guessed_between_two_requests() -> None:
    """The 99th of a hundred is the last but one."""
    load = Load(1.0, [float(number) for number in range(100, 0, -1)], {204: 100})

    assert (load.percentile(0.5), load.percentile(0.99), load.percentile(1.0)) == (50, 99, 100)
    assert load.rate == 100


def test_only_this_machine_is_put_under_load() -> None:
    """Whatever somebody types as an address."""
    with pytest.raises(ValueError, match="only loopback"):
        flat_out("http://example.com:80/", [b"GET / HTTP/1.1\r\n\r\n"], lines=1)


def test_a_server_that_ends_without_an_answer_counts_as_none() -> None:
    """Status 0, so that it can't be taken for a success."""

    async def silent() -> Load:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server:
            return await asyncio.to_thread(
                flat_out, f"http://127.0.0.1:{port}", [b"GET / HTTP/1.1\r\n\r\n"] * 3, lines=2
            )

    assert dict(asyncio.run(silent()).statuses) == {0: 3}


def test_the_end_of_a_deploy_is_when_gitlab_has_recorded_it() -> None:
    """Not the opening of the record, and no later read."""
    opened = span(0.2, method="POST", route="/projects/:id/deployments", system="GitLab")
    ended = span(1.0, method="PUT", route="/projects/:id/deployments/:deployment_id", system="GitLab")
    read = span(2.0, route="/projects/:id/deployments", system="GitLab")

    assert recorded([opened, ended, read]) == pytest.approx(1.05)


def test_a_deploy_without_a_record_has_no_time() -> None:
    """It would be a time of nothing."""
    with pytest.raises(LookupError):
        recorded([span(0.0)])


def test_requests_that_go_side_by_side_are_one_row_of_the_picture() -> None:
    """Those that follow one another aren't: the picture would hide what waits for what."""
    together = [span(0.0), span(0.001), span(0.002)]
    later = span(0.06)

    drawn = timeline.rows([*together, later], begun=0.0)

    assert [(row.words, row.times, row.writes) for row in drawn] == [("read", 3, False), ("read", 1, False)]


def test_the_picture_is_sound_and_says_what_each_bar_is() -> None:
    """Also with a title that has to be escaped, and a request that has no word of its own."""
    picture = timeline.svg([span(0.0), span(0.1, route="/new & odd")], begun=0.0, title="1 < 2")

    tree = ET.fromstring(picture)  # noqa: S314 - our own
    texts = [each.text for each in tree.iter("{http://www.w3.org/2000/svg}text")]

    assert texts[0] == "1 < 2"
    assert {"read", "GET /new & odd"} <= set(texts)
