"""What holds for the project as a whole."""

import ast
import functools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.domain import schema
from shared.projects import ProjectSettings
from shared.settings import Settings

ROOT = Path(__file__).parents[2]
OUR_KINDS = {"Refused", "Unauthorized", "Permanent", "Transient"}
ERRORS = {*OUR_KINDS, "Failed", "TooBig", "Excused", "NoRoom", "Damaged", "Unreadable", "Absent", "Conflict"}
KINDS = {"Refused": "refused", "Unauthorized": "refused", "Permanent": "permanent", "Transient": "transient"}
IGNORING = {"Ignored", "Elsewhere"}


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def nodes(path: Path) -> Iterator[ast.AST]:
    yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def called(node: ast.Call) -> str:
    return ast.unparse(node.func).rsplit(".", 1)[-1]


def constant(node: ast.AST) -> str | None:
    """The text, or for an f-string a pattern with `*` in place of what is computed."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(constant(part) or "*" for part in node.values)
    return None


def reason_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """The places in which a reason can stand."""
    match node:
        case ast.Call() if called(node) in ERRORS:
            yield from node.args[:1]
        case ast.Call() if called(node) in IGNORING:
            yield from node.args
        case ast.Tuple(elts=[ast.Name(id=name), second, *_]) if name in ERRORS:
            yield second
        case ast.keyword(arg="reason" | "ignored", value=ast.IfExp(body=one, orelse=other)):
            yield from (one, other)
        case ast.keyword(arg="reason" | "ignored"):
            yield node.value


@functools.cache
def reasons() -> set[str]:
    found = (constant(part) for path in modules("shared") for node in nodes(path) for part in reason_nodes(node))
    return {reason for reason in found if reason}


def runbook(chapter: str) -> str:
    """The text below the heading."""
    found: str = (ROOT / "docs/runbook.md").read_text(encoding="utf-8").split(f"\n## {chapter}\n")[1].split("\n## ")[0]
    return found


def sections(chapter: str) -> dict[str, str]:
    """The texts below the smaller headings of the chapter."""
    parts = re.split(r"^### (.+)\n", runbook(chapter), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def errors() -> list[str]:
    """The reasons of errors that have a section of their own, in its order."""
    return [heading.strip("`") for heading in sections("Reasons")]


def kinds(section: str) -> set[str]:
    """What it says that the service does by itself: `*refused or permanent*. A URL …`."""
    return set(section.strip().partition("*. ")[0].strip("*").split(" or "))


def endings() -> list[str]:
    """The reasons that stand in the table of what needs nobody."""
    return re.findall(r"^\| `([a-z-]+)` \|", runbook("Nothing to do"), re.MULTILINE)


def documented() -> set[str]:
    return {*errors(), *endings()}


def fits(word: str, pattern: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", "[a-z-]+"), word) is not None


def test_every_reason_that_the_service_gives_is_in_the_runbook() -> None:
    """Whoever reads a reason in a log or report finds out what to do."""
    rows = documented()

    assert [reason for reason in sorted(reasons()) if not any(fits(row, reason) for row in rows)] == []


def test_the_runbook_tells_of_no_reason_that_is_gone() -> None:
    """A row that nothing in the code can lead to would only mislead."""
    given = reasons()

    assert [row for row in sorted(documented()) if not any(fits(row, reason) for reason in given)] == []


def test_the_runbook_is_in_alphabetical_order() -> None:
    """A reason is found by looking, also on paper."""
    for listed in (errors(), endings()):
        assert len(listed) > 3
        assert listed == sorted(set(listed))


@pytest.mark.parametrize("reason", errors())
def test_a_section_of_the_runbook_leads_to_an_end(reason: str) -> None:
    """What it means, what to look at, what to do, and how to see that it is done."""
    text = sections("Reasons")[f"`{reason}`"]
    said, *parts = re.split(r"^- (?:Look at|Do|Verify): ", text, flags=re.MULTILINE)

    assert re.findall(r"^- (.+?):", text, re.MULTILINE) == ["Look at", "Do", "Verify"]
    assert all(part.strip()[-1] in ".?" for part in (said, *parts))
    assert reason == "bug" or kinds(said) <= {*KINDS.values()}


def test_the_runbook_has_the_kind_that_the_code_gives() -> None:
    """Whether the service tries again by itself is the first thing that somebody wants to know."""
    given = {
        (called(node), reason)
        for path in modules("shared")
        for node in nodes(path)
        if isinstance(node, ast.Call) and called(node) in OUR_KINDS
        for reason in map(constant, node.args[:1])
        if reason in errors()
    }
    told = {name.strip("`"): kinds(text) for name, text in sections("Reasons").items()}

    assert len(given) > 40
    assert [f"{reason}: {kind}" for kind, reason in sorted(given) if KINDS[kind] not in told[reason]] == []


def test_every_variable_that_the_settings_read_is_documented() -> None:
    """The table of docs/settings.md and the fields of Settings are the same list."""
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE))

    assert rows == {name.upper() for name in schema.keys(Settings)} | {"PROJECTS_FILE"}


def test_every_key_of_a_project_is_documented() -> None:
    """The second table of docs/settings.md names each key of a project."""
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    rows = {row.split(".")[0] for row in re.findall(r"^\| `([a-z_.<>]+)` \|", text, re.MULTILINE)}

    assert rows == set(schema.keys(ProjectSettings))


def test_make_help_lists_every_target() -> None:
    """`make` alone tells a newcomer everything that it can do."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z0-9-]+):", text, re.MULTILINE))
    shown = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert targets == set(re.findall(r"^ +make ([a-z0-9-]+) +\S", shown, re.MULTILINE))
    assert len(targets) <= 30


