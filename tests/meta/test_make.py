"""The targets that lead to Terraform and Google Cloud call what they say. Stand-ins on the PATH write down how."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STAND_IN = """#!/bin/sh
printf '%s' "$(basename "$0")" >>"$CALLS"
printf ' <%s>' "$@" >>"$CALLS"
echo >>"$CALLS"
exit "${ENDS:-0}"
"""
FMT = "terraform <fmt> <-check> <-recursive> <-diff> <infrastructure>"
INIT = "terraform <-chdir=infrastructure> <init> <-backend=false> <-input=false>"
VALIDATE = "terraform <-chdir=infrastructure> <validate>"
TEST = "terraform <-chdir=infrastructure> <test>"
CHECKOV = "checkov <-d> <infrastructure> <--framework> <terraform> <--compact> <--quiet> <--skip-download>"


class Made:
    """One call of make: how it ended, what it said, and what it called."""

    def __init__(self, folder: Path, *words: str, ends: int = 0) -> None:
        tools = folder / "venv" / "bin"
        tools.mkdir(parents=True)
        for name in ("terraform", "gcloud", "checkov"):
            (tools / name).write_text(STAND_IN)
            (tools / name).chmod(0o755)
        (folder / "venv" / ".ready").touch()
        written = folder / "calls"
        written.touch()
        done = subprocess.run(
            ["make", f"CHECKOV={folder}/venv", *words],
            cwd=ROOT,
            env={"PATH": f"{tools}:{os.environ['PATH']}", "CALLS": str(written), "ENDS": str(ends)},
            capture_output=True,
            text=True,
            check=False,
        )
        self.code, self.said = done.returncode, done.stderr
        self.calls = written.read_text().splitlines()


def test_infra_check_makes_all_four_checks_of_terraform_and_that_of_checkov(tmp_path: Path) -> None:
    """None of them asks Google for anything."""
    assert Made(tmp_path, "infra-check").calls == [CHECKOV, FMT, INIT, VALIDATE, TEST]


def test_a_check_that_fails_ends_infra_check(tmp_path: Path) -> None:
    """What comes after it is not even begun."""
    made = Made(tmp_path, "infra-check", ends=1)

    assert made.code != 0
    assert made.calls == [CHECKOV]


def test_infra_plan_keeps_the_plan_of_one_environment(tmp_path: Path) -> None:
    """Its state, its values, and a file that only infra-apply of the same environment takes."""
    begin = "terraform <-chdir=infrastructure>"

    assert Made(tmp_path, "infra-plan", "ENV=prod").calls == [
        f"{begin} <init> <-reconfigure> <-input=false> <-backend-config=environments/prod.gcs.tfbackend>",
        f"{begin} <plan> <-input=false> <-var-file=environments/prod.tfvars> <-out=prod.tfplan>",
    ]


def test_infra_apply_makes_the_plan_that_was_shown(tmp_path: Path) -> None:
    """A plan that is kept names its state and is applied once; nothing is planned anew."""
    made = Made(tmp_path, "infra-apply", "ENV=prod")

    assert made.calls == ["terraform <-chdir=infrastructure> <apply> <-input=false> <prod.tfplan>"]


@pytest.mark.parametrize(
    ("words", "services"),
    [((), '~"^aic-"'), (("FUNCTION=deploy", "LIMIT=5"), '"aic-deploy"')],
)
def test_logs_reads_the_functions_lines(tmp_path: Path, words: tuple[str, ...], services: str) -> None:
    """Of all functions, or of one."""
    call = Made(tmp_path, "logs", *words).calls[0]

    which = f'resource.type="cloud_run_revision" AND resource.labels.service_name={services}'
    assert call.startswith(f"gcloud <logging> <read> <{which}> <--limit={5 if words else 20}> <--format=table(")


def test_publish_passes_the_message_on_as_it_is(tmp_path: Path) -> None:
    """Quotes, blanks and all that a shell would take for its own."""
    message = """{"project": "p/q", "branch": "it's; `x` > y", "by": "ann"}"""

    made = Made(tmp_path, "publish", "TOPIC=deploy", f"MESSAGE={message}")

    assert made.calls == [f"gcloud <pubsub> <topics> <publish> <aic-deploy> <--message> <{message}>"]


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        (("infra-plan",), "ENV"),
        (("infra-apply",), "ENV"),
        (("publish", "TOPIC=deploy"), "MESSAGE"),
        (("publish", "MESSAGE={}"), "TOPIC"),
    ],
)
def test_what_was_not_said_is_asked_for(tmp_path: Path, words: tuple[str, ...], missing: str) -> None:
    """Before anything is called."""
    made = Made(tmp_path, *words)

    assert (made.code != 0, made.calls) == (True, [])
    assert f"say {missing}=..." in made.said
