"""Every port has an adapter, a fake, and one suite that holds both to the same promises."""

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

import shared.adapters
import tests
from shared import ports

ROOT = Path(__file__).parents[2]
SUITES = ROOT / "tests/contract"


def modules(package: ModuleType, pattern: str) -> Iterator[ModuleType]:
    for folder in package.__path__:
        for path in sorted(Path(folder).glob(pattern)):
            yield import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


PORTS = {
    name: port
    for module in (ports, *modules(ports, "[!_]*.py"))
    for name, port in vars(module).items()
    if inspect.isclass(port) and port.__module__ == module.__name__ and getattr(port, "_is_protocol", False)
}


def methods(kind: type) -> dict[str, list[tuple[str, object]]]:
    """Public methods, own and inherited, with the names and kinds of their parameters."""
    return {
        name: [(each.name, each.kind) for each in inspect.signature(method).parameters.values()]
        for name, method in inspect.getmembers(kind, lambda member: isinstance(member, FunctionType))
        if not name.startswith("_")
    }


def fits(kind: type, port: type) -> bool:
    """Whether it has every method of the port with the same parameters."""
    return methods(port).items() <= methods(kind).items()


def kinds(port: type, package: ModuleType, pattern: str) -> set[type]:
    """The classes of the package's own that fit the port."""
    return {
        kind
        for module in modules(package, pattern)
        for kind in vars(module).values()
        if inspect.isclass(kind) and kind.__module__ == module.__name__ and fits(kind, port)
    }


def adapters(port: type) -> set[type]:
    return kinds(port, shared.adapters, "**/[!_]*.py")


def fakes(port: type) -> set[type]:
    return kinds(port, tests, "[!_]*.py")


def suite(name: str) -> Path:
    """`Repository` → `test_repository_port.py`."""
    return SUITES / f"test_{re.sub('(?<!^)(?=[A-Z])', '_', name).lower()}_port.py"


def test_ports_are_found() -> None:
    """The search below would be content with none."""
    assert len(PORTS) >= 7
    assert not any(fits(object, port) for port in PORTS.values())


@pytest.mark.parametrize("name", PORTS)
def test_every_port_has_an_adapter_and_a_fake(name: str) -> None:
    """A port that nothing stands behind would be an empty abstraction; one without a fake could not be tested."""
    assert adapters(PORTS[name])
    assert fakes(PORTS[name])


@pytest.mark.parametrize("name", PORTS)
def test_all_that_fit_a_port_are_held_to_the_same_promises(name: str) -> None:
    """The suite of the port runs on each of them and on nothing else: a fake that differs would make tests lie."""
    path = suite(name)
    assert path.exists()

    under_test = set(import_module(f"tests.contract.{path.stem}").KINDS)
    assert under_test == adapters(PORTS[name]) | fakes(PORTS[name])


def test_every_suite_is_of_a_port() -> None:
    """A suite whose port is gone would hold nobody to anything."""
    assert {path.name for path in SUITES.rglob("test_*_port.py")} == {suite(name).name for name in PORTS}


def test_every_fake_fits_a_port() -> None:
    """A fake that lacks a method, or whose parameters have other names, is found here."""
    named = {
        kind
        for module in modules(tests, "[!_]*.py")
        for kind in vars(module).values()
        if inspect.isclass(kind) and kind.__module__ == module.__name__ and kind.__name__.startswith("Fake")
    }
    known = set().union(*(fakes(port) for port in PORTS.values()))

    assert {kind for kind in named - known if not any(issubclass(each, kind) for each in known)} == set()
