"""The pages for people: their links lead somewhere, and what they say to type is known to who has to understand it."""

import re
import runpy
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.contract.optional import absent, needed
from tests.documented import PAGES, ROOT, anchor, anchors, calls, lines, links
from tests.terraform import needs_terraform, planned

GCLOUD = shutil.which("gcloud")
GLOBAL = {"--format", "--project", "--quiet", "--verbosity", "--impersonate-service-account"}
"""Flags that every command of gcloud takes; the list of each command leaves them out."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    """To a file that is there, and to a heading that the file has."""
    broken = []
    for link in links(page):
        path, _, place = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (place and place not in anchors(target)):
            broken.append(link)

    assert broken == []


@needs_terraform
def test_every_alert_has_its_section_in_the_runbook() -> None:
    """Its text links there; a section that no alert links to would only be found by chance."""
    alerts = planned().of("google_monitoring_alert_policy")
    linked = [re.findall(r"docs/runbook\.md#([a-z-]+)", str(each.at("documentation", 0, "content"))) for each in alerts]
    chapter = (ROOT / "docs/runbook.md").read_text(encoding="utf-8").split("\n## Alerts\n")[1].split("\n## ")[0]
    sections = {anchor(each) for each in re.findall(r"^### (.+)$", chapter, re.MULTILINE)}

    assert [len(each) for each in linked] == [1] * len(alerts)
    assert {each for found in linked for each in found} == (sections if alerts else set())


def test_an_alerts_section_leads_to_an_end() -> None:
    """What it means, what to look at, what to do, and how to see that it is done."""
    chapter = (ROOT / "docs/runbook.md").read_text(encoding="utf-8").split("\n## Alerts\n")[1].split("\n## ")[0]
    _, *texts = re.split(r"^### .+$", chapter, flags=re.MULTILINE)

    assert len(texts) >= 11
    for text in texts:
        assert re.findall(r"^(?:- |\*\*)(Means|Look at|Do|Verify)\b", text, re.MULTILINE) == [
            "Means",
            "Look at",
            "Do",
            "Verify",
        ]


def test_links_are_found() -> None:
    """The test above would be content with none."""
    assert sum(len(links(page)) for page in PAGES) > 30


def test_every_target_of_make_that_a_page_names_is_there() -> None:
    """`make` alone would tell so, but only to who tries."""
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {word for _, call in calls("make") for word in call if re.fullmatch(r"[a-z][a-z0-9-]*", word)}

    assert named
    assert named - targets == set()


def test_every_output_of_terraform_that_a_page_names_is_there() -> None:
    """They are read off after an apply, when nobody wants to search."""
    text = (ROOT / "infrastructure/outputs.tf").read_text(encoding="utf-8")
    outputs = set(re.findall(r'^output "([a-z_]+)"', text, re.MULTILINE))
    named = {call[-1] for _, call in calls("terraform") if "output" in call}

    assert named
    assert named - outputs == set()


def test_the_settings_are_looked_at_as_the_page_says() -> None:
    """With the example in the place of one's own: it says `fine`."""
    (line,) = [each.text for each in lines(ROOT / "docs/install.md") if "start.check" in each.text]
    example = line.replace("prod.projects.yaml", "example.projects.yaml")
    done = subprocess.run(["bash", "-euc", example], cwd=ROOT, capture_output=True, text=True, check=False)

    assert example != line
    assert (done.returncode, done.stdout) == (0, "fine\n"), done.stderr


@needed(GCLOUD is not None, why="gcloud is not installed")
def test_gcloud_knows_every_command_and_flag_that_a_page_names() -> None:
    """By the list of them that is installed with it."""
    found = calls("gcloud")

    assert len(found) > 10
    assert [f"{line}: {unknown}" for line, call in found for unknown in _unknown(call)] == []


@needed(GCLOUD is not None, why="gcloud is not installed")
def test_commands_and_flags_that_gcloud_lacks_are_found() -> None:
    """The test above sees a misspelt command, and a flag of another one."""
    assert _unknown(["secrets", "version", "add"]) == ["secrets version"]
    assert _unknown(["secrets", "versions", "add", "name", "--data-file=-", "--message", "x"]) == ["--message"]
    assert _unknown(["config", "set", "project", "mine"]) == []


def test_lines_are_read_as_a_shell_reads_them(tmp_path: Path) -> None:
    """Continued lines, pipes, variables before a command, and text in quotes that only looks like one."""
    page = tmp_path / "page.md"
    page.write_text(
        "```\nread X && printf '%s' \"$X\" | gcloud secrets versions add a \\\n  --data-file=-\n"
        "A=1 gcloud auth login  # and not gcloud auth logout\necho 'gcloud info | gcloud topic'\n```\n"
        "```yaml\nrun: gcloud version\n```\nThen `gcloud info` and `gcloud`.\n"
    )

    assert [call for line in lines(page) for call in line.calls("gcloud")] == [
        ["secrets", "versions", "add", "a", "--data-file=-"],
        ["auth", "login"],
        ["info"],
    ]


def _unknown(call: list[str]) -> list[str]:
    """What gcloud would not understand: the words up to a command that it lacks, or flags."""
    node = _tree()
    words = [word for word in call if not word.startswith("-")]
    for number, word in enumerate(words):
        if not node["commands"]:
            break
        if word not in node["commands"]:
            return [" ".join(words[: number + 1])]
        node = node["commands"][word]
    flags = {word.partition("=")[0] for word in call if word.startswith("--")}
    return sorted(flags - node["flags"].keys() - GLOBAL)


@cache
def _tree() -> dict[str, Any]:
    """The commands of gcloud, from the file that completes them in a shell."""
    roots = (Path(GCLOUD or "/").resolve().parents[1], Path("/usr/lib/google-cloud-sdk"))
    files = [file for root in roots if (file := root / "data/cli/gcloud_completions.py").exists()]
    if not files:
        absent("gcloud is installed without its list of commands")
    tree: dict[str, Any] = runpy.run_path(str(files[0]))["STATIC_COMPLETION_CLI_TREE"]
    return tree
