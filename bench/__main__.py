"""`python -m bench`: measures everything, prints a table and writes JSON."""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from bench import deploys, imports, incumbent, memory, snapshots, table, timeline, webhook
from bench.deploys import GOAL_LATENCY, Case
from emulators.stack.child import ROOT

PARTS = ("deploys", "snapshots", "webhook", "imports", "memory")


def main() -> int:
    """Ends with 0 whatever the figures are: a goal that was missed says so in its line."""
    wanted = _parser().parse_args()
    if wanted.quick:
        wanted.rounds, wanted.latency, wanted.pipelines, wanted.changed = 1, [5.0], [50], [1]
    parts: dict[str, Callable[[Path], object]] = {
        "deploys": lambda logs: _deploys(wanted, logs),
        "snapshots": lambda logs: _snapshots(wanted, logs),
        "webhook": lambda logs: _webhook(wanted, logs),
        "imports": lambda _logs: _imports(wanted),
        "memory": lambda logs: _memory(wanted, logs),
    }
    found: dict[str, object] = {
        "rounds": wanted.rounds,
        "cpus": os.cpu_count(),
        "load_before": os.getloadavg(),
        "begun": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    with tempfile.TemporaryDirectory(prefix="bench-") as logs:
        for name in wanted.only:
            found[name] = parts[name](Path(logs) / name)
    found["load_after"] = os.getloadavg()
    wanted.json.parent.mkdir(parents=True, exist_ok=True)
    wanted.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    _say([f"{wanted.rounds} rounds, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; written to {wanted.json}"])
    return 0


def _deploys(wanted: argparse.Namespace, logs: Path) -> list[table.Document]:
    incumbent.install()
    cases = [
        Case(ms, size, changed) for ms in wanted.latency for size in wanted.pipelines for changed in wanted.changed
    ]
    found = []
    with deploys.arena(wanted.pipelines, logs) as arena:
        for case in cases:
            found.append(arena.measure(case, rounds=wanted.rounds))
            _say(table.of_deploys(found[-1:])[-1:], to=sys.stderr)
        if wanted.picture:
            _draw(arena, max(wanted.pipelines), wanted.picture)
    _say(table.of_deploys(found))
    return table.document_of_deploys(found)


def _snapshots(wanted: argparse.Namespace, logs: Path) -> list[table.Document]:
    """At the first latency alone: at the others the incumbent would take hours."""
    incumbent.install()
    cases = [snapshots.Case(kind, size, wanted.latency[0]) for size in wanted.pipelines for kind in snapshots.Kind]
    with snapshots.arena(wanted.pipelines, logs, rounds=wanted.rounds) as arena:
        found = []
        for case in cases:
            found.append(arena.measure(case, rounds=wanted.rounds))
            _say(table.of_snapshots(found[-1:])[1:], to=sys.stderr)
    _say(table.of_snapshots(found))
    return table.document_of_snapshots(found)


def _draw(arena: deploys.Arena, size: int, picture: Path) -> None:
    """The deploy of ten changed pipelines, as it went."""
    seconds, spans = arena.run_ours(Case(GOAL_LATENCY, size, 10))
    title = f"Ten changed pipelines of {size}, {GOAL_LATENCY:g} ms a request: recorded after {seconds:.2f} seconds"
    picture.write_text(timeline.svg(spans, begun=spans[0].start, title=title), encoding="utf-8")


def _webhook(wanted: argparse.Namespace, logs: Path) -> table.Document:
    count, seconds = (300, 1.0) if wanted.quick else (3000, 10.0)
    result = webhook.measure(logs, rounds=wanted.rounds, count=count, seconds=seconds)
    _say(table.of_webhook(result))
    return table.document_of_webhook(result)


def _imports(wanted: argparse.Namespace) -> dict[str, object]:
    result = imports.measure(rounds=wanted.rounds)
    _say(table.of_imports(result))
    return asdict(result)


def _memory(wanted: argparse.Namespace, logs: Path) -> dict[str, object]:
    result = memory.measure(logs, pipelines=50 if wanted.quick else 1000)
    _say(table.of_memory(result))
    return asdict(result)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a trial of a minute, with figures that mean little")
    parser.add_argument("--rounds", type=int, default=5, help="medians of so many")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--latency", type=float, nargs="+", default=[GOAL_LATENCY, 5.0, 100.0], help="ms a request")
    parser.add_argument("--pipelines", type=int, nargs="+", default=[50, 200, 1000])
    parser.add_argument("--changed", type=int, nargs="+", default=[1, 10])
    parser.add_argument("--json", type=Path, default=ROOT / ".local" / "bench.json")
    parser.add_argument("--picture", type=Path, default=None, help="where to draw one deploy, as SVG")
    return parser


def _say(lines: Iterable[str], *, to: TextIO = sys.stdout) -> None:
    to.write("".join(f"{line}\n" for line in lines))
    to.flush()


if __name__ == "__main__":
    sys.exit(main())