@pytest.mark.parametrize(
    "name",
    [
        "requirements.txt",
        "requirements-dev.txt",
        "tests/strangers/requirements.txt",
        "infrastructure/checkov/requirements.txt",
        "supply/requirements.txt",
    ],
)
def test_every_requirement_is_pinned_with_hashes(name: str) -> None:
    """What is installed is byte for byte what was looked at."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]

    assert lines
    assert [line for line in lines if not re.match(r"[a-z0-9._,\[\]-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)] == []


def test_the_development_environment_has_the_versions_that_are_deployed() -> None:
    """Both files are compiled apart; what is tested must be what runs."""
    versions = re.compile(r"^([a-z0-9._,\[\]-]+)==(\S+)", re.MULTILINE)
    deployed = set(versions.findall((ROOT / "requirements.txt").read_text(encoding="utf-8")))
    developed = set(versions.findall((ROOT / "requirements-dev.txt").read_text(encoding="utf-8")))

    assert deployed - developed == set()


def test_no_module_is_over_250_lines() -> None:
    """A module holds one noun."""
    sizes = {
        path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules("shared", "functions", "emulators")
    }

    assert {str(path.relative_to(ROOT)): size for path, size in sizes.items() if size > 250} == {}


def test_nothing_is_patched_in_tests() -> None:
    """Outside systems are replaced at ports and by stand-ins; patched code is not the code that runs."""
    assert [place for path in modules("tests") for place in patches(path)] == []


def patches(path: Path) -> Iterator[str]:
    for node in nodes(path):
        match node:
            case ast.Import(names=names) if any(alias.name.startswith(("unittest", "mock")) for alias in names):
                yield f"{path}:{node.lineno}"
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] in ("unittest", "mock"):
                yield f"{path}:{node.lineno}"
            case ast.Attribute(value=ast.Name(id="monkeypatch"), attr="setattr") | ast.Name(id="mocker"):
                yield f"{path}:{node.lineno}"


def test_patches_would_be_found(tmp_path: Path) -> None:
    """The search above finds each of the usual ways."""
    code = "from unittest.mock import patch\nimport unittest.mock\nmonkeypatch.setattr(a, 'b', 1)\nmocker.patch('a')\n"
    (tmp_path / "test_it.py").write_text(code)

    assert len(list(patches(tmp_path / "test_it.py"))) == 4


def test_nothing_imports_the_entry_points() -> None:
    """They stand above everything; import-linter can't see them, since they are no package."""
    imports = {
        f"{path}:{node.lineno}"
        for path in modules("shared", "functions", "emulators")
        for node in nodes(path)
        if (isinstance(node, ast.Import) and any(alias.name == "main" for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module == "main" and node.level == 0)
    }

    assert imports == set()


def test_what_does_not_count_as_covered_is_not_traced() -> None:
    """Else the suite takes a third longer, and lines that only an attack happens to reach count as tested."""
    assert not type(sys.gettrace()).__module__.startswith("coverage")
