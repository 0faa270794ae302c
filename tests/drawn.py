"""Boards as large as one likes, in which everything occurs that can, hostile names included."""

from datetime import UTC, datetime, timedelta

from shared.domain import board as boards
from shared.domain.board import Board, Cell, Environment, OnDrive, State, Step

NOW = datetime(2026, 11, 29, 2, 4, tzinfo=UTC)
HOSTILE = (
    '<img src="https://evil.example/x.png" onerror=alert(1)>',
    "</script><script>document.title='owned'</script>",
    "\"' onmouseover=alert(1) x='",
    "{{ 7 * 7 }} ${7*7} <!-- -->",
    "javascript:alert(1)",
    "abc\u202etxt.exe\u0000\ud800",
    "a" * 400,
    "Überführung 日本語 🚗 مرحبا",
)
_AREAS = ("Dealers", "Vehicles", "Service", "Loyalty", "Finance", "Recalls", "Parts", "Warranty")
_WORK = ("Daily load", "Deduplicate", "Join with CRM", "Aggregate by region", "Export to SFTP", "Quality checks")
_SHA = "0123456789abcdef" * 2 + "01234567"
_LIVE = _SHA[::-1]


def board(
    pipelines: int, *, environments: int = 3, hostile: bool = False, project: str = "pin/fusion", trouble: bool = False
) -> Board:
    """Most pipelines are the same everywhere, as in life."""
    names = ["Market DEV", "Market QA", "Market", *(f"Trial {number}" for number in range(environments))]
    roles = ["development", "staging", "production", *[""] * environments]
    branches = ["sandbox", "develop", "main", *(f"trial-{number}" for number in range(environments))]
    places = tuple(_environment(branches[index], names[index], roles[index], index) for index in range(environments))
    if trouble:
        places = (*places[:-1], Environment("main", "Market", "production", reason="aic-unauthorized", detail="`x`"))
    titles = [*(HOSTILE if hostile else ()), *map(_title, range(pipelines))][:pipelines]
    found = {title: _cells(index, environments) for index, title in enumerate(sorted(titles))}
    made = [{title: cells[index] for title, cells in found.items()} for index in range(environments)]
    rows = boards.rows(made, ())
    return Board(project, NOW, "0a1b2c3d", places, rows, ("Elsewhere",) if hostile else ())


def _title(number: int) -> str:
    area, work = _AREAS[number % len(_AREAS)], _WORK[number // len(_AREAS) % len(_WORK)]
    round_ = number // (len(_AREAS) * len(_WORK))
    return f"{area} – {work}" + (f" {round_}" if round_ else "")


def _environment(branch: str, workspace: str, role: str, index: int) -> Environment:
    night = NOW - timedelta(minutes=3)
    drives = (
        OnDrive("backups", night, None),
        OnDrive("gs://market-backups", night, NOW - timedelta(days=2) if index != 1 else None),
    )
    since = (NOW - timedelta(hours=5 * index + 1)).isoformat()
    return Environment(branch, workspace, role, _SHA, _LIVE, since, drives)


def _cells(number: int, environments: int) -> tuple[Cell, ...]:
    clean = Cell(State.CLEAN, commit=_LIVE, version="0123456789ab", saved=True)
    cells = [clean] * environments
    if number % 11 == 3:
        cells[0] = Cell(State.CLEAN, commit=_LIVE, version="ba9876543210", saved=True, promote=Step.CHANGED)
    if number % 17 == 5:
        why = "changed in Git, not yet deployed"
        cells[min(1, environments - 1)] = Cell(State.WAITING, why, _LIVE, _SHA, "ba9876543210", saved=True)
    if number % 23 == 7:
        cells[-1] = Cell(State.DRIFT, "edited in AIC since the last deploy", _LIVE, version="0123456789ab", saved=True)
    if number % 47 == 9:
        why = "edited in AIC, and changed in Git since the last deploy"
        cells[0] = Cell(State.CONFLICT, why, _LIVE, _SHA, "ba9876543210", saved=True, promote=Step.CHANGED)
    if number % 29 == 1:
        new = Cell(State.CLEAN, commit=_LIVE, version="0123456789ab", saved=False, promote=Step.NEW)
        cells = [new, *[Cell(State.ABSENT)] * (environments - 1)]
    if number % 53 == 2:
        cells[0] = Cell(State.UNMANAGED, "only in AIC: the branch has no such pipeline", saved=True)
    if number % 97 == 4:
        cells[-1] = Cell(State.UNREADABLE, "AIC has several pipelines of this title: 12 and 15")
    return tuple(cells)
