"""docs/security.md says of rights what Terraform plans, and its lines renew secrets as it promises."""

import os
import re
import subprocess
from collections import defaultdict
from pathlib import Path

from shared.adapters.environment import lines as values
from tests.documented import ROOT, lines
from tests.meta.test_security_cases import SECURITY
from tests.terraform import Resource, needs_terraform, planned

PAGE = ROOT / "docs/security.md"
CHANNELS = {"smtp-password", "slack-token"}
GCLOUD = """#!/bin/sh
[ "$1 $2" = "secrets versions" ] || exit 0
case "$3" in
access) name=${5#--secret=}; cat "$STORE/$name.$(ls "$STORE" | grep -c "^$name\\.")" ;;
add) [ "$5" = "--data-file=-" ] && from=/dev/stdin || from=${5#--data-file=}
     cat "$from" >"$STORE/$4.$(($(ls "$STORE" | grep -c "^$4\\.") + 1))" ;;
esac
"""
"""Keeps each version of a secret in a file of its own, the first as `name.1`."""


def rows(heading: str) -> list[list[str]]:
    """The table in the section, without its head."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    found = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in found[2:]]


def section(heading: str) -> list[str]:
    """The lines for a shell below a smaller heading."""
    text = PAGE.read_text(encoding="utf-8").split(f"\n### {heading}\n")[1].split("\n#")[0]
    return [line.text for line in lines(PAGE) if line.text.split("\\")[0] in text and line.text not in text.split("`")]


def typed(commands: list[str], folder: Path, *, said: str = "") -> None:
    """In one shell, with a gcloud that keeps versions in `store`; `said` is what a person types."""
    tools = folder / "bin"
    tools.mkdir(exist_ok=True)
    (folder / "store").mkdir(exist_ok=True)
    (tools / "gcloud").write_text(GCLOUD)
    (tools / "gcloud").chmod(0o755)
    environment = {"PATH": f"{tools}:{os.environ['PATH']}", "STORE": str(folder / "store")}
    shell = ["bash", "-euo", "pipefail", "-c", "\n".join(commands)]
    subprocess.run(shell, cwd=folder, env=environment, input=said, text=True, check=True)


def version(folder: Path, name: str) -> tuple[str, ...]:
    """What the functions would read from it."""
    return values((folder / "store" / name).read_text(encoding="utf-8"))


def test_every_case_that_is_kept_has_a_row_and_no_other() -> None:
    """Who reads the page can count on it."""
    assert [row[0] for row in rows("The cases")] == [f"SEC-{number:02}" for number in SECURITY]


@needs_terraform
def test_the_table_of_accounts_is_what_terraform_plans() -> None:
    """Who is called by whom, publishes where, reads which secret and which bucket."""
    plan = planned()
    callers, topics, secrets, buckets = (_by_member(plan.of(kind), place) for kind, place in PLACES)
    functions = sorted(str(each.at("name")) for each in plan.of("google_cloudfunctions2_function"))
    told = {_names(row[0])[0]: row for row in rows("Who can do what")}

    assert sorted(told) == functions
    for name in functions:
        _, called, publishes, reads, keeps = told[name]
        called_by = {member for member, places in callers.items() if name in places}
        assert set(_names(called)) or called_by == {"allUsers"}
        assert set(_names(called)) == called_by - {"allUsers"}
        assert {topic.removeprefix("aic-") for topic in _names(publishes)} == topics[name]
        own = {secret for secret in secrets[name] if secret.removeprefix("market-") in set(_names(reads)) | CHANNELS}
        assert own == secrets[name]
        assert set(_names(reads)) <= secrets[name]
        assert [keeps] == ["backups" if buckets[name] else ""]


def test_the_hooks_secret_is_renewed_with_two_values_for_a_while(tmp_path: Path) -> None:
    """First both fit, the new one first; then the new one alone."""
    commands = section("Renew the hook's secret")
    both = next(number for number, each in enumerate(commands) if each.startswith("cat ")) + 1
    (tmp_path / "store").mkdir()
    (tmp_path / "store/gitlab-webhook-token.1").write_text("the-old-one")

    typed(commands[:both], tmp_path)
    new, old = version(tmp_path, "gitlab-webhook-token.2")
    typed(commands[both:], tmp_path)

    assert old == "the-old-one"
    assert len(new) > 40
    assert version(tmp_path, "gitlab-webhook-token.3") == (new,)
    assert list(tmp_path.glob("hook-token*")) == []


def test_tokens_and_keys_are_renewed_by_what_is_typed(tmp_path: Path) -> None:
    """Nothing but the value is stored, and nothing is shown."""
    for heading, name in (("Renew the GitLab token", "gitlab-token"), ("Renew the AIC key", "aic-api-key")):
        typed([each for each in section(heading) if "$VALUE" in each], tmp_path, said="the-new-one\n")

        assert (tmp_path / f"store/{name}.1").read_bytes() == b"the-new-one"


PLACES = (
    ("google_cloud_run_v2_service_iam_binding", "name"),
    ("google_pubsub_topic_iam_binding", "topic"),
    ("google_secret_manager_secret_iam_binding", "secret_id"),
    ("google_storage_bucket_iam_binding", "bucket"),
)


def _by_member(bindings: tuple[Resource, ...], place: str) -> defaultdict[str, set[str]]:
    """Account or `allUsers` → where the binding is: its name, or its key where only an apply would tell that."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for each in bindings:
        where = str(each.at(place) or each.address).rsplit("/", 1)[-1]
        where = re.sub(r'.*\["(.+)"\]$', r"\1", where)
        members = each.at("members") or []
        assert isinstance(members, list)
        for member in members:
            found[str(member).removeprefix("serviceAccount:").split("@")[0]].add(where)
    return found


def _names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)
